#!/bin/sh
# run.sh BIN_DIR: the pages in Debian's Chromium, over the sample reports and servers of its own.
set -eu
bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
for program in chromium npm /usr/sbin/nginx; do
    command -v $program >/dev/null || { echo "skipped: there is no $program"; exit 0; }
done
state=$(mktemp -d /tmp/sitrep-browser-XXXXXX)
fcgi=''
nginx=''
finish() {
    [ -z "$nginx" ] || kill "$nginx" 2>/dev/null || :
    [ -z "$fcgi" ] || kill "$fcgi" 2>/dev/null || :
    wait
    rm -rf "$state"
}
trap finish EXIT
trap 'exit 1' INT TERM

cd "$root/tests/browser"
[ -d node_modules ] || npm ci --silent --no-audit --no-fund
port=$(node -e 'const s = require("net").createServer();
    s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
user=''
[ "$(id -u)" -ne 0 ] || user='user root;'
sed -e "s|@PORT@|$port|g" -e "s|@ROOT@|$root|g" -e "s|@STATE@|$state|g" \
    -e "s|@SOCKET@|$state/socket|g" -e "s|@USER@|$user|g" \
    "$root/nginx/demo.conf.in" >"$state/nginx.conf"
"$bin/sitrep-index" build --index "$state/index" "$root/samples" 2>"$state/index.log" || {
    cat "$state/index.log"
    exit 1
}
"$bin/sitrep-fcgi" --index "$state/index" --socket "$state/socket" --web "$root/web" \
    2>"$state/fcgi.log" &
fcgi=$!
/usr/sbin/nginx -p "$state" -c "$state/nginx.conf" -e "$state/error.log" -g 'daemon off;' &
nginx=$!
tries=0
until [ "$(curl -so /dev/null -w '%{http_code}' "http://127.0.0.1:$port/readyz")" = 200 ]; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "the servers do not answer"; cat "$state/fcgi.log"; exit 1; }
    sleep 0.1
done
node pages.mjs "http://127.0.0.1:$port"
