#!/bin/sh
# Prints what is true of this node, in sections, without judging it.
# usage: inspect-node.sh [directory]... -- [unit]...
set -u
LC_ALL=C
export LC_ALL
root=${SPOT_TUI_ROOT:-}
state=$root/var/lib/spot-tui

section() { printf '@%s\n' "$1"; }

# A Docker daemon that hangs must not take the rest of the answer with it.
bounded() {
  if command -v timeout > /dev/null 2>&1; then
    timeout 10 "$@"
  else
    "$@"
  fi
}

directories=''
while [ "$#" -gt 0 ]; do
  if [ "$1" = -- ]; then
    shift
    break
  fi
  directories="$directories$1
"
  shift
done

section boot-id
cat "$root/proc/sys/kernel/random/boot_id" 2>/dev/null || cat /proc/sys/kernel/random/boot_id 2>/dev/null

section uptime
cat "$root/proc/uptime" 2>/dev/null || cat /proc/uptime 2>/dev/null

section cloud-init
if [ -f "$root/run/cloud-init/result.json" ]; then
  tr '\n' ' ' < "$root/run/cloud-init/result.json"
  echo
elif [ -f "$root/run/cloud-init/disabled" ]; then
  echo disabled
elif command -v cloud-init > /dev/null 2>&1; then
  echo running
else
  echo absent
fi

section directories
printf '%s' "$directories" | while IFS= read -r directory; do
  if [ -d "$root$directory" ]; then
    printf '%s\t%s\n' "$directory" "$(stat -c '%U %a' "$root$directory")"
  else
    printf '%s\tmissing\n' "$directory"
  fi
done

section applied
if [ -f "$state/manifest.sha256" ]; then
  sha256sum < "$state/manifest.sha256" | cut -d ' ' -f 1
fi

section files
if [ -f "$state/installed.sha256" ]; then
  sha256sum --check --quiet "$state/installed.sha256" 2>&1 | head -n 50
fi

section failure
if [ -f "$state/failure" ]; then
  cat "$state/failure"
fi

section units
if [ "$#" -gt 0 ]; then
  systemctl show --no-pager --property=Id,LoadState,ActiveState,SubState,Result,NRestarts,ExecMainStatus,ExecMainCode,UnitFileState,InvocationID,ActiveEnterTimestampMonotonic,Type,RemainAfterExit,ConditionResult \
    -- "$@" 2>&1
fi

section docker
bounded docker version --format '{{.Server.Version}}' 2>&1

section containers
bounded docker ps --all --no-trunc --format '{{.Names}}	{{.State}}	{{.Status}}	{{.Image}}' 2>&1

section disk
df -Pk "$root/" 2>/dev/null | tail -n 1

section memory
grep -E '^(MemTotal|MemAvailable):' /proc/meminfo 2>/dev/null

section processors
getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null

section load
cat /proc/loadavg 2>/dev/null

section end
