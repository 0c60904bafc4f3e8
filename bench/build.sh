#!/bin/sh
# build.sh BIN [--reports N] [--seed S] [--data FILE] [--peer NAME]... [--rounds N]
#
# The same reports indexed by Sitrep and its peers, one after the other, round by round: 100,000
# real ones (bench/import/real-reports; $SITREP_DATA names the folder of the data sets), N made up
# from a seed, or those of a FILE of JSON Lines. Peers are given the tags that Sitrep finds, and
# need not look for them; all keep the text. Printed are seconds, reports and MB (of JSON Lines) a
# second, seconds of CPU, the peak of memory, the bytes of the index, and the seconds and the CPU of
# Sitrep as ratios to those of the peer. Without --peer: naive, naive-words, omega, lucene, sqlite
# and postgresql.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "build.sh: $*" >&2; exit 64; }
[ $# -ge 1 ] || fail "BIN is missing: the folder of the programs"
bin=$(cd "$1" && pwd)
shift
reports='' seed=1 data='' peers='' rounds=1
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || fail "$1 takes a value"
    case $1 in
    --reports) reports=$2 ;;
    --seed) seed=$2 ;;
    --data) data=$2 ;;
    --peer) peers="$peers $2" ;;
    --rounds) rounds=$2 ;;
    *) fail "no option $1; the head of $0 names them" ;;
    esac
    shift 2
done
[ -n "$peers" ] || peers='naive naive-words omega lucene sqlite postgresql'
name=${reports:-real}
[ -z "$data" ] || name=$(basename "$data")
work=${SITREP_BENCH_DIR:-$here/../build/bench}/build-$name
mkdir -p "$work"
trap 'rm -rf "$work/index" "$work/peer"' EXIT
trap 'exit 1' INT TERM HUP

if [ ! -e "$work/reports.jsonl" ]; then
    if [ -n "$data" ]; then
        cat "$data" >"$work/part"
    elif [ -n "$reports" ]; then
        "$bin/generate" --reports "$reports" --seed "$seed" --vocabulary "$here/../vocabulary" >"$work/part"
    else
        "$here/import/real-reports" "${SITREP_DATA:?names the folder of the data sets}" >"$work/part"
    fi
    mv "$work/part" "$work/reports.jsonl"
fi
count=$(wc -l <"$work/reports.jsonl")
bytes=$(wc -c <"$work/reports.jsonl")
printf '%s: %d reports, %d MB\n' "$name" "$count" $((bytes / 1000000))
printf '%-12s %9s %9s %9s %9s %9s %9s %9s %9s\n' engine seconds reports/s MB/s cpu_s peak_MB index_MB ratio cpu_ratio

first='' first_cpu=''
run() { # NAME DIR COMMAND...: its line of the table
    name=$1 dir=$2
    shift 2
    rm -rf "$dir"
    figures=$("$bin/measure" "$@" 2>"$work/log") || { tail -n 5 "$work/log" >&2; exit 1; }
    if [ "$name" = sitrep ]; then
        first=${figures%% *}
        first_cpu=${figures#* }
        first_cpu=${first_cpu%% *}
    fi
    echo "$figures $name $count $bytes $(du -sb --exclude=templates "$dir" | cut -f 1) $first $first_cpu" |
        awk '{ printf "%-12s %9.1f %9.0f %9.1f %9.1f %9.0f %9.0f %9.2f %9.2f\n",
            $4, $1, $5 / $1, $6 / $1 / 1e6, $2, $3, $7 / 1e6, $8 / $1, $9 / $2 }'
}

round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    run sitrep "$work/index" "$bin/sitrep-index" build --vocabulary "$here/../vocabulary" --index "$work/index" \
        "$work/reports.jsonl"
    [ -e "$work/tagged.jsonl" ] || {
        "$bin/export_reports" --index "$work/index" >"$work/part"
        mv "$work/part" "$work/tagged.jsonl"
    }
    for peer in $peers; do
        [ "$peer" != none ] || continue
        run "$peer" "$work/peer" "$here/peers/$peer/peer" "$bin" index "$work/tagged.jsonl" "$work/peer"
    done
done
