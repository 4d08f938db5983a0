#!/bin/sh
# find_package_test.sh PREFIX CONSUMER: builds and runs CONSUMER against what is installed in PREFIX.
set -eu
prefix=$1 consumer=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake -S "$consumer" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" > "$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/build" > "$work/log" || { cat "$work/log"; exit 1; }
[ "$("$work/build/consumer")" = "the token comes back" ]
