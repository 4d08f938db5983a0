# shellcheck shell=bash disable=SC2034
# install_packages PACKAGE...: Debian packages that are not there yet, with sudo when we are not root.
# install_docker, install_kubectl: the client under whatever package it can come from, when there is none.

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

install_docker() { command -v docker >/dev/null || install_packages docker.io; }

# What a build needs, and what the main job runs on. tests/run.sh adds the tools of the tests.
BUILD_PACKAGES=(g++ cmake ninja-build ccache libyaml-cpp-dev libcli11-dev libssl-dev libboost1.81-dev
  g++-aarch64-linux-gnu)
RUN_PACKAGES=(ansible-core podman docker-registry apache2-utils skopeo openssl ca-certificates)
