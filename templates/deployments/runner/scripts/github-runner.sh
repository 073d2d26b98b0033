#!/bin/sh
# Runs GitHub's runner. It and its jobs belong to the user github-runner; this belongs to root, so that
# no job sees the secret. Run by github-runner.service.
#
#   github-runner.sh register    registers it with GitHub
#   github-runner.sh run         waits for jobs; after each one a fresh, ephemeral runner takes its place
#   github-runner.sh stop        waits a while for a job that runs
#   github-runner.sh remove      removes it from GitHub
set -eu
directory=/opt/github-runner
user=github-runner
scripts=/opt/uploaded_files/scripts

if [ -n "${SPOT_TUI_ROOT:-}" ] || [ -e /run/sandbox ]; then
  [ "$1" = run ] || exit 0
  echo "stand-in for GitHub's runner: the sandbox has no GitHub, so this takes no jobs"
  exec tail -f /dev/null
fi
# shellcheck source=/dev/null
. /opt/uploaded_files/config/runner.env
# shellcheck source=/dev/null
. /var/lib/spot-tui/node.env

fail() {
  echo "$1" >&2
  exit 1
}

# In a subshell: becomes a program of the runner, in its folder and as its user. The token goes by the
# environment, which no other user can read.
become() {
  cd "$directory"
  export HOME="$directory" USER="$user" LOGNAME="$user"
  exec setpriv --reuid "$user" --regid "$user" --init-groups -- "$@"
}

register() {
  if [ "$RUNNER_EPHEMERAL" = false ]; then
    [ ! -e "$directory/.runner" ] || return 0
    ephemeral=
  else
    ephemeral=--ephemeral
  fi
  ACTIONS_RUNNER_INPUT_TOKEN=$("$scripts/runner-api.sh" token registration)
  export ACTIONS_RUNNER_INPUT_TOKEN
  name=$(printf '%s' "$SPOT_TUI_DEPLOYMENT-$SPOT_TUI_NODE" | tail -c 64)
  labels=$SPOT_TUI_REGION,$SPOT_TUI_NODE${RUNNER_LABELS:+,$RUNNER_LABELS}
  (become ./config.sh --unattended --replace $ephemeral --url "$RUNNER_URL" --name "$name" \
    --labels "$labels" --work _work) ||
    fail 'GitHub did not take the runner. Registration tokens last an hour: run spot-tui push with a new RUNNER_TOKEN, or with a personal access token'
  unset ACTIONS_RUNNER_INPUT_TOKEN
}

run() {
  stopping=
  child=
  # It then hands on the signal that it gets, and says 7 when GitHub refuses its version.
  export RUNNER_MANUALLY_TRAP_SIG=1 ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE=1
  trap 'stopping=yes; [ -z "$child" ] || kill -TERM "$child"' TERM INT
  while :; do
    (become ./run.sh) &
    child=$!
    status=0
    wait "$child" || status=$?
    # A signal ends the first wait, not the runner.
    while kill -0 "$child" 2>/dev/null; do
      status=0
      wait "$child" || status=$?
    done
    child=
    [ -z "$stopping" ] || exit 0
    [ "$status" -ne 7 ] ||
      fail "GitHub refuses this version of the runner: set a newer RUNNER_VERSION in config/runner.env, with its sums, then run spot-tui push"
    # It says 0 to many things, but only a job leaves such a log.
    [ -n "$(find "$directory/_diag" -name 'Worker_*' 2>/dev/null | head -n 1)" ] ||
      fail "the runner ended with status $status, and without a job: what it said is above"
    [ "$RUNNER_EPHEMERAL" != false ] || fail "the runner ended with status $status"
    echo 'the job is done: a fresh runner takes the place of this one'
    "$scripts/install-runner.sh"
    register
    [ -z "$stopping" ] || exit 0
  done
}

stop() {
  waited=0
  while pgrep -u "$user" -f Runner.Worker >/dev/null && [ "$waited" -lt "$RUNNER_STOP_WAIT" ]; do
    [ "$waited" -gt 0 ] || echo "a job runs: it has $RUNNER_STOP_WAIT seconds to end"
    sleep 1
    waited=$((waited + 1))
  done
}

remove() {
  # What jobs have left running would keep systemd waiting.
  pkill -KILL -u "$user" || :
  # One that stays also stays registered, so that it needs no other token after a reboot.
  if [ "$RUNNER_EPHEMERAL" = false ] || [ ! -e "$directory/.runner" ]; then
    return 0
  fi
  ACTIONS_RUNNER_INPUT_TOKEN=$("$scripts/runner-api.sh" token remove)
  export ACTIONS_RUNNER_INPUT_TOKEN
  (become ./config.sh remove) ||
    fail 'the runner could not be removed from GitHub, which forgets ephemeral ones that are gone after a day'
}

case $1 in
  register) register ;;
  run) run ;;
  stop) stop ;;
  remove) remove ;;
  *) fail 'github-runner.sh register, run, stop or remove' ;;
esac
