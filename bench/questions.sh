#!/bin/sh
# questions.sh BIN [--reports N] [--seed S] [--data FILE]... [--questions FILE] [--peer NAME]...
#              [--task NAME]... [--rounds N] [--warm N] [--save FILE] [--prepare]
#
# The same questions asked of Sitrep and its peers, turn by turn; bench/compare.c says how. The
# reports are made up from a seed (100,000 of them), or read from FILEs. Indexes stay in
# build/bench, to be measured again; delete them there. A peer is a folder of bench/peers; its
# NAME may end in "-MODE", which its program knows. Without --peer: lucene, lucene-onepass and
# lucene-array; --peer none for Sitrep alone. --prepare makes the indexes only.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "questions.sh: $*" >&2; exit 64; }
[ $# -ge 1 ] || fail "BIN is missing: the folder of the programs"
bin=$(cd "$1" && pwd)
shift

reports=100000 seed=1 questions='' data='' peers='' tasks='' more='' prepare=''
while [ $# -gt 0 ]; do
    if [ "$1" = --prepare ]; then
        prepare=1
        shift
        continue
    fi
    [ $# -ge 2 ] || fail "$1 takes a value"
    case $1 in
    --reports) reports=$2 ;;
    --seed) seed=$2 ;;
    --data) data="$data $2" ;;
    --questions) questions=$2 ;;
    --peer) peers="$peers $2" ;;
    --task) tasks="$tasks --task $2" ;;
    --rounds | --warm | --save) more="$more $1 $2" ;;
    *) fail "no option $1; the head of $0 names them" ;;
    esac
    shift 2
done
[ -n "$peers" ] || peers='lucene lucene-onepass lucene-array'
[ -n "$tasks" ] || tasks='--task facets --task top --task newest --task answer --task actor --task years'

if [ -n "$data" ]; then
    name=data-$(printf '%s' "$data" | cksum | cut -d ' ' -f 1)
else
    name=generated-$reports-$seed
fi
work=${SITREP_BENCH_DIR:-$here/../build/bench}/$name
mkdir -p "$work"
say() { echo "$*" >&2; }

# once FILE COMMAND...: makes FILE, unless it is there, from what the command prints.
once() {
    file=$1
    shift
    [ -e "$file" ] || { "$@" >"$file.part" && mv "$file.part" "$file"; }
}

if [ ! -e "$work/index/current" ]; then
    say "indexing $name"
    if [ -z "$data" ]; then
        "$bin/generate" --reports "$reports" --seed "$seed" --vocabulary "$here/../vocabulary" >"$work/made.jsonl"
        data=$work/made.jsonl
    fi
    # shellcheck disable=SC2086 # a list of files
    "$bin/sitrep-index" build --vocabulary "$here/../vocabulary" --index "$work/index" $data \
        >"$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; exit 1; }
    rm -f "$work/made.jsonl"
fi
[ -n "$questions" ] || {
    questions=$work/questions
    once "$questions" "$bin/choose_questions" --index "$work/index" --seed "$seed"
}

# The engines as compare takes them: NAME=COMMAND.
set -- "sitrep=$bin/ask_sitrep --index $work/index"
for peer in $peers; do
    [ "$peer" != none ] || continue
    engine=${peer%%-*} mode=''
    case $peer in *-*) mode=${peer#*-} ;; esac
    program=$here/peers/$engine/peer
    [ -x "$program" ] || fail "no peer $peer in $here/peers"
    if [ ! -e "$work/$engine.done" ]; then
        once "$work/reports.jsonl" "$bin/export_reports" --index "$work/index" --folded
        say "indexing $name with $engine"
        rm -rf "${work:?}/$engine"
        "$program" "$bin" index "$work/reports.jsonl" "$work/$engine" >&2
        touch "$work/$engine.done"
    fi
    set -- "$@" "$peer=$program $bin ask $work/$engine $mode"
done
[ -z "$prepare" ] || exit 0
# shellcheck disable=SC2086 # lists of options
exec "$bin/compare" --questions "$questions" $tasks $more "$@"
