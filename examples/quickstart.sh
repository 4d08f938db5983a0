#!/usr/bin/env bash
# The main job, for real, on a fresh Debian 12. It asks nothing, and cleans up after itself, also when interrupted.
#
#   a registry on loopback with TLS and a password made now  ->  the password encrypted into an inventory  ->
#   podman and docker logged in by a playbook  ->  an image pushed and pulled with those logins  ->  logged out
# shellcheck disable=SC2154 # registry, registry_user and the like come from registry.sh
set -euo pipefail
cd "$(dirname "$0")/.."
project=$PWD
. tests/support/install.sh

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { printf '\nquickstart: not so: %s\n' "$*" >&2; exit 1; }
expect_recap() { grep -Eq "^gpu-01 +: ok=[0-9]+ +changed=$1 " "$work/$2" || fail "$2: expected changed=$1"; }

work=$(mktemp -d)
chmod 711 "$work"

# Where the engines keep logins for this user. Files that are not there yet are removed in the end.
podman_auth=${REGISTRY_AUTH_FILE:-${XDG_CONFIG_HOME:-$HOME/.config}/containers/auth.json}
docker_auth=${DOCKER_CONFIG:-$HOME/.docker}/config.json
new_files=()
for auth_file in "$podman_auth" "$docker_auth"; do
  [ -e "$auth_file" ] || new_files+=("$auth_file")
done

clean_up() {
  status=$?
  trap - EXIT INT TERM HUP
  if [ -n "${registry:-}" ]; then
    playbook -e login_state=absent > "$work/clean-up" 2>&1 || true
    rm -f "${new_files[@]}"
    tests/support/registry.sh stop "$work/registry" || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say "1. Install what is missing, build regvault and its Ansible collection"
install_packages "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}"
install_docker
build() { cmake --preset release && cmake --build --preset release && cmake --build --preset release --target collection; }
build > "$work/build" 2>&1 || { tail -n 30 "$work/build"; fail "the build"; }
export PATH="$project/build/release/bin:$PATH"
export ANSIBLE_COLLECTIONS_PATH="$project/build/collection"  # or install build/collection/*.tar.gz with ansible-galaxy
regvault --version

say "2. Start a registry on loopback: TLS, one user, a token made now"
tests/support/registry.sh start "$work/registry" > "$work/registry.env"
. "$work/registry.env"
echo "$registry, user $registry_user"

# What a user sets once: where the vault password is, and that this machine plays the host gpu-01.
(umask 077 && openssl rand -hex 24 > "$work/vault-password.txt")
export ANSIBLE_VAULT_PASSWORD_FILE="$work/vault-password.txt"
export SSL_CERT_FILE="$registry_ca"
playbook() {
  ansible-playbook -i "$work/inventory.yml" -e ansible_connection=local -e login_registry="$registry" "$@" \
    examples/encrypt-and-login.yml
}

say "3. An inventory, and the token encrypted into it"
cat > "$work/inventory.yml" <<'YAML'
all:
  vars:
    iaas_console:            # console of the GPU fleet
      ghcr_user: "octocat"
      # the token goes here
  children:
    gpu:
      hosts:
        gpu-01:
YAML
cp "$work/inventory.yml" "$work/before.yml"
regvault set "$work/inventory.yml" all.vars.iaas_console.ghcr_pat --from-file "$registry_token_file"
diff -u --label before --label after "$work/before.yml" "$work/inventory.yml" | tee "$work/diff" || true
grep -q '^-[^-]' "$work/diff" && fail "a line of the inventory was removed or changed"
regvault get "$work/inventory.yml" all.vars.iaas_console.ghcr_pat | cmp - "$registry_token_file" ||
  fail "the token does not come back as it was"
grep -qF -f "$registry_token_file" "$work/inventory.yml" && fail "the token stands in the inventory in the clear"

say "4. The playbook, twice: it logs podman and docker in, then finds nothing to do"
playbook -e token_file="$registry_token_file" | tee "$work/first"
expect_recap 1 first
playbook -e token_file="$registry_token_file" | tee "$work/second"
expect_recap 0 second
grep -q '^localhost.*changed=0' "$work/second" || fail "second: the inventory was encrypted again"

say "5. Push and pull an image with the logins the engines have now"
image="docker://$registry/octocat/hello"
tests/support/tiny_image.sh "$work/image"
for auth_file in "$podman_auth" "$docker_auth"; do
  skopeo copy -q --authfile "$auth_file" "oci:$work/image" "$image:1" || fail "push with $auth_file"
  skopeo copy -q --authfile "$auth_file" "$image:1" "oci:$work/pulled" || fail "pull with $auth_file"
  rm -rf "$work/pulled"
  echo "skopeo pushed and pulled with $auth_file"
done
pull() { podman --root "$work/storage" --runroot "$work/run" --storage-driver vfs pull -q "$image:1"; }
pull > "$work/pull" || fail "podman pull"
echo "podman pulled $(cat "$work/pull")"

say "6. Log out; the pull is refused now"
playbook -e login_state=absent > "$work/third" || { cat "$work/third"; fail "log out"; }
expect_recap 1 third
for auth_file in "$podman_auth" "$docker_auth"; do
  [ -e "$auth_file" ] || fail "$auth_file is gone"
  if skopeo copy -q --authfile "$auth_file" "$image:1" "oci:$work/pulled" 2> "$work/refused"; then
    fail "a pull without a login was allowed"
  fi
done
tail -n 1 "$work/refused"

say "Done: encrypted, logged in twice (changed, then ok), pushed, pulled, logged out."
