#!/bin/sh
# What GitHub's REST API has for runners: https://docs.github.com/en/rest/actions/self-hosted-runners
#
#   runner-api.sh token registration|remove    prints a token to register a runner, or to remove it
#   runner-api.sh current x64|arm64            prints URL and SHA-256 of the release to use, one a line
#
# The secret runner_token is a personal access token, or itself a token to register with, as GitHub
# shows it under Settings, Actions, Runners: that one is printed as it is, and is good for an hour.
set -eu
if [ -n "${SPOT_TUI_ROOT:-}" ] || [ -e /run/sandbox ]; then
  echo 'the sandbox has no GitHub' >&2
  exit 1
fi
# shellcheck source=/dev/null
. "${RUNNER_CONFIGURATION:-/opt/uploaded_files/config/runner.env}"
secret=$(cat "${RUNNER_TOKEN_FILE:-/opt/uploaded_files/secrets/runner_token}")

fail() {
  echo "$1" >&2
  exit 1
}

case $secret in
  gh[a-z]_* | github_pat_*) can_ask=yes ;;
  *) can_ask= ;;
esac

server=${RUNNER_URL#https://}
server=${server%%/*}
owner=${RUNNER_URL#https://*/}
owner=${owner%/}
case $owner in
  OWNER | OWNER/*) fail 'RUNNER_URL in config/runner.env names no repository yet: set it, then run spot-tui push' ;;
  enterprises/*) scope=$owner ;;
  */*) scope=repos/$owner ;;
  *) scope=orgs/$owner ;;
esac
case $server in
  github.com) api=https://api.github.com ;;
  *.ghe.com) api=https://api.$server ;;
  *) api=https://$server/api/v3 ;;
esac
api=${RUNNER_API_URL:-$api}

# ask METHOD PATH. The secret goes by standard input, where no list of processes shows it.
ask() {
  printf 'header = "Authorization: Bearer %s"\n' "$secret" |
    curl --config - --silent --show-error --fail --max-time 30 --retry 2 \
      --header 'Accept: application/vnd.github+json' \
      --header 'X-GitHub-Api-Version: 2022-11-28' \
      --request "$1" "$api/$scope/actions/runners/$2" ||
    fail "GitHub gives no answer to $1 $api/$scope/actions/runners/$2: may the token administer runners of $owner?"
}

# value NAME: of the first such key in the JSON on standard input.
value() {
  sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" | head -n 1
}

case $1 in
  token)
    if [ -z "$can_ask" ]; then
      printf '%s\n' "$secret"
    else
      answer=$(ask POST "$2-token")
      token=$(printf '%s\n' "$answer" | value token)
      [ -n "$token" ] || fail "GitHub's answer holds no token"
      printf '%s\n' "$token"
    fi ;;
  current)
    [ -n "$can_ask" ] || fail 'RUNNER_VERSION=current takes a personal access token: a registration token may not ask'
    answer=$(ask GET downloads)
    # One release a line.
    release=$(printf '%s' "$answer" | tr '\n' ' ' | sed 's/[{}]/\n/g' |
      grep '"os" *: *"linux"' | grep "\"architecture\" *: *\"$2\"" | head -n 1)
    url=$(printf '%s\n' "$release" | value download_url)
    sum=$(printf '%s\n' "$release" | value sha256_checksum)
    if [ -z "$url" ] || [ -z "$sum" ]; then
      fail "GitHub names no release with a sum for linux-$2"
    fi
    printf '%s\n' "$url" "$sum" ;;
esac
