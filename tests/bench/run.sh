#!/usr/bin/env bash
# Prints a page of Markdown tables: this program, its parts, and the installed ansible-vault, in one run.
#
#   cmake --preset release -DREGVAULT_BUILD_BENCHMARKS=ON && cmake --build --preset release --target regvault benchmarks
#   tests/bench/run.sh [--plots DIRECTORY] [--fleet] [PROGRAM BENCHMARKS]   (those of build/release; a quarter of an hour)
#
# --plots also measures how time grows with size and number of files, into DIRECTORY/*.csv, and draws them as *.svg.
# --fleet adds the login of a fleet (fleet.sh, which also runs by itself): as root, another quarter of an hour.
# --quick: tiny inputs and two runs each, to see that everything works; the numbers mean nothing.
#
# Compare within one page, and on a quiet machine: machines differ, and are shared.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1

here=$(cd "$(dirname "$0")" && pwd)
plots='' fleet=no
while [[ ${1:-} == --* ]]; do
  case $1 in
    --quick) export BENCH_QUICK=1 ;;
    --plots) shift && plots=$(realpath "$1") ;;
    --fleet) fleet=yes ;;
    *) echo "run.sh: no such option: $1" >&2 && exit 2 ;;
  esac
  shift
done
release=$here/../../build/release
program=$(realpath "${1:-$release/bin/regvault}")
benchmarks=$(realpath "${2:-$release/bin/benchmarks}")
python=/usr/bin/python3  # the one that has Ansible

echo "$(sed -n 's/^model name.*: //p;T;q' /proc/cpuinfo), $(nproc) CPUs, $(uname -sr); $(g++ --version | sed -n 1p);" \
  "$(openssl version | cut -d' ' -f1,2); $(/usr/bin/ansible-vault --version | sed -n 1p), $("$program" --version);" \
  "load $(cut -d' ' -f1 /proc/loadavg); $(date -u +%F)"
section() { # TITLE COMMAND...
  printf '\n## %s\n\n' "$1"
  "${@:2}"
}
section 'In one process' "$python" "$here/engines.py" "$benchmarks"
section 'Whole commands' "$python" "$here/commands.py" "$program" "$benchmarks"
section 'Many secrets' "$python" "$here/bulk.py" "$program" "$benchmarks"
section 'Instructions' "$here/instructions.sh" "$program"
if [ "$fleet" = yes ]; then
  section 'The login of a fleet' "$here/fleet.sh"
fi

if [ -n "$plots" ]; then
  "$python" "$here/scaling.py" "$program" "$plots"
  "$python" "$here/plot.py" 'Time by size of the file' bytes "$plots/size.csv" "$plots/size.svg"
  "$python" "$here/plot.py" 'Time by number of files, five secrets each' files "$plots/files.csv" "$plots/files.svg"
fi
