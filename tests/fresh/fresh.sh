#!/bin/sh
# fresh.sh [FOLDER]: the README's two commands in a bare Debian 12, as a user would meet them.
# Needs root, debootstrap and about 3 GB in FOLDER (default: a new one under /var/tmp). The bare
# system is made once and kept in FOLDER/base; each run works on a copy. Prints how long each
# step took; the exit status is that of the first step that failed.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$(mktemp -d /var/tmp/sitrep-fresh.XXXXXX)}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
machine=$folder/machine

[ "$(id -u)" -eq 0 ] || { echo "fresh: needs root, for debootstrap and chroot" >&2; exit 77; }
mkdir -p "$folder"

leave() {
    status=$?
    trap - EXIT
    chroot "$machine" sh -c '[ ! -x /sitrep/run ] || /sitrep/run stop' >/dev/null 2>&1 || :
    umount "$machine/proc" "$machine/dev" 2>/dev/null || :
    exit $status
}

step() { # NAME COMMAND: run inside, say how long it took
    began=$(date +%s)
    chroot "$machine" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 sh -euc "$2"
    echo "fresh: $1: $(($(date +%s) - began)) s"
}

if [ ! -d "$folder/base" ]; then
    debootstrap --variant=minbase --include=ca-certificates bookworm "$folder/base.new" "$mirror" >/dev/null
    mv "$folder/base.new" "$folder/base"
fi
umount "$machine/proc" "$machine/dev" 2>/dev/null || : # of a run that was killed
rm -rf --one-file-system "$machine"
cp -a "$folder/base" "$machine"
git clone -q --no-hardlinks "$here" "$machine/sitrep"
cp -L /etc/resolv.conf "$machine/etc/resolv.conf"
trap leave EXIT
trap 'exit 130' INT TERM
mount -t proc proc "$machine/proc"
mount --bind /dev "$machine/dev"

# shellcheck disable=SC2016 # the inner shell expands
step "./run demo, from nothing to an answer" '
    cd /sitrep
    ./run demo --detach
    address=$(cat .sitrep/address)
    curl -fsS "${address}search.json?q=peace+agreement" >/answer.json
    grep -q "\"reports\": *[1-9]" /answer.json'
step "./run demo, again" 'cd /sitrep && ./run demo --detach >/dev/null'
step "./run stop" 'cd /sitrep && ./run stop'
step "./run test" 'cd /sitrep && ./run test'
