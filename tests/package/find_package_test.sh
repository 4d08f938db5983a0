#!/bin/sh
# find_package_test.sh BUILD CONSUMER: installs BUILD into a folder, and builds and runs CONSUMER against that alone. The
# other name is installed as well.
set -eu
build=$1 consumer=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" > "$work/log" || { cat "$work/log"; exit 1; }
grep -rlF -e "$build" "$work/prefix/lib" --include=*.cmake && { echo "the package names the build tree"; exit 1; }
"$work/prefix/lib/regvault/bin/ansible-vault" --version | grep -qxF "ansible-vault [core 2.21.0]"
cmake -S "$consumer" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" > "$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/build" > "$work/log" || { cat "$work/log"; exit 1; }
[ "$("$work/build/consumer")" = "the token comes back" ]
