#!/usr/bin/env bash
# Installs what the tests need, builds, and runs every test: tests/run.sh [--long] [ctest arguments...]
#
# The checks of form first (clang-format, shellcheck), then the tests as built for development, then those that run our
# own code in-process again under AddressSanitizer and UndefinedBehaviorSanitizer. ctest's closing lines end the output.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/support/install.sh

long=(-LE long)
if [ "${1:-}" = --long ]; then
  long=()
  shift
fi

step() { printf '\n== %s\n' "$*"; }

step "install"
install_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" ansible libgtest-dev libgmock-dev libbenchmark-dev \
  buildah skopeo golang-docker-credential-helpers pass gnupg libsecret-tools gnome-keyring dbus-daemon systemd python3-yaml openssh-server openssh-client debootstrap busybox-static util-linux iproute2 sudo acl strace expect procps clang-format shellcheck \
  qemu-user-static binutils hyperfine time git vim neovim less valgrind ansible-lint python3-voluptuous python3-pycodestyle python3-jwt python3-cryptography
install_docker
command -v kubectl >/dev/null || install_packages kubernetes-client

step "form"
git ls-files -z '*.hpp' '*.cpp' | xargs -0 clang-format --dry-run --Werror
git ls-files -z '*.sh' '.ci/run' | xargs -0 shellcheck -x

export CTEST_OUTPUT_ON_FAILURE=1 CTEST_PARALLEL_LEVEL=2

step "build: the collection with its static binaries, then dev, then asan"
cmake --preset dev >/dev/null
cmake --build --preset dev --target collection
cmake --build --preset dev
cmake --preset asan >/dev/null
cmake --build --preset asan

step "test: asan"
ctest --preset asan "${long[@]}" -L 'unit|cli' "$@"

step "test: dev"
ctest --preset dev "${long[@]}" "$@"
