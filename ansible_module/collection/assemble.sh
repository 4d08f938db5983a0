#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Puts the collection together from these sources and the binary modules, and packs it.
#
#   assemble.sh OUTPUT VERSION MACHINE=DIRECTORY...
#   assemble.sh build/collection 0.1.0 x86_64=build/module-x86_64/bin aarch64=build/module-aarch64/bin
#
# DIRECTORY holds what was built for MACHINE (as `uname -m` says it): login, and login_info and secret where they are.
# OUTPUT then holds
#
#   ansible_collections/regvault/registry/   the collection, for ANSIBLE_COLLECTIONS_PATH=OUTPUT
#   regvault-registry-VERSION.tar.gz         for ansible-galaxy collection install; the same bytes for the same input
#                                            (times are SOURCE_DATE_EPOCH, or 1980)
set -eu
umask 022

fail() { printf 'assemble.sh: %s\n' "$1" >&2; exit 1; }
[ $# -ge 3 ] || fail 'usage: assemble.sh OUTPUT VERSION MACHINE=DIRECTORY...'
command -v ansible-galaxy > /dev/null || fail 'ansible-galaxy is not installed'

sources=$(cd "$(dirname "$0")" && pwd)
output=$1 version=$2
shift 2
mkdir -p "$output"
output=$(cd "$output" && pwd)
collection=$output/ansible_collections/regvault/registry

rm -rf "$collection"
mkdir -p "$collection/programs"
(cd "$sources" && find meta plugins roles tests -name '*.py' -o -name '*.yml' -o -name '*.md') | while read -r file; do
  install -D -m 0644 "$sources/$file" "$collection/$file"
done
for file in README.md LICENSE CHANGELOG.md; do
  install -D -m 0644 "$sources/$file" "$collection/$file"
done
sed "s/@REGVAULT_VERSION@/$version/" "$sources/galaxy.yml.in" > "$collection/galaxy.yml"

for pair in "$@"; do
  machine=${pair%%=*} directory=${pair#*=}
  [ -f "$directory/login" ] || fail "$directory/login does not exist: build the module-$machine preset first"
  for program in login login_info secret; do
    if [ -f "$directory/$program" ]; then
      install -m 0755 "$directory/$program" "$collection/programs/${program}_$machine"
    fi
  done
done

# ansible-galaxy stamps its archive with the time of packing, so the archive is made anew from what it packed. The
# order of FILES.json comes from the directory, which was filled in the same order; checksums in it are unaffected.
archive=regvault-registry-$version.tar.gz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ANSIBLE_LOCAL_TEMP=$work/ansible \
  ansible-galaxy collection build --force --output-path "$work" "$collection" > "$work/log" 2>&1 ||
  fail "ansible-galaxy: $(cat "$work/log")"
mkdir "$work/content"
tar -xzf "$work/$archive" -C "$work/content"
(cd "$work/content" &&
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-315532800}" -cf - -- *) |
  gzip -n > "$output/$archive"
