#!/bin/sh
# Data walks one way: indexer -> schema <- search <- fcgi, and all may use xapian.
# Fails on an #include that goes another way.
set -eu
cd "$(dirname "$0")/../.."
faults=0

allow() { # FOLDER ALLOWED...
    folder=$1
    shift
    for other in xapian schema indexer search fcgi tests bench; do
        case " $folder $* " in *" $other "*) continue ;; esac
        if grep -nE "^ *# *include +[<\"]$other/" "$folder"/*.[ch] "$folder"/*/*.[ch] "$folder"/*.cc "$folder"/*.hh \
            2>/dev/null; then
            echo "arrows: $folder/ must not include from $other/"
            faults=1
        fi
    done
    if grep -nE '^ *# *include +"' "$folder"/*.[ch] "$folder"/*/*.[ch] "$folder"/*.cc "$folder"/*.hh 2>/dev/null |
        grep -vE '"(xapian|schema|indexer|search|fcgi)/'; then
        echo "arrows: in $folder/, name a header by its path from the root"
        faults=1
    fi
}

allow xapian
allow schema xapian
allow indexer schema xapian
allow search schema xapian
allow fcgi search schema xapian
exit $faults
