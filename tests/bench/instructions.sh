#!/usr/bin/env bash
# Prints how many instructions `view` of one secret takes, counted by valgrind: the same on every run of one build, so
# that a change of a thousandth shows. REGVAULT_KDF=portable, because valgrind knows neither AVX-512 nor SHA-NI.
#
#     instructions.sh REGVAULT
set -euo pipefail

program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HOME=$work REGVAULT_KDF=portable

counted() { # COMMAND...
  valgrind --tool=callgrind --callgrind-out-file=callgrind.out "$@" 2>log >/dev/null || { cat log >&2; exit 1; }
  sed -n 's/.*Collected : //p' log
}

echo 'the password of the benchmark' >password
echo 'ghcr_pat: a token of forty bytes, or thereabouts' >vault.yml
"$program" encrypt --vault-password-file password vault.yml >/dev/null 2>&1
whole=$(counted "$program" view --vault-password-file password vault.yml)
derivation=$(callgrind_annotate --inclusive=yes callgrind.out | tr -d , |
  awk '/advance_portable/ && !n { n = $1 } END { print n }')
echo "| instructions of | |"
echo "|---|---|"
echo "| \`REGVAULT_KDF=portable regvault view\` of one secret | $whole |"
echo "| without the derivation | $((whole - derivation)) |"
echo "| \`regvault --version\` | $(counted "$program" --version) |"
