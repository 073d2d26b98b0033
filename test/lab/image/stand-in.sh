#!/bin/sh
# The only program of the lab's container images: says what it stands in for, then stays.
echo "stand-in for ${STANDS_IN_FOR:-a service}: this is spot-tui's lab, nothing is computed here"
echo "started with arguments: $*"
trap 'echo "stopped"; exit 0' TERM INT
while :; do
  sleep 3600 &
  wait $!
done
