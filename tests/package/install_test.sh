#!/bin/sh
# install_test.sh BUILD PREFIX: installs BUILD into the folder PREFIX, afresh. What is installed does not know where it
# was built, and the other names are there.
set -eu
build=$1 prefix=$2
rm -rf "$prefix"
mkdir -p "$prefix"
cmake --install "$build" --prefix "$prefix" > "$prefix/install.log" || { cat "$prefix/install.log"; exit 1; }
grep -rlF -e "$build" "$prefix/lib" --include=*.cmake && { echo "the package names the build tree"; exit 1; }
"$prefix/lib/regvault/bin/ansible-vault" --version | grep -qxF "ansible-vault [core 2.21.0]"
"$prefix/bin/docker-credential-regvault" version | grep -q '^docker-credential-regvault (regvault) '
"$prefix/bin/regvault-client" --help | grep -q '^Usage: regvault-client '
