#!/bin/sh
# What hello.service runs. What it prints is in the node's log: spot-tui logs --all --follow
while :; do
  echo "$GREETING from $NODE in $REGION"
  sleep 30
done
