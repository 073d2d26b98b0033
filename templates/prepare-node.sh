#!/bin/sh
# Prepares a node: directories, Docker with Compose, configure-services. cloud-init runs it once, and
# configure-services again where it failed. What is there already is left alone, so that a node that
# has everything needs no network.
#
# Leaves /var/lib/spot-tui/prepared, or /var/lib/spot-tui/prepare-failure with the reason and a hint,
# one a line.
set -u
umask 022
LC_ALL=C
DEBIAN_FRONTEND=noninteractive
# Ubuntu's needrestart would bounce services, sshd among them, after each installation.
NEEDRESTART_SUSPEND=1
export LC_ALL DEBIAN_FRONTEND NEEDRESTART_SUSPEND

root=${SPOT_TUI_ROOT:-}
state=$root/var/lib/spot-tui
library=$root/usr/local/lib/spot-tui
network_limit=${SPOT_TUI_APT_WAIT:-60}

say() {
  printf 'spot-tui: %s\n' "$1"
}

fail() {
  printf 'spot-tui: %s\n' "$1" >&2
  mkdir -p "$state" && printf '%s\n%s\n' "$1" "$2" >"$state/prepare-failure"
  exit 1
}

last_line() {
  printf '%s\n' "$1" | sed '/^$/d' | tail -n 1
}

make_directory() {
  problem=$(mkdir -p "$root$1" 2>&1 && chmod "$2" "$root$1" 2>&1) ||
    fail "can't make $1: $(last_line "$problem")" 'Look at the disk of the node: df -h, mount.'
  if [ -z "$root" ]; then
    chown "$SPOT_TUI_USER:" "$1" || fail "can't give $1 to $SPOT_TUI_USER" \
      "Look at /var/log/cloud-init.log on the node: is there a user $SPOT_TUI_USER?"
  fi
}

# The inbox appears with its owner: an upload, which may begin at any moment, accepts no other. And it
# is never emptied: one may be under way.
make_inbox() {
  if [ ! -e "$root/tmp/exs" ] && new=$(mktemp -d "$root/tmp/.exs.XXXXXX" 2>/dev/null); then
    if [ -n "$root" ] || chown "$SPOT_TUI_USER:" "$new" 2>/dev/null; then
      mv -T "$new" "$root/tmp/exs" 2>/dev/null
    fi
    [ ! -d "$new" ] || rmdir "$new"
  fi
  make_directory /tmp/exs 0700
}

# write PATH MODE TEXT
write() {
  problem=$(
    mkdir -p "$root${1%/*}" && printf '%s\n' "$3" 2>&1 >"$root$1" && chmod "$2" "$root$1" 2>&1
  ) || fail "can't write $1: $(last_line "$problem")" 'Look at the disk of the node: df -h, mount.'
}

make_directories() {
  if [ -z "$root" ]; then
    id "$SPOT_TUI_USER" >/dev/null 2>&1 || fail "there is no user $SPOT_TUI_USER on this image" \
      'Look at /var/log/cloud-init.log on the node: users are made at first boot.'
  fi
  for directory in "$BACALHAU_NODE_DIRECTORY" "$BACALHAU_DATA_DIRECTORY" \
    /opt/sensor /opt/sensor/config /opt/sensor/data /opt/sensor/logs /opt/sensor/exports \
    /opt/uploaded_files /opt/uploaded_files/scripts /opt/uploaded_files/config; do
    make_directory "$directory" 0755
  done
  make_inbox
  # /tmp is emptied at boot or by age; this brings the directory back and keeps it out of the latter.
  write /etc/tmpfiles.d/spot-tui.conf 0644 \
    "$(printf 'd /tmp/exs 0700 %s %s -' "$SPOT_TUI_USER" "$(login_group)")"
}

login_group() {
  id -gn "$SPOT_TUI_USER" 2>/dev/null || printf '%s' "$SPOT_TUI_USER"
}

has_compose() {
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null 2>&1
}

apt_get() {
  apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# The lists have a lock of their own, for which apt-get update does not wait, and unattended-upgrades
# holds it at first boot; mirrors can be slow to answer then, too.
update_lists() {
  waited=0
  until problem=$(apt_get update -o Acquire::Retries=3 -o APT::Update::Error-Mode=any 2>&1); do
    limit=$network_limit
    case $problem in
      *'/var/lib/apt/lists/lock'*) limit=300 ;;
    esac
    reason=$(printf '%s\n' "$problem" | sed -n 's/^[EW]: Failed to fetch */can not fetch /p' | head -n 1)
    reason=${reason:-$(last_line "$problem")}
    [ "$waited" -lt "$limit" ] || fail "apt-get update failed: $reason" \
      'Does the subnet let the node out to its package mirrors? An image with Docker needs none.'
    say "apt-get update failed, trying again: $reason"
    sleep 5
    waited=$((waited + 5))
  done
}

is_available() {
  [ -n "$(apt-cache --quiet=2 show --no-all-versions "$1" 2>/dev/null)" ]
}

# From the distribution's own archive: Debian has had the docker command in a package of its own
# since trixie, Ubuntu has Compose as docker-compose-v2, Debian as docker-compose.
install_docker() {
  packages=
  command -v dockerd >/dev/null 2>&1 || packages=docker.io
  if ! command -v docker >/dev/null 2>&1 && is_available docker-cli; then
    packages="$packages docker-cli"
  fi
  if ! has_compose; then
    for package in docker-compose-v2 docker-compose; do
      if is_available "$package"; then
        packages="$packages $package"
        break
      fi
    done
  fi
  # dockerd starts no container without it where the kernel confines programs.
  if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] &&
    ! command -v apparmor_parser >/dev/null 2>&1; then
    packages="$packages apparmor"
  fi
  say "installing $packages"
  # shellcheck disable=SC2086 # a list of words
  problem=$(apt_get install --no-install-recommends ca-certificates $packages 2>&1) ||
    fail "apt-get could not install $packages: $(last_line "$problem")" \
      'Look at /var/log/apt/term.log on the node, mend the cause, then run spot-tui configure.'
}

ensure_docker() {
  if ! command -v dockerd >/dev/null 2>&1 || ! command -v docker >/dev/null 2>&1 || ! has_compose; then
    command -v apt-get >/dev/null 2>&1 ||
      fail 'Docker or Compose is missing, and this image has no apt-get to install them' \
        'Use Ubuntu or Debian, or an image with Docker and Compose.'
    update_lists
    install_docker
  fi
  has_compose || fail 'Docker Compose is missing' 'Use an image whose archive has it, such as Ubuntu.'
  # Units say `docker compose`, also on Debian 12, which only has the older program.
  if ! docker compose version >/dev/null 2>&1; then
    install_compose_plugin
  fi
  if [ -z "$root" ]; then
    getent group docker >/dev/null || groupadd --system docker
    usermod -aG docker "$SPOT_TUI_USER" || say "warning: $SPOT_TUI_USER is not in the group docker"
  fi
  systemctl enable docker.service >/dev/null 2>&1
  if ! problem=$(systemctl start docker.service 2>&1); then
    fail "docker.service does not start: $(last_line "$problem")" \
      'Look at journalctl -u docker on the node.'
  fi
}

# https://github.com/docker/cli/blob/master/cli-plugins/manager/metadata.go
install_compose_plugin() {
  # shellcheck disable=SC2016 # expanded when the plugin runs
  write /usr/local/lib/docker/cli-plugins/docker-compose 0755 '#!/bin/sh
if [ "${1:-}" = docker-cli-plugin-metadata ]; then
  echo "{\"SchemaVersion\":\"0.1.0\",\"Vendor\":\"spot-tui\",\"ShortDescription\":\"Compose 1\"}"
  exit
fi
[ "${1:-}" != compose ] || shift
exec docker-compose "$@"'
}

enable_configure_services() {
  problem=$(systemctl daemon-reload 2>&1 && systemctl enable configure-services.service 2>&1) ||
    fail "configure-services.service can't be enabled: $(last_line "$problem")" \
      'Look at journalctl -b on the node.'
}

# shellcheck source=/dev/null
. "$library/settings.env" ||
  fail "$library/settings.env is missing" 'cloud-init writes it: look at /var/log/cloud-init.log.'
make_directories
ensure_docker
enable_configure_services
write /var/lib/spot-tui/prepared 0644 'by prepare-node.sh'
rm -f "$state/prepare-failure"
say 'prepared'
