#!/bin/sh
# test_bench.sh BIN: the bench of questions on a small scale: every question's total and facets
# are those that a plain walk through all reports gives.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SITREP_BENCH_DIR=$work "$root/bench/questions.sh" "$1" --reports 400 --rounds 1 --warm 0 --peer scan \
    --task facets --task newest --task answer --task actor --task years >"$work/out" 2>"$work/err" || {
    cat "$work/out" "$work/err"
    exit 1
}
cat "$work/out"
grep -q '^scan: 1[0-9][0-9] of 1[0-9][0-9] questions asked, .* 0 differ from sitrep$' "$work/out"
# A peer that is wrong is told apart.
printf 'frequent\tall\tba\t-\t-\t-\n' >"$work/one"
if "$1/compare" --questions "$work/one" "scan=$1/scan $work/generated-400-1/reports.jsonl" \
    'wrong=read line; printf "0\t7\t\n"' >"$work/out" 2>&1; then
    echo 'the peer that is wrong went unnoticed'
    exit 1
fi
grep -q 'wrong: 1 of 1 questions asked, 0 with facets; 1 differ from scan' "$work/out"
