#!/bin/sh
# docs.sh BIN_DIR: the paths and commands that the documents name exist.
# A path is a `word/with-slash` or `name.ext` in backquotes that starts with one of our
# folders; a command is `./run VERB` or `sitrep-PROGRAM VERB`.
set -eu
cd "$(dirname "$0")/../.."
bin=$1
faults=0
fault() { echo "docs: $*"; faults=1; }

documents=$(find README.md HACKING.md docs schema web nginx vocabulary tests -name '*.md' -not -path '*/node_modules/*')

for document in $documents; do
    # shellcheck disable=SC2016 # backquotes are meant
    quoted=$(grep -oE '`[^`]+`' "$document" | tr -d '\140' | sort -u || :)
    for path in $(printf '%s\n' "$quoted" |
        grep -oE '^(xapian|schema|indexer|search|fcgi|web|vocabulary|nginx|tests|bench|docs|samples)/[A-Za-z0-9_./-]*$' || :); do
        [ -e "$path" ] || fault "$document names $path, which is not there"
    done
    # Links between documents.
    for link in $(grep -oE '\]\([A-Za-z0-9_./-]+\)' "$document" | sed 's/^](//; s/)$//' || :); do
        [ -e "$(dirname "$document")/$link" ] || fault "$document links to $link, which is not there"
    done
    for verb in $(grep -oE '\./run [a-z]+' "$document" | awk '{ print $2 }' | sort -u || :); do
        ./run | grep -qE "^\./run $verb( |\$)" || fault "$document names ./run $verb, which ./run does not list"
    done
    for verb in $(grep -oE '(^|[^./a-z-])sitrep-index [a-z]+' "$document" | awk '{ print $NF }' | sort -u || :); do
        "$bin/sitrep-index" --help | grep -qE "(^| )$verb( |\$)" ||
            fault "$document names sitrep-index $verb, which its --help does not list"
    done
done
exit $faults
