#!/bin/sh
# Waits until cloud-init has finished, then prints one line of JSON:
#
#   {"result":…,"status":…,"disabled":false,"prepared":true,"reason":null,"hint":null}
#
# result is /run/cloud-init/result.json or null, status is `cloud-init status --format json` or null,
# and disabled is true where there is no cloud-init to wait for. prepared tells whether prepare-node.sh,
# which cloud-init runs, has done its work; where it failed, reason says why and hint what to do.
#
#   await-cloud-init [SECONDS]      how long to wait at most, default an hour
#
# Ends with 0 when it could tell, whatever there was to tell, and with 75 when the time ran out.
set -u
LC_ALL=C
export LC_ALL
root=${SPOT_TUI_ROOT:-}
run=$root/run/cloud-init
limit=${1:-3600}
waited=0

# Newlines inside JSON strings are escaped, so that all others can go.
one_line() {
  tr '\r\n' '  '
}

object_or_null() {
  case $1 in
    '{'*) printf '%s' "$1" ;;
    *) printf null ;;
  esac
}

line_of_failure() {
  line=$(sed -n "$1p" "$root/var/lib/spot-tui/prepare-failure" 2>/dev/null |
    tr -d '\000-\037' | sed 's/[\\"]/\\&/g')
  if [ -n "$line" ]; then
    printf '"%s"' "$line"
  else
    printf null
  fi
}

status() {
  cloud-init status --format json 2>/dev/null | one_line
}

disabled() {
  [ -e "$run/disabled" ] || [ -e "$root/etc/cloud/cloud-init.disabled" ] ||
    ! command -v cloud-init >/dev/null 2>&1
}

# A last stage that died, or that will not come, leaves no result.json behind.
given_up() {
  [ "$(systemctl show --property=ActiveState --value cloud-final.service 2>/dev/null)" = failed ]
}

off=false
while [ ! -s "$run/result.json" ]; do
  if disabled; then
    off=true
    break
  fi
  if given_up; then
    # It may have written its result while it was being asked about.
    sleep 1
    break
  fi
  if [ "$waited" -ge "$limit" ]; then
    echo "cloud-init has not finished within $limit seconds" >&2
    exit 75
  fi
  sleep 1
  waited=$((waited + 1))
done

# Since 23.4 the status says running until the last unit has ended, shortly after result.json.
now=$([ "$off" = true ] || status)
waited=0
while [ "$waited" -lt 10 ]; do
  case $now in
    *'"status": "running"'*) ;;
    *) break ;;
  esac
  sleep 1
  waited=$((waited + 1))
  now=$(status)
done

result=$(one_line 2>/dev/null <"$run/result.json")
prepared=false
[ -e "$root/var/lib/spot-tui/prepared" ] && prepared=true
printf '{"result":%s,"status":%s,"disabled":%s,"prepared":%s,"reason":%s,"hint":%s}\n' \
  "$(object_or_null "$result")" "$(object_or_null "$now")" "$off" "$prepared" \
  "$(line_of_failure 1)" "$(line_of_failure 2)"
