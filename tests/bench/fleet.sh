#!/usr/bin/env bash
# The login of a fleet: regvault.registry.login and containers.podman.podman_login on the same real hosts, in one run.
# Prints Markdown.
#
#   cmake --preset dev && cmake --build --preset dev --target collection
#   tests/bench/fleet.sh [--quick] [COUNT]...        so many hosts: 1 10 50; a quarter of an hour
#   tests/bench/fleet.sh --tasks                     only single tasks, and the goals; two minutes
#
# As root: the hosts are those of tests/support/hosts.sh, here with Python, which podman_login needs. Fifty of them take
# about 1 GiB. REGVAULT_COLLECTIONS names another directory than build/collection. --quick: two runs of each, to see that
# everything works; the numbers mean nothing.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1

here=$(cd "$(dirname "$0")" && pwd)
if [ "${1:-}" = --quick ]; then
  export BENCH_QUICK=1
  shift
fi
[ $# -gt 0 ] || set -- 1 10 50
[ "$1" != --tasks ] || set --
most=$(printf '%s\n' 1 "$@" | sort -n | tail -n 1)
export REGVAULT_COLLECTIONS=${REGVAULT_COLLECTIONS:-$here/../../build/collection}
export REGVAULT_HOSTS_PACKAGES=python3
exec "$here/../support/hosts.sh" run "$most" /usr/bin/python3 "$here/fleet.py" "$@"
