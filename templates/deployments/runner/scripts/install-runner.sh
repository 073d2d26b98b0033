#!/bin/sh
# Puts the runner that config/runner.env names into /opt/github-runner, for a user of its own. Run by
# github-runner.service before a runner registers. What jobs left of an ephemeral one goes; the archive
# is kept where no job can change it.
set -eu
umask 022
directory=/opt/github-runner
kept=/var/lib/github-runner
user=github-runner
scripts=/opt/uploaded_files/scripts

# In spot-tui's sandbox there is neither GitHub nor a network: github-runner.sh says so.
if [ -n "${SPOT_TUI_ROOT:-}" ] || [ -e /run/sandbox ]; then
  exit 0
fi
# shellcheck source=/dev/null
. /opt/uploaded_files/config/runner.env

fail() {
  echo "$1" >&2
  exit 1
}

case $(uname -m) in
  x86_64) architecture=x64 sum=$RUNNER_SHA256_X64 ;;
  aarch64) architecture=arm64 sum=$RUNNER_SHA256_ARM64 ;;
  *) fail "there is no runner for $(uname -m)" ;;
esac
releases=https://github.com/actions/runner/releases/download
url=$releases/v$RUNNER_VERSION/actions-runner-linux-$architecture-$RUNNER_VERSION.tar.gz
if [ -n "${RUNNER_ARCHIVE_URL:-}" ]; then
  url=$RUNNER_ARCHIVE_URL
  sum=${RUNNER_ARCHIVE_SHA256:-}
elif [ "$RUNNER_VERSION" = current ]; then
  current=$("$scripts/runner-api.sh" current "$architecture")
  url=$(printf '%s\n' "$current" | sed -n 1p)
  sum=$(printf '%s\n' "$current" | sed -n 2p)
fi

archive=$kept/$sum.tar.gz
if [ ! -f "$archive" ]; then
  mkdir -p "$kept"
  echo "fetching $url"
  case $url in
    file:///*) cp "${url#file://}" "$kept/new" ;;
    *) curl --silent --show-error --fail --location --retry 3 --output "$kept/new" "$url" ;;
  esac || fail "$url can't be fetched: is it right, and does the subnet let the node out?"
  found=$(sha256sum <"$kept/new")
  [ "${found%% *}" = "$sum" ] ||
    fail "$url has the SHA-256 ${found%% *}, but config/runner.env expects ${sum:-none: set RUNNER_ARCHIVE_SHA256}"
  rm -f "$kept"/*.tar.gz
  mv "$kept/new" "$archive"
fi

id "$user" >/dev/null 2>&1 ||
  useradd --system --user-group --home-dir "$directory" --no-create-home --shell /usr/sbin/nologin "$user"
for group in ${RUNNER_GROUPS:-}; do
  usermod -aG "$group" "$user"
done

# A runner that stays keeps its registration.
if [ "$RUNNER_EPHEMERAL" = false ] && [ -e "$directory/.runner" ] &&
  [ "$(cat "$kept/unpacked" 2>/dev/null)" = "$sum" ]; then
  exit 0
fi
pkill -KILL -u "$user" || :
rm -rf "$directory" "$kept/unpacked"
mkdir "$directory"
tar -xzf "$archive" -C "$directory" --no-same-owner
if [ -x "$directory/bin/installdependencies.sh" ] && ! ldconfig -p | grep -q libicuuc; then
  "$directory/bin/installdependencies.sh" || fail 'what the runner needs could not be installed: see above'
fi
chown -R "$user:" "$directory"
echo "$sum" >"$kept/unpacked"
