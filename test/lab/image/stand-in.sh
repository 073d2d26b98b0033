#!/bin/sh
# The only program of the lab's container images: says what it stands in for, then stays.
echo "stand-in for ${STANDS_IN_FOR:-a service}: this is spot-tui's lab, nothing is computed here"
echo "started with arguments: $*"
if [ "${STANDS_IN_FOR:-}" = bacalhau ]; then
  # What Bacalhau's health check asks for.
  mkdir -p /www/api/v1/agent
  echo '{"Status":"OK"}' >/www/api/v1/agent/alive
  httpd -p 1234 -h /www
fi
trap 'echo "stopped"; exit 0' TERM INT
while :; do
  sleep 3600 &
  wait $!
done
