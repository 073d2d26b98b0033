#!/bin/sh
# Receives the payload, a gzip'd tar on standard input, and puts it into /tmp/exs: completely or not
# at all. The manifest is moved in last, so that its presence means that everything is there.
#
#   sh -c "$script" receive-payload MANIFEST_SHA256 [--configure] [KEY=value]... < payload.tar.gz
#
# The values, named SPOT_TUI_…, become node.env. Ends with 20 when what arrived is not what was
# sent, 21 when it can't be written, 22 when a tool is missing, 64 when called wrongly; the last line
# on standard error says why.
#
# With --configure it prints `@applied` and the digest of the manifest that was applied last, if one
# was. If that is another one, or what was installed is not as it was, it prints `@receiving` and
# receives the payload; otherwise nothing is read. Then, if cloud-init has ended with nothing to tell, it prints `@configuring`, starts
# configure-services and ends with the status of that; else it ends with 0.
#
# A fleet runs this a thousand times at once, so it starts few processes: the shell does what it can.
set -u
umask 077
LC_ALL=C
export LC_ALL
root=${SPOT_TUI_ROOT:-}
inbox=$root/tmp/exs
staging=$inbox/.incoming.$$
state=$root/var/lib/spot-tui
manifest=manifest.sha256

corrupt=20
unwritable=21
missing_tool=22
usage=64

fail() {
  status=$1
  shift
  printf '%s\n' "$*" >&2
  exit "$status"
}

# What went wrong while writing, told apart by the tools' own words.
fail_writing() {
  case $1 in
    *'No space left'* | *'quota exceeded'*)
      fail "$unwritable" "no space left for $inbox ($(free_space))" ;;
    *)
      fail "$unwritable" "can't write to $inbox: ${1##*: }" ;;
  esac
}

free_space() {
  df -Pk "$inbox" 2>/dev/null | awk 'NR == 2 { printf "%d MiB free on %s", $4 / 1024, $6 }'
}

clean_up() {
  rm -rf "$staging"
}

# Whether cloud-init has done its work, without errors and without any that it could work around.
is_prepared() {
  [ -s "$root/run/cloud-init/result.json" ] && [ ! -e "$state/prepare-failure" ] || return 1
  for file in result.json status.json; do
    [ -e "$root/run/cloud-init/$file" ] || continue
    [ -r "$root/run/cloud-init/$file" ] || return 1
    while IFS= read -r line || [ -n "$line" ]; do
      while case $line in *'errors":'*) ;; *) false ;; esac; do
        line=${line#*'errors":'}
        case $line in
          '[]'* | ' []'* | '{}'* | ' {}'*) ;;
          *) return 1 ;;
        esac
      done
    done <"$root/run/cloud-init/$file"
  done
}

# Whether nobody has changed or removed what was installed. Some of it may have become root's.
is_intact() {
  [ ! -e "$state/installed.sha256" ] ||
    sha256sum -c --status "$state/installed.sha256" 2>/dev/null ||
    sudo -n sha256sum -c --status "$state/installed.sha256" 2>/dev/null
}

# Ends this script.
configure() {
  is_prepared || exit 0
  echo @configuring
  exec sudo -n systemctl start configure-services.service </dev/null
}

manifest_digest=${1:-}
case $manifest_digest in
  *[!0-9a-f]* | '') fail "$usage" 'usage: receive-payload MANIFEST_SHA256 [--configure] [KEY=value]...' ;;
esac
[ "${#manifest_digest}" -eq 64 ] || fail "$usage" 'the first argument is no SHA-256'
shift
then_configure=
if [ "${1:-}" = --configure ]; then
  then_configure=yes
  shift
fi
for value; do
  case $value in
    SPOT_TUI_*=*) ;;
    *) fail "$usage" "no SPOT_TUI_… value: $value" ;;
  esac
  case ${value%%=*} in
    *[!A-Z0-9_]*) fail "$usage" "no name for a value: ${value%%=*}" ;;
  esac
  case ${value#*=} in
    *[!A-Za-z0-9._:/-]*) fail "$usage" "${value%%=*} has characters other than A-Za-z0-9._:/-" ;;
  esac
done

for tool in tar gzip sha256sum awk df; do
  command -v "$tool" >/dev/null 2>&1 ||
    fail "$missing_tool" "$tool is missing on this node: install it, or use another image"
done

if [ -n "$then_configure" ]; then
  applied=
  if [ -e "$state/$manifest" ]; then
    applied=$(sha256sum "$state/$manifest" 2>/dev/null || sudo -n sha256sum "$state/$manifest")
    applied=${applied%% *}
  fi
  echo "@applied $applied"
  if [ "$applied" = "$manifest_digest" ] && is_intact; then
    configure
  fi
  echo @receiving
fi

# /tmp is everybody's: whoever was faster may not own what is later installed by root.
require_own_inbox() {
  if [ -L "$inbox" ] || [ ! -O "$inbox" ]; then
    fail "$unwritable" "$inbox does not belong to $(id -un): remove it or change its owner"
  fi
}

if [ -e "$inbox" ] || [ -L "$inbox" ]; then
  require_own_inbox
  if ! problem=$(chmod 0700 "$inbox" 2>&1); then
    fail_writing "$problem"
  fi
fi

# What an upload left that was cut off; those under way have a live shell.
for leftover in "$inbox"/.incoming.*; do
  [ -d "$leftover" ] || continue
  kill -0 "${leftover##*.}" 2>/dev/null || rm -rf "$leftover"
done

trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Makes the inbox, too, closed to others by the umask.
if ! problem=$(mkdir -p "$staging" 2>&1); then
  fail_writing "$problem"
fi
require_own_inbox
if ! problem=$(tar -C "$staging" -xzpmf - --no-same-owner 2>&1); then
  case $problem in
    *'No space left'* | *'quota exceeded'* | *'Read-only'* | *'Permission denied'*)
      fail_writing "$problem" ;;
    *)
      fail "$corrupt" "the upload is not the archive that was sent: $(printf '%s\n' "$problem" | sed -n '/./{p;q;}')" ;;
  esac
fi
[ -f "$staging/$manifest" ] || fail "$corrupt" "the upload ended early: $manifest is missing"
# The manifest's own sum first, then what it says about the others.
if ! problem=$(
  cd "$staging" && printf '%s  %s\n' "$manifest_digest" "$manifest" |
    sha256sum -c --quiet --strict - "$manifest" 2>&1
); then
  name=$(printf '%s\n' "$problem" | sed -n 's/: FAILED.*//p' | head -n 1)
  if [ -n "$name" ] && [ ! -e "$staging/$name" ]; then
    fail "$corrupt" "$name is missing from the upload"
  fi
  fail "$corrupt" "${name:-$manifest} arrived corrupt"
fi

# Two uploads at once, and configure-services, take turns from here on.
if command -v flock >/dev/null 2>&1; then
  exec 9<"$inbox"
  flock -w 120 9 || fail "$unwritable" "$inbox is in use by another upload"
fi

if ! problem=$(
  : >"$staging/node.env" || exit
  for value; do
    printf '%s\n' "$value" || exit
  done >"$staging/node.env"
  [ ! -e "$inbox/$manifest" ] || rm -f "$inbox/$manifest" || exit
  set --
  for name in scripts config files units services.tsv node.env; do
    if [ -e "$inbox/$name" ] || [ -L "$inbox/$name" ]; then
      set -- "$@" "$inbox/$name"
    fi
  done
  [ "$#" -eq 0 ] || rm -rf "$@" || exit
  set --
  for name in scripts config files units services.tsv node.env; do
    [ ! -e "$staging/$name" ] || set -- "$@" "$staging/$name"
  done
  # In this order. It would go on after one that can not be moved.
  mv -f "$@" "$staging/$manifest" "$inbox/" || {
    rm -f "$inbox/$manifest"
    exit 1
  }
) 2>&1; then
  fail_writing "$problem"
fi

if [ -n "$then_configure" ]; then
  clean_up
  trap - EXIT HUP INT TERM
  # Whatever is started must not hold the lock.
  exec 9<&-
  configure
fi
