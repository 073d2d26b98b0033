#!/bin/sh
# Runs configure-services and waits for it. When it fails, prints why in sections.
#
#   trigger-configuration [STATUS]      of a start that has failed already: prints why that did
set -u
unit=configure-services.service
state=${SPOT_TUI_ROOT:-}/var/lib/spot-tui

status=${1:-}
if [ -z "$status" ]; then
  systemctl start "$unit" && exit 0
  status=$?
fi
echo @load-state
systemctl show --property=LoadState --value "$unit" 2>&1
echo @failure
if [ -f "$state/failure" ]; then
  cat "$state/failure"
fi
echo @log
journalctl --unit="$unit" --lines=15 --output=cat --no-pager 2>&1
echo @end
exit "$status"
