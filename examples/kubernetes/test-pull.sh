#!/bin/sh
# Fails, and says why, when the cluster cannot pull an image: for the beginning of a script that restarts something.
#
#   ./test-pull.sh IMAGE NAMESPACE && kubectl rollout restart deployment/console -n NAMESPACE
set -eu
exec regvault k8s test "$1" -n "$2" --secret ghcr-credentials --timeout 300
