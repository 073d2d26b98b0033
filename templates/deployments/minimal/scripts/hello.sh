#!/bin/sh
# What hello.service runs. What it prints is in the node's log: spot-tui logs --all --follow
while :; do
  echo "$GREETING from $SPOT_TUI_NODE in $SPOT_TUI_REGION"
  sleep 30
done
