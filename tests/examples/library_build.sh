#!/bin/sh
# library_build.sh SOURCE BUILD PREFIX COMPILER: the two commands of examples/README.md, with every warning an error.
# BUILD stays for the next run: installed headers keep their times.
set -eu
source=$1 build=$2 prefix=$3 compiler=$4
mkdir -p "$build"
log=$build/build.log
cmake -S "$source" -B "$build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" > "$log" 2>&1 || { cat "$log"; exit 1; }
cmake --build "$build" --parallel 2 > "$log" 2>&1 || { cat "$log"; exit 1; }
