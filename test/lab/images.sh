#!/bin/bash
# Builds the lab's machine images: Debian root file systems with cloud-init, OpenSSH and Docker.
#
#   images.sh [bookworm] [trixie]      both by default; prints each image's directory on stdout
#
# An image is built once and kept under ${XDG_CACHE_HOME:-~/.cache}/spot-tui-lab/RELEASE/rootfs,
# until this recipe changes. Needs Linux, root, and a Debian mirror that debootstrap reaches
# (SPOT_TUI_LAB_MIRROR overrides its default).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/spot-tui-lab"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf 'lab image: %s\n' "$*" >&2; }
refuse() { say "$*"; exit 1; }

[ "$(uname -s)" = Linux ] || refuse 'needs Linux'
[ "$(id -u)" = 0 ] || refuse 'needs root'
for tool in debootstrap:debootstrap dpkg-deb:dpkg unshare:util-linux flock:util-linux chroot:coreutils; do
  command -v "${tool%%:*}" >/dev/null ||
    refuse "${tool%%:*} is missing: apt-get install ${tool##*:}"
done
[ -r "$keyring" ] || refuse "$keyring is missing: apt-get install debian-archive-keyring"

recipe=$(cat "${BASH_SOURCE[0]}" "$here"/image/* | sha256sum | cut -d ' ' -f 1)

base_packages='cloud-init openssh-server sudo iproute2 iptables locales busybox-static procps less
  vim-tiny python3-jsonschema libpam-systemd libnss-myhostname apparmor'

# Compose is a plugin of the docker command since trixie, where that command is a package of its own.
docker_packages_of() {
  case $1 in
    bookworm) echo docker.io docker-compose ;;
    trixie) echo docker.io docker-cli docker-compose ;;
    *) refuse "unknown release $1: bookworm and trixie are known" ;;
  esac
}

# Runs in the new root with its own mounts, which end with it.
in_root() {
  local root=$1
  shift
  # shellcheck disable=SC2016 # expanded by the inner shell
  unshare --mount --pid --fork --kill-child --propagation private \
    sh -c 'mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/run" && exec chroot "$@"' \
    "$root" "$root" \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@" </dev/null >&2
}

# Docker's packages as an archive for machines that begin without Docker and have no way out.
keep_archive() {
  local archive="$1/usr/local/share/spot-tui-lab/archive" file
  mkdir -p "$archive"
  cp "$1"/var/cache/apt/archives/*.deb "$archive"
  for file in "$archive"/*.deb; do
    dpkg-deb --field "$file"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${file##*/}" "$(stat --format %s "$file")" \
      "$(sha256sum "$file" | cut -d ' ' -f 1)"
  done >"$archive/Packages"
}

configure() {
  local root=$1

  # Addresses are given from outside; everything else of cloud-init is as the distribution ships it.
  cat >"$root/etc/cloud/cloud.cfg.d/90_lab.cfg" <<'END'
datasource_list: [NoCloud, None]
network: {config: disabled}
END
  cp "$root/usr/share/zoneinfo/Etc/UTC" "$root/etc/localtime"
  sed -i 's/^# *en_US.UTF-8/en_US.UTF-8/' "$root/etc/locale.gen"
  in_root "$root" locale-gen

  # A machine makes its own identity and host keys at its first boot.
  rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id"
  : >"$root/etc/machine-id"
  printf 'localhost\n' >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
  rm -f "$root/etc/resolv.conf"
  : >"$root/etc/resolv.conf"

  mkdir -p "$root/etc/docker" "$root/etc/systemd/system/docker.service.d"
  printf '{"storage-driver": "overlay2"}\n' >"$root/etc/docker/daemon.json"

  local share="$root/usr/local/share/spot-tui-lab" stage
  install -D -m 0755 "$here/image/import-stand-ins.sh" \
    "$root/usr/local/lib/spot-tui-lab/import-stand-ins.sh"
  stage=$(mktemp -d)
  install -D -m 0755 "$root/usr/bin/busybox" "$stage/bin/busybox"
  install -D -m 0755 "$here/image/stand-in.sh" "$stage/bin/stand-in"
  for applet in sh sleep mkdir httpd wget; do ln -s busybox "$stage/bin/$applet"; done
  mkdir -p "$share" "$stage/tmp" "$stage/etc"
  tar -C "$stage" --owner 0 --group 0 -cf "$share/stand-in.tar" .
  rm -rf "$stage"
  # Whoever is ordered after docker.service finds the images there.
  cat >"$root/etc/systemd/system/docker.service.d/stand-ins.conf" <<'END'
[Service]
ExecStartPost=/usr/local/lib/spot-tui-lab/import-stand-ins.sh
END
}

build() {
  local release=$1 final="$cache/$1" root
  local work="$cache/.building-$release"
  rm -rf --one-file-system "$work"
  root="$work/rootfs"
  mkdir -p "$root"

  say "$release: debootstrap"
  debootstrap --variant=minbase --keyring="$keyring" \
    --include=systemd,systemd-sysv,dbus,udev "$release" "$root" \
    ${SPOT_TUI_LAB_MIRROR:+"$SPOT_TUI_LAB_MIRROR"} >"$work/log" 2>&1 ||
    { tail -n 20 "$work/log" >&2; refuse "$release: debootstrap failed, see $work/log"; }

  # Nothing in a chroot may start, and the disk needs no syncs for files that can be built again.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 0755 "$root/usr/sbin/policy-rc.d"
  printf 'force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\n' \
    >"$root/etc/dpkg/dpkg.cfg.d/lab"
  cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"

  say "$release: packages"
  local packages
  packages=$(docker_packages_of "$release")
  # shellcheck disable=SC2086 # lists of words
  { in_root "$root" apt-get -q update &&
    in_root "$root" apt-get -qy --no-install-recommends install $base_packages &&
    in_root "$root" apt-get clean &&
    in_root "$root" apt-get -qy --no-install-recommends --download-only install \
      $packages ca-certificates &&
    keep_archive "$root" &&
    in_root "$root" apt-get -qy --no-install-recommends install $packages &&
    in_root "$root" apt-get clean; } >>"$work/log" 2>&1 ||
    { tail -n 20 "$work/log" >&2; refuse "$release: packages failed, see $work/log"; }
  rm -rf "$root"/var/lib/apt/lists/* "$root/usr/sbin/policy-rc.d"

  configure "$root" 2>>"$work/log"
  # shellcheck disable=SC2016 # dpkg-query's own placeholders
  in_root "$root" dpkg-query -W -f '${Package} ${Version}\n' systemd cloud-init openssh-server \
    docker.io docker-compose 2>"$work/versions"
  printf '%s\n' "$recipe" >"$work/recipe"

  if [ -e "$final" ]; then
    mv "$final" "$cache/.old-$release.$$"
  fi
  mv "$work" "$final"
  rm -rf --one-file-system "$cache"/.old-"$release".*
}

ensure() {
  local release=$1
  docker_packages_of "$release" >/dev/null
  exec 9>"$cache/.$release.lock"
  flock 9
  if [ "$(cat "$cache/$release/recipe" 2>/dev/null)" = "$recipe" ]; then
    say "$release: cached"
  else
    local begin=$SECONDS
    build "$release"
    say "$release: built in $((SECONDS - begin)) s: $(paste -sd ' ' "$cache/$release/versions")"
  fi
  exec 9>&-
  printf '%s\n' "$cache/$release/rootfs"
}

mkdir -p "$cache"
[ $# -gt 0 ] || set -- bookworm trixie
for release; do ensure "$release"; done
