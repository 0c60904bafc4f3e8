#!/bin/sh
# xap-symbols.sh LIBXAP: the library gives out the functions of xap.h and no others, and
# what writes a database is in objects that a program which only reads does not link.
set -eu
cd "$(dirname "$0")/../.."
library=$1
faults=0
fault() { echo "xap-symbols: $*"; faults=1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Declared: each name before a '(' that starts a declaration.  Given out: what is defined,
# global and visible outside of the library.
grep -oE '^[a-z][a-z_0-9 ]*[ *]xap_[a-z_]+\(' xapian/xap.h | grep -v '^typedef' |
    sed 's/($//; s/.*[ *]//' | sort -u >"$work/declared"
readelf -sW "$library" |
    awk '$5 == "GLOBAL" && $6 == "DEFAULT" && $7 != "UND" { print $8 }' | sort -u >"$work/given"
[ "$(wc -l <"$work/declared")" -gt 50 ] || fault "too few declarations were found in xap.h"
diff "$work/declared" "$work/given" || fault "< is only in xap.h, > only in the library"

# Each object that uses a symbol, and each symbol's object.
nm -A -C "$library" >"$work/symbols"
grep -q 'writer.cc.o:.* U .*WritableDatabase' "$work/symbols" ||
    fault "writer.cc uses no WritableDatabase: this check sees nothing"
if grep -vE ':(writer|compact)\.cc\.o:' "$work/symbols" |
    grep -E 'WritableDatabase| U (xap_writer_[a-z_]+|xap_compact|xap_check)$'; then
    fault "these objects are linked by readers, and lead to what writes"
fi
exit $faults
