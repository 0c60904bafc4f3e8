#!/bin/sh
# faults.sh: the tests that tests/faults/README.md names exist: `test_x: y` is the function y of
# test_x.c, which defines it and runs it.
set -eu
cd "$(dirname "$0")/../.."
faults=0
fault() { echo "faults: $*"; faults=1; }
# shellcheck disable=SC2016 # backquotes are meant
named=$(grep -oE '`test_[a-z_]+: [a-z_0-9]+`' tests/faults/README.md | tr -d '\140 ' | sort -u)
[ "$(printf '%s\n' "$named" | wc -l)" -gt 30 ] || fault "too few tests are named in the table"
for test in $named; do
    file=$(find tests -name "${test%:*}.c")
    [ -n "$file" ] || { fault "there is no ${test%:*}.c"; continue; }
    [ "$(grep -cw "${test#*:}" "$file")" -ge 2 ] || fault "$file does not run ${test#*:}"
done
exit $faults
