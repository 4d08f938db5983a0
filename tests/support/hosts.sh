#!/bin/sh
# Real ssh hosts without Python, for a test: sshd, podman, sudo and su on Debian, one network namespace each.
#
#   hosts.sh run COUNT COMMAND [ARGUMENT]...   runs COMMAND beside COUNT hosts; ends with its exit code
#   hosts.sh rootfs                            only makes the file system all hosts share (~1 minute, once), prints it
#
# COMMAND finds, in the directory $REGVAULT_HOSTS:
#
#   address           the address of this side: the hosts reach what listens on it
#   key, known_hosts  for ssh; logs in as root and as `deploy` (sudo to anybody, no password asked)
#   passwords         KEY=VALUE lines of the users root and app, for su; made anew each time
#   h1, h2, …/        one directory a host:
#     address         its address
#     root/           its file system as it is now
#     upper/          what differs from the shared file system
#     sshd.log
#
# REGVAULT_HOSTS_PACKAGES names more Debian packages for them, separated by commas; python3 is the only way to Python.
#
# Users: root · deploy (uid 1000) · app (uid 1001, no login, no rights). Odd-numbered hosts have Debian's shell and
# tools; on even-numbered ones /bin/sh and every tool of that name are busybox.
#
# Everything lives in namespaces of its own (mount, network, process ids), $REGVAULT_HOSTS included: when COMMAND ends,
# or this script is killed, the kernel ends every process of the hosts and unmounts every file system. Nothing is left
# but the cache, $REGVAULT_TEST_CACHE (/var/cache/regvault-tests). Needs root, debootstrap, unshare, ip, ssh-keygen.
set -eu

packages=openssh-server,podman,ca-certificates,netavark,aardvark-dns,uidmap,sudo,busybox-static
packages=$packages${REGVAULT_HOSTS_PACKAGES:+,$REGVAULT_HOSTS_PACKAGES}
suite=bookworm
network=10.231.0
cache=${REGVAULT_TEST_CACHE:-/var/cache/regvault-tests}

fail() { printf 'hosts.sh: %s\n' "$1" >&2; exit 1; }

need() {
  for program in "$@"; do
    command -v "$program" > /dev/null || fail "$program is not installed"
  done
}

# Sets $rootfs. The directory appears by a rename, whole; the name changes with what is in it.
make_rootfs() {
  rootfs=$cache/rootfs-$(printf '%s %s' "$suite" "$packages" | sha256sum | cut -c 1-12)
  [ ! -d "$rootfs" ] || return 0
  need debootstrap flock
  mkdir -p "$cache"
  exec 9> "$cache/lock"
  flock 9
  if [ ! -d "$rootfs" ]; then
    rm -rf "$cache"/rootfs-*.new
    debootstrap --variant=minbase --include="$packages" "$suite" "$rootfs.new" > "$cache/debootstrap.log" 2>&1 ||
      fail "debootstrap: $(tail -n 3 "$cache/debootstrap.log")"
    rm -rf "$rootfs.new"/var/cache/apt/archives/*.deb "$rootfs.new"/var/lib/apt/lists/*
    mv "$rootfs.new" "$rootfs"
  fi
  exec 9>&-
}

# On the outside: the namespaces, then this script again as their first process.
run() {
  [ "$(id -u)" = 0 ] || fail 'hosts need namespaces and chroot: run this as root'
  case $1 in ''|*[!0-9]*) count=0 ;; *) count=$1 ;; esac
  { [ "$count" -ge 1 ] && [ "$count" -le 244 ]; } || fail 'COUNT is a number from 1 to 244'
  need unshare ip ssh-keygen chroot
  make_rootfs
  mkdir -p "$cache/hosts"
  exec unshare --mount --net --pid --fork --kill-child --mount-proc "$0" inside "$rootfs" "$cache/hosts" "$@"
}

# Process 1 of the namespaces.
inside() {
  rootfs=$1 REGVAULT_HOSTS=$2 count=$3
  export REGVAULT_HOSTS
  shift 3
  mount --make-rshared /
  mount -t tmpfs -o mode=0711 hosts "$REGVAULT_HOSTS"
  ip link set lo up
  ip link add hosts type bridge
  ip address add "$network.1/24" dev hosts
  ip link set hosts up
  echo "$network.1" > "$REGVAULT_HOSTS/address"
  ssh-keygen -q -t ed25519 -N '' -f "$REGVAULT_HOSTS/key"
  (umask 077; for user in root app; do echo "$user=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')"; done) \
    > "$REGVAULT_HOSTS/passwords"

  number=1
  while [ "$number" -le "$count" ]; do
    start_host "$number"
    number=$((number + 1))
  done
  for host in "$REGVAULT_HOSTS"/h[0-9]*; do
    wait_for_host "$host"
  done
  status=0
  "$@" || status=$?
  exit "$status"
}

start_host() {
  host=$REGVAULT_HOSTS/h$1 root=$REGVAULT_HOSTS/h$1/root
  mkdir -p "$root" "$host/upper/var/lib/containers" "$host/work"
  echo "$network.$((10 + $1))" > "$host/address"
  mount -t overlay -o "lowerdir=$rootfs,upperdir=$host/upper,workdir=$host/work" host "$root"
  mount -t proc proc "$root/proc"
  mkdir -p "$root/dev/shm"
  mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
  mount --rbind /sys "$root/sys"                            # podman looks for control groups there,
  mount -t tmpfs containers "$root/var/lib/containers"      # and cannot stack its layers on an overlay
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
  ln -sf pts/ptmx "$root/dev/ptmx"
  [ -n "${REGVAULT_HOSTS_PACKAGES:-}" ] || [ -z "$(chroot "$root" sh -c 'command -v python3 python')" ] ||
    fail 'the hosts have Python'
  printf '127.0.0.1 localhost h%s\n' "$1" > "$root/etc/hosts"
  make_users
  if [ $(($1 % 2)) = 0 ]; then
    chroot "$root" /bin/busybox --install -s /usr/local/bin
    rm "$root/usr/local/bin/su"  # it would need the set-user-id bit
    ln -sf busybox "$root/bin/sh"
  fi
  unshare --net --uts --mount --propagation slave "$0" host "$1" "$host" > "$host/sshd.log" 2>&1 < /dev/null &
}

make_users() {
  chroot "$root" useradd --create-home --shell /bin/bash --uid 1000 --password '*' deploy
  chroot "$root" useradd --create-home --shell /bin/sh --uid 1001 --password '*' app
  tr '=' ':' < "$REGVAULT_HOSTS/passwords" | chroot "$root" chpasswd
  echo 'deploy ALL=(ALL:ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/deploy"
  for home in "$root/root" "$root/home/deploy"; do
    mkdir -m 0700 "$home/.ssh"
    cp "$REGVAULT_HOSTS/key.pub" "$home/.ssh/authorized_keys"
  done
  chown -R 1000:1000 "$root/home/deploy/.ssh"
  rm -f "$root"/etc/ssh/ssh_host_*
  ssh-keygen -q -t ed25519 -N '' -f "$root/etc/ssh/ssh_host_ed25519_key"
  mkdir -p "$root/run/sshd"
  printf '%s\n' 'HostKey /etc/ssh/ssh_host_ed25519_key' 'UsePAM no' 'UseDNS no' 'PasswordAuthentication no' \
    'PermitRootLogin prohibit-password' 'MaxStartups 100' 'Subsystem sftp internal-sftp' > "$root/etc/ssh/sshd_config"
  read -r type key _ < "$root/etc/ssh/ssh_host_ed25519_key.pub"
  echo "$(cat "$host/address") $type $key" >> "$REGVAULT_HOSTS/known_hosts"
}

# In the host's own namespaces: a cable to the bridge (whose network is that of process 1), then sshd. Rootless podman
# makes user namespaces, which Linux refuses in a mere chroot: hence a root of its own. What COMMAND mounts under
# root/ shows here, too.
host() {
  number=$1 directory=$2
  hostname "h$number"
  ip link set lo up
  ip link add eth0 type veth peer name "h$number" netns 1
  ip address add "$(cat "$directory/address")/24" dev eth0
  ip link set eth0 up
  cd "$directory/root"
  mkdir -p mnt/outside
  pivot_root . mnt/outside
  umount -l /mnt/outside
  mount --make-rshared /
  exec /usr/sbin/sshd -D -e
}

wait_for_host() {
  tries=0
  until ip link set "${1##*/}" master hosts up 2> /dev/null && grep -q 'Server listening' "$1/sshd.log"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || fail "${1##*/} does not come up: $(cat "$1/sshd.log")"
    sleep 0.1
  done
}

action=${1:-}
[ $# -eq 0 ] || shift
case $action in
  rootfs) make_rootfs; echo "$rootfs" ;;
  run) [ $# -ge 2 ] || fail 'usage: hosts.sh run COUNT COMMAND [ARGUMENT]...'; run "$@" ;;
  inside) inside "$@" ;;
  host) host "$@" ;;
  *) fail 'usage: hosts.sh run COUNT COMMAND [ARGUMENT]... | hosts.sh rootfs' ;;
esac
