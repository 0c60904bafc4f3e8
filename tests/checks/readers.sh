#!/bin/sh
# readers.sh BIN_DIR: the two programs that read an index must not be able to write one.
set -eu
bin=$1
# The check itself must be able to see the symbol.
nm -C --undefined-only "$bin/sitrep-index" | grep -q WritableDatabase || {
    echo "readers: sitrep-index writes, but nm shows no WritableDatabase in it"
    exit 1
}
for program in sitrep-search sitrep-fcgi; do
    if nm -C "$bin/$program" | grep WritableDatabase; then
        echo "readers: $program links what writes a database"
        exit 1
    fi
done
