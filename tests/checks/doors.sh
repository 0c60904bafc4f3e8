#!/bin/sh
# C++ lives behind two doors: xapian/ and the file that renders templates.
set -eu
cd "$(dirname "$0")/../.."
strangers=$(find . -path ./build -prune -o -path ./.sitrep -prune -o -path ./.git -prune -o \
    \( -name '*.cc' -o -name '*.hh' -o -name '*.cpp' -o -name '*.cxx' -o -name '*.hpp' \) -print |
    grep -vE '^\./(xapian/[^/]*|fcgi/mustache\.cc|bench/peers/.*|tests/unit/test_xap_.*)$' || :)
if [ -n "$strangers" ]; then
    echo "doors: C++ outside xapian/ and fcgi/mustache.cc:"
    echo "$strangers"
    exit 1
fi
