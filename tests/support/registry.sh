#!/bin/sh
# A real registry (docker-registry) with TLS and one user, on this machine, for a test.
#
#   registry.sh start DIR [--listen ADDRESS] [--name HOST]... [--user NAME] [--plain-http]
#                         [--token-realm URL --token-certificate FILE]     a token server's: see token_registry.py
#   registry.sh new-token DIR      the user's next token; the old one stops working
#   registry.sh stop DIR
#
# `start` prints, and leaves in DIR/registry.env, lines a shell can read with `.`:
#
#   registry=127.0.0.1:41235       host:port, to log in to (the port is free by construction: the kernel chose it)
#   registry_port=41235
#   registry_user=octocat
#   registry_token_file=DIR/token  0600, no line end; made at run time, never in an argv
#   registry_ca=DIR/certs/ca.crt   PEM; DIR/certs serves as podman's --cert-dir, SSL_CERT_FILE=DIR/certs/ca.crt as
#                                  everyone else's trust
#   registry_log=DIR/log
#   registry_pid=4711
#
# The certificate is for ADDRESS (127.0.0.1), localhost and every --name. Needs: docker-registry, htpasswd, openssl.
# shellcheck disable=SC2154 # registry_pid, registry_user: from registry.env
set -eu
umask 077

fail() { printf 'registry.sh: %s\n' "$1" >&2; exit 1; }

make_certificates() {  # CN and SANs: $1
  mkdir -p "$dir/certs"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=regvault test CA' \
    -keyout "$dir/ca.key" -out "$dir/certs/ca.crt" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=regvault test registry' \
    -keyout "$dir/server.key" -out "$dir/server.csr" 2>/dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$1" > "$dir/server.ext"
  openssl x509 -req -in "$dir/server.csr" -CA "$dir/certs/ca.crt" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
    -extfile "$dir/server.ext" -out "$dir/server.crt" 2>/dev/null
  chmod 755 "$dir/certs"
  chmod 644 "$dir/certs/ca.crt"  # other users' clients read it too
}

make_token() {
  od -An -N20 -tx1 /dev/urandom | tr -d ' \n' > "$dir/token"
  htpasswd -Bin "$registry_user" < "$dir/token" | grep : > "$dir/htpasswd.new"
  mv "$dir/htpasswd.new" "$dir/htpasswd"
}

write_config() {
  {
    printf 'version: 0.1\nlog: {level: info, formatter: text}\n'
    printf 'storage: {filesystem: {rootdirectory: "%s/data"}, delete: {enabled: true}}\n' "$dir"
    if [ -n "$token_realm" ]; then
      printf 'auth: {token: {realm: "%s", service: regvault-test, issuer: regvault-test, rootcertbundle: "%s"}}\n' \
        "$token_realm" "$token_certificate"
    else
      printf 'auth: {htpasswd: {realm: regvault-test, path: "%s/htpasswd"}}\n' "$dir"
    fi
    printf 'http:\n  addr: "%s:0"\n  secret: regvault-test\n' "$listen"
    if [ "$plain_http" = no ]; then
      printf '  tls: {certificate: "%s/server.crt", key: "%s/server.key"}\n' "$dir" "$dir"
    fi
  } > "$dir/config.yml"
}

wait_for_port() {
  tries=0
  until port=$(sed -n 's/.*msg="listening on .*:\([0-9][0-9]*\).*/\1/p' "$dir/log" | head -n 1) && [ -n "$port" ]; do
    kill -0 "$pid" 2>/dev/null || fail "docker-registry ended: $(tail -n 3 "$dir/log")"
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { kill "$pid"; fail "docker-registry does not listen after 10 s"; }
    sleep 0.1
  done
}

start() {
  listen=127.0.0.1 registry_user=octocat plain_http=no names='' token_realm='' token_certificate=''
  while [ $# -gt 0 ]; do
    case $1 in
      --listen) listen=$2; shift 2 ;;
      --name) names="$names,DNS:$2"; shift 2 ;;
      --user) registry_user=$2; shift 2 ;;
      --plain-http) plain_http=yes; shift ;;
      --token-realm) token_realm=$2; shift 2 ;;
      --token-certificate) token_certificate=$2; shift 2 ;;
      *) fail "unknown option $1" ;;
    esac
  done
  for program in docker-registry htpasswd openssl; do
    command -v "$program" > /dev/null || fail "$program is not installed"
  done
  [ ! -e "$dir/registry.env" ] || fail "a registry runs in $dir already"
  chmod 711 "$dir"  # the CA is for all users; every other file is 0600
  make_certificates "IP:$listen,DNS:localhost$names"
  make_token
  write_config
  : > "$dir/log"
  OTEL_TRACES_EXPORTER=none docker-registry serve "$dir/config.yml" < /dev/null >> "$dir/log" 2>&1 &
  pid=$!
  wait_for_port
  cat > "$dir/registry.env" <<END
registry=$listen:$port
registry_port=$port
registry_user=$registry_user
registry_token_file=$dir/token
registry_ca=$dir/certs/ca.crt
registry_log=$dir/log
registry_pid=$pid
END
  cat "$dir/registry.env"
}

stop() {
  . "$dir/registry.env"
  kill "$registry_pid" 2>/dev/null || true
  tries=0
  while kill -0 "$registry_pid" 2>/dev/null && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -9 "$registry_pid" 2>/dev/null || true
  rm -f "$dir/registry.env"
}

[ $# -ge 2 ] || fail "usage: registry.sh start|new-token|stop DIR [OPTION]..."
action=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
shift 2
case $action in
  start) start "$@" ;;
  new-token) . "$dir/registry.env"; make_token ;;
  stop) stop ;;
  *) fail "unknown action $action" ;;
esac
