#!/bin/sh
# relevance.sh BIN [SET...]: the order of hits, Sitrep's beside Lucene 8's, in one run.
#
# BIN holds sitrep-index and relevance. The collections lie in $SITREP_DATA/ir_classic; without
# names, all four. Lucene comes from Debian: liblucene8-java, default-jdk-headless.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: relevance.sh BIN [SET...]" >&2; exit 64; }
bin=$1
shift
[ $# -gt 0 ] || set -- cran med cisi npl
data=${SITREP_DATA:?SITREP_DATA names the folder of the data sets}/ir_classic
lucene=$here/peers/lucene/java

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

peer=''
if command -v javac >/dev/null; then
    peer=1
else
    echo "relevance.sh: no Lucene: install liblucene8-java and default-jdk-headless" >&2
fi

show() { # NAME ENGINE, figures on standard input
    read -r map ndcg precision recall topics
    printf '%-6s %-8s %7s %8s %7s %11s %7s\n' "$1" "$2" "$map" "$ndcg" "$precision" "$recall" "$topics"
}

printf '%-6s %-8s %7s %8s %7s %11s %7s\n' set engine MAP nDCG@10 P@10 recall@100 topics
for name; do
    set="$work/$name"
    "$here/import/ir-classic" "$name" "$data/$name" "$set"
    "$bin/sitrep-index" build --vocabulary "$here/../vocabulary" --index "$set/index" \
        "$set/reports.jsonl" >"$set/log" 2>&1 || { cat "$set/log" >&2; exit 1; }
    "$bin/relevance" --qrels "$set/qrels" --topics "$set/topics" --index "$set/index" |
        show "$name" sitrep
    [ -n "$peer" ] || continue
    "$lucene" Run "$set/reports.jsonl" "$set/topics" "$set/lucene" >"$set/run"
    "$bin/relevance" --qrels "$set/qrels" --run "$set/run" | show "$name" lucene
done
