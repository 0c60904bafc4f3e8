#!/bin/sh
# served.sh BIN [--reports N] [--seed S] [--seconds S] [--rounds N] [--omega]
#
# The whole way: HTTP, nginx, FastCGI, JSON, asked by wrk with 1, 8 and 64 clients: questions that
# were not asked before (4,000 of the eight classes, more than is kept), and a mix of repeats,
# refinements and pages (bench/question_paths.c). "way_ms" is what is left without the answers' own
# "took_ms": with one client what the way costs, with several mostly waiting. --omega: Omega's CGI program with the
# template it comes with, under the same nginx by fcgiwrap, class by class in turn with Sitrep.
# The index is that of bench/questions.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fail() { echo "served.sh: $*" >&2; exit 64; }
[ $# -ge 1 ] || fail "BIN is missing: the folder of the programs"
bin=$(cd "$1" && pwd)
shift
reports=100000 seed=1 seconds=5 rounds=3 omega=''
while [ $# -gt 0 ]; do
    case $1 in
    --omega) omega=1; shift; continue ;;
    esac
    [ $# -ge 2 ] || fail "$1 takes a value"
    case $1 in
    --reports) reports=$2 ;;
    --seed) seed=$2 ;;
    --seconds) seconds=$2 ;;
    --rounds) rounds=$2 ;;
    *) fail "no option $1; the head of $0 names them" ;;
    esac
    shift 2
done
peer=none
[ -z "$omega" ] || peer=omega
"$here/questions.sh" "$bin" --reports "$reports" --seed "$seed" --peer "$peer" --prepare
work=${SITREP_BENCH_DIR:-$here/../build/bench}/generated-$reports-$seed
run=$(mktemp -d)
servers=''
stop() {
    for server in $servers; do kill "$server" 2>/dev/null || :; done
    # shellcheck disable=SC2086 # a list
    wait $servers || :
    rm -rf "$run"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP PIPE

# A port that nobody listens on.
port=18080
while grep -qi ":$(printf '%04X' $port) .* 0A " /proc/net/tcp; do port=$((port + 1)); done
user=''
[ "$(id -u)" -ne 0 ] || user='user root;'
sed -e "s|@PORT@|$port|g" -e "s|@ROOT@|$here/..|g" -e "s|@STATE@|$run|g" -e "s|@SOCKET@|$run/fcgi.sock|g" \
    -e "s|@USER@|$user|g" "$here/../nginx/demo.conf.in" >"$run/nginx.conf"
if [ -n "$omega" ]; then
    sed -i "s|^        include .*sitrep-server.conf;|&\n        location = /omega { fastcgi_pass unix:$run/omega.sock;\
 fastcgi_param QUERY_STRING \$query_string; fastcgi_param REQUEST_METHOD \$request_method;\
 fastcgi_param SCRIPT_FILENAME /usr/lib/cgi-bin/omega/omega; }|" "$run/nginx.conf"
    OMEGA_CONFIG_FILE=$work/omega/omega.conf fcgiwrap -s "unix:$run/omega.sock" &
    servers="$servers $!"
fi
"$bin/sitrep-fcgi" --index "$work/index" --socket "$run/fcgi.sock" --web "$here/../web" --workers 2 2>"$run/fcgi.log" &
servers="$! $servers"
/usr/sbin/nginx -p "$run" -c "$run/nginx.conf" -e "$run/error.log" -g 'daemon off;' &
servers="$! $servers"
tries=0
until curl -fso /dev/null "http://127.0.0.1:$port/healthz"; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { cat "$run/fcgi.log" "$run/error.log" >&2; exit 1; }
    sleep 0.1
done

load() { # NAME CLIENTS PATHS
    printf '%-24s %7d %s\n' "$1" "$2" "$(SITREP_BENCH_PATHS=$3 SITREP_BENCH_CLIENTS=$2 \
        wrk -t"$2" -c"$2" -d"$seconds" -s "$here/served.lua" "http://127.0.0.1:$port" | tail -n 1)"
}

"$bin/choose_questions" --index "$work/index" --seed $((seed + 1)) --each 552 2>/dev/null | awk '!/^everything/ || !n++' |
    sort -R --random-source="$here/served.sh" >"$run/many"
"$bin/question_paths" --questions "$run/many" >"$run/uncached"
"$bin/question_paths" --questions "$run/many" --mix 40000 >"$run/mixed"
printf '%-24s %7s %9s %9s %9s %9s %9s %9s\n' requests clients per_s p50_ms p99_ms mean_ms failed way_ms
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    for clients in 1 8 64; do
        load "sitrep uncached" $clients "$run/uncached"
        load "sitrep mixed" $clients "$run/mixed"
    done
    [ -n "$omega" ] || continue
    for class in $(cut -f 1 "$work/questions" | uniq | grep -v everything); do
        "$bin/question_paths" --questions "$work/questions" --class "$class" >"$run/sitrep"
        "$bin/question_paths" --questions "$work/questions" --class "$class" --omega >"$run/omega"
        load "sitrep $class" 1 "$run/sitrep"
        load "omega $class" 1 "$run/omega"
    done
done
