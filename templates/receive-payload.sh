#!/bin/sh
# Receives the payload, a gzip'd tar on standard input, and puts it into /tmp/exs: completely or not
# at all. The manifest is moved in last, so that its presence means that everything is there.
#
#   sh -c "$script" receive-payload MANIFEST_SHA256 [KEY=value]... < payload.tar.gz
#
# The values, named SPOT_TUI_…, become node.env. Ends with 20 when what arrived is not what was
# sent, 21 when it can't be written, 22 when a tool is missing, 64 when called wrongly; the last line
# on standard error says why.
set -u
umask 077
LC_ALL=C
export LC_ALL
root=${SPOT_TUI_ROOT:-}
inbox=$root/tmp/exs
staging=$inbox/.incoming.$$
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

manifest_digest=${1:-}
case $manifest_digest in
  *[!0-9a-f]* | '') fail "$usage" 'usage: receive-payload MANIFEST_SHA256 [KEY=value]...' ;;
esac
[ "${#manifest_digest}" -eq 64 ] || fail "$usage" 'the first argument is no SHA-256'
shift
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

for tool in tar gzip sha256sum mktemp awk df find; do
  command -v "$tool" >/dev/null 2>&1 ||
    fail "$missing_tool" "$tool is missing on this node: install it, or use another image"
done

if ! problem=$(mkdir -p "$inbox" 2>&1); then
  fail_writing "$problem"
fi
# /tmp is everybody's: whoever was faster may not own what is later installed by root.
if [ -L "$inbox" ] || [ -z "$(find "$inbox" -prune -user "$(id -u)")" ]; then
  fail "$unwritable" "$inbox does not belong to $(id -un): remove it or change its owner"
fi
if ! problem=$(chmod 0700 "$inbox" 2>&1); then
  fail_writing "$problem"
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

if ! problem=$(mkdir "$staging" 2>&1); then
  fail_writing "$problem"
fi
if ! problem=$(tar -C "$staging" -xzpmf - --no-same-owner 2>&1); then
  case $problem in
    *'No space left'* | *'quota exceeded'* | *'Read-only'* | *'Permission denied'*)
      fail_writing "$problem" ;;
    *)
      fail "$corrupt" "the upload is not the archive that was sent: $(printf '%s\n' "$problem" | sed -n '/./{p;q;}')" ;;
  esac
fi
[ -f "$staging/$manifest" ] || fail "$corrupt" "the upload ended early: $manifest is missing"
[ "$(sha256sum <"$staging/$manifest" | cut -d ' ' -f 1)" = "$manifest_digest" ] ||
  fail "$corrupt" "$manifest arrived corrupt"
if ! problem=$(cd "$staging" && sha256sum -c --quiet --strict "$manifest" 2>&1); then
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
  rm -f "$inbox/$manifest" &&
    rm -rf "$inbox/scripts" "$inbox/config" "$inbox/files" "$inbox/units" || exit
  for name in scripts config files units services.tsv node.env; do
    if [ -e "$staging/$name" ]; then
      mv -f "$staging/$name" "$inbox/$name" || exit
    else
      rm -f "$inbox/$name" || exit
    fi
  done
  mv -f "$staging/$manifest" "$inbox/$manifest"
) 2>&1; then
  fail_writing "$problem"
fi
