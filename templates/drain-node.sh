#!/bin/sh
# Runs a command before EC2 takes this machine: once for each notice and boot, whoever asks for it
# and however often. It goes on when the connection that began it breaks.
#
#   drain-node.sh NOTICE DEADLINE ACTION COMMAND
#
# NOTICE names the notice in [A-Za-z0-9-]*; DEADLINE is in seconds since the Unix epoch; ACTION is
# what EC2 is going to do: terminate, stop or hibernate. COMMAND is for sh, and is ended five seconds
# before the deadline.
#
# The first line is `begun` or `joined`, or `unable: REASON` with status 1; what COMMAND says on both
# streams follows, from its beginning, for everyone who asks. The status is that of COMMAND: 124 when
# its time was over, 125 when it can't be told.
set -u
notice=$1
deadline=$2
action=$3
command=$4

# Seconds before the deadline at which the command is ended.
margin=5

unable() {
  echo "unable: $1"
  exit 1
}

[ -z "${SPOT_TUI_ROOT:-}" ] || unable 'nothing would keep the command from the machine that this sandbox runs on'

boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null) || boot=unknown
left=$((deadline - margin - $(date +%s)))
[ "$left" -ge 1 ] || left=1
last=$(($(date +%s) + left + margin))

# Whoever makes the folder runs the command; a boot of its own because services are back after one.
# The second place is for a full disk.
place=
role=
for base in "${HOME:-/nonexistent}/.spot-tui" "/dev/shm/spot-tui-$(id -u)"; do
  place=$base/drain-$notice-$boot
  if (umask 077 && mkdir -p "$base" && mkdir "$place") 2>/dev/null; then
    role=begun
    break
  elif [ -d "$place" ]; then
    role=joined
    break
  fi
done
[ -n "$role" ] || unable "no place to note that it runs: $base can't be written to"

if [ "$role" = begun ]; then
  # What is quoted is for the other shell.
  # shellcheck disable=SC2016
  setsid sh -c '
    place=$1
    export SPOT_TUI_ACTION="$3" SPOT_TUI_DEADLINE="$4"
    output=$place/output
    { : >"$output"; } 2>/dev/null || output=/dev/null
    timeout -k 2 "$2" sh -c "$5" drain >"$output" 2>&1
    echo "$?" >"$place/status.new" && mv "$place/status.new" "$place/status"
  ' drain "$place" "$left" "$action" "$deadline" "$command" </dev/null >/dev/null 2>&1 &
  echo "$!" >"$place/runner"
fi
echo "$role"

sent=0
more() {
  size=$(wc -c 2>/dev/null <"$place/output") || return 0
  [ "$size" -gt "$sent" ] || return 0
  tail -c "+$((sent + 1))" "$place/output" | head -c "$((size - sent))" || exit 0
  sent=$size
}

while :; do
  status=$(cat "$place/status" 2>/dev/null)
  more
  [ -z "$status" ] || exit "$status"
  runner=$(cat "$place/runner" 2>/dev/null)
  if [ -n "$runner" ] && ! kill -0 "$runner" 2>/dev/null && [ ! -e "$place/status" ]; then
    exit 125
  fi
  [ "$(date +%s)" -le "$last" ] || exit 125
  sleep 0.3
done
