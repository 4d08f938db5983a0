#!/usr/bin/env bash
# Prints a Markdown table: this program under the name ansible-vault beside the installed ansible-vault, in one run.
#
#   cmake --preset release && cmake --build --preset release --target regvault
#   tests/bench/run.sh [--runs N] [PROGRAM]          (build/release/bin/regvault)
#
# Medians of whole processes, by hyperfine, with /bin/true among them: so long does it take to start anything at all.
# Memory is the largest resident set of one more run, by GNU time. Compare within one table: machines are shared.
set -euo pipefail

runs=()  # as many as hyperfine finds it needs
if [ "${1:-}" = --runs ]; then
  runs=(--runs "$2")
  shift 2
fi
here=$(cd "$(dirname "$0")" && pwd)
ours=$(realpath "${1:-$here/../../build/release/bin/regvault}")
theirs=/usr/bin/ansible-vault

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir originals now ours
ln -s "$ours" ours/ansible-vault
export HOME=$work

head -c 16 /dev/urandom | base64 >password
head -c 16 /dev/urandom | base64 >new-password
printf 'ghcr_pat: %s\n' "$(head -c 30 /dev/urandom | base64)" >originals/encrypt.yml
"$theirs" encrypt --vault-password-file password --output originals/view.yml originals/encrypt.yml
cp originals/view.yml originals/decrypt.yml
cp originals/view.yml originals/rekey.yml
restore='cp -t now originals/encrypt.yml originals/view.yml originals/decrypt.yml originals/rekey.yml'

verbs=(encrypt_string view encrypt decrypt rekey)
arguments() {
  case $1 in
    encrypt_string) echo "encrypt_string --vault-password-file password --name ghcr_pat value" ;;
    rekey) echo "rekey --vault-password-file password --new-vault-password-file new-password now/rekey.yml" ;;
    *) echo "$1 --vault-password-file password now/$1.yml" ;;
  esac
}

peak_megabytes() { # COMMAND...
  $restore
  /usr/bin/time -f %M -o peak "$@" >/dev/null 2>&1
  awk '{ printf "%.1f", $1 / 1024 }' peak
}

commands=(/bin/true)
for verb in "${verbs[@]}"; do
  commands+=("$theirs $(arguments "$verb")" "ours/ansible-vault $(arguments "$verb")")
done
hyperfine --shell=none --warmup 2 --style none --prepare "$restore" "${runs[@]}" --export-csv times.csv \
  "${commands[@]}" >/dev/null 2>hyperfine.log || { cat hyperfine.log >&2; exit 1; }

median() { # ROW: in milliseconds; 1 is /bin/true
  awk -F, -v row="$1" 'NR == row + 1 { printf "%.2f", 1000 * $(NF - 4) }' times.csv
}

echo "$(sed -n 's/^model name.*: //p;T;q' /proc/cpuinfo), $(nproc) CPUs, $(uname -sr);" \
  "$("$theirs" --version | sed -n 1p), $("$ours" --version); load $(cut -d' ' -f1 /proc/loadavg)"
echo
echo "| median, ms | ansible-vault | regvault | times faster | MB, ansible-vault | MB, regvault |"
echo "|---|---|---|---|---|---|"
row=2
for verb in "${verbs[@]}"; do
  read -r -a words <<<"$(arguments "$verb")"
  them=$(median $row) us=$(median $((row + 1)))
  echo "| $verb | $them | $us | $(awk "BEGIN { printf \"%.0f\", $them / $us }")" \
    "| $(peak_megabytes "$theirs" "${words[@]}") | $(peak_megabytes ours/ansible-vault "${words[@]}") |"
  row=$((row + 2))
done
echo "| /bin/true | | $(median 1) | | | $(peak_megabytes /bin/true) |"
