#!/bin/sh
# OpenSSL and yaml-cpp for AArch64, from the Debian archive, for the cross build of `secret`.
#
#   aarch64_libraries.sh OUTPUT
#
# OUTPUT is then what CMAKE_FIND_ROOT_PATH wants. Nothing is installed: libyaml-cpp-dev of two architectures cannot be
# on one system. apt-get checks the packages as it always does, with lists of its own, and needs no root for it.
set -eu

[ $# = 1 ] || { echo 'usage: aarch64_libraries.sh OUTPUT' >&2; exit 1; }
output=$1
[ ! -d "$output" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/packages" "$work/root"
: > "$work/status"
cat > "$work/apt.conf" <<END
Dir::State::Lists "$work/lists";
Dir::State::Status "$work/status";
Dir::Cache "$work/cache";
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "";
END
export APT_CONFIG="$work/apt.conf"
apt-get -qq update
(cd "$work/packages" && apt-get -qq download libssl-dev libyaml-cpp-dev libyaml-cpp0.7)
for package in "$work"/packages/*.deb; do
  dpkg -x "$package" "$work/root"
done
# GCC looks for an architecture's headers in its own places only.
cp "$work"/root/usr/include/aarch64-linux-gnu/openssl/*.h "$work/root/usr/include/openssl/"
mkdir -p "$(dirname "$output")"
mv "$work/root" "$output"
