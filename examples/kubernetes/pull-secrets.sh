#!/bin/sh
# Stores the pull secret "ghcr-credentials" in namespaces, and lets every pod of theirs use it.
#
#   ./pull-secrets.sh FILE:KEY USER NAMESPACE...
#
# May be run again: what is right already stays as it is. The token is on no command line.
set -eu
token=$1 user=$2
shift 2

for namespace in "$@"; do
  regvault k8s secret ghcr-credentials -n "$namespace" -u "$user" --from "$token" --apply
  regvault k8s attach ghcr-credentials serviceaccount/default -n "$namespace"
  regvault k8s show secret/ghcr-credentials -n "$namespace" --compare "$token"   # 20: it is not that token
done
