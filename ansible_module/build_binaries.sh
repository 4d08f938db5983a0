#!/bin/sh
# Builds the binary modules for one machine: build_binaries.sh x86_64|aarch64, into build/module-MACHINE/bin
#
# `secret` for AArch64 needs libraries from the Debian archive (aarch64_libraries.sh, once). Where those cannot be had,
# it is left out, with a warning; what runs on hosts needs none.
set -eu
cd "$(dirname "$0")/.."
machine=$1
shift

if [ "$machine" = aarch64 ]; then
  libraries=$PWD/build/aarch64-libraries
  if ansible_module/aarch64_libraries.sh "$libraries"; then
    set -- -DREGVAULT_BUILD_LIBRARY=ON "-DCMAKE_FIND_ROOT_PATH=$libraries" -DPKG_CONFIG_EXECUTABLE=/bin/false "$@"
  else
    rm -f build/module-aarch64/bin/secret
    echo 'build_binaries.sh: warning: no libraries for AArch64, so no "secret" for it' >&2
  fi
fi
cmake --preset "module-$machine" "$@"
cmake --build --preset "module-$machine" --target modules
