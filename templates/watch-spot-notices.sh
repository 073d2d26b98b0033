#!/bin/sh
# Prints what EC2 tells this machine of its end: one line each time that something new is told.
#
#   {"action":"terminate","time":"2017-09-18T08:22:00Z"}     in about two minutes
#   {"noticeTime":"2020-10-27T08:22:00Z"}                    the risk of that has risen
#
# Asks the instance metadata service (IMDSv2) every five seconds, as AWS recommends, over one
# connection:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
#
# Runs until nobody reads any more, which an empty line a minute finds out. Ends with the line
# `unavailable` where there is nothing to ask with.
set -u
LC_ALL=C
export LC_ALL
service=${SPOT_TUI_METADATA_URL:-http://169.254.169.254}
# The same service where an instance has IPv6 only.
other=${SPOT_TUI_METADATA_URL6:-http://[fd00:ec2::254]}
pause=${SPOT_TUI_METADATA_PAUSE:-5}

# Seconds that a token holds, and rounds after which another one is asked for.
lifetime=600
rounds=60

# ask METHOD HEADER URL...: prints what is answered; what is not there, or not in time, is nothing.
if command -v curl >/dev/null 2>&1; then
  ask() {
    method=$1
    header=$2
    shift 2
    curl --silent --fail --globoff --noproxy '*' --connect-timeout 1 --max-time 2 \
      --request "$method" --header "$header" "$@" 2>/dev/null
  }
elif wget --version 2>/dev/null | grep -q GNU; then
  ask() {
    method=$1
    header=$2
    shift 2
    wget --quiet --output-document=- --no-proxy --tries=1 --timeout=2 \
      --method="$method" --header="$header" "$@" 2>/dev/null
  }
elif command -v python3 >/dev/null 2>&1; then
  # What cloud-init is written in.
  ask() {
    python3 -c '
import sys
from urllib.request import ProxyHandler, Request, build_opener

method, header, *urls = sys.argv[1:]
opener = build_opener(ProxyHandler({}))
for url in urls:
    request = Request(url, headers=dict([header.split(": ")]), method=method)
    try:
        sys.stdout.write(opener.open(request, timeout=2).read().decode())
    except OSError:
        pass
' "$@" 2>/dev/null
  }
else
  echo unavailable
  exit
fi

get_token() {
  ask PUT "X-aws-ec2-metadata-token-ttl-seconds: $lifetime" "$1/latest/api/token"
}

get() {
  ask GET "X-aws-ec2-metadata-token: $token" "$@"
}

round=0
token=
told=
while :; do
  [ $((round % rounds)) -ne 0 ] || token=
  [ -n "$token" ] || token=$(get_token "$service")
  if [ -z "$token" ]; then
    token=$(get_token "$other")
    # Whichever answered last is asked first.
    [ -z "$token" ] || {
      silent=$service
      service=$other
      other=$silent
    }
  fi
  if [ -n "$token" ]; then
    # Both may be absent, which is answered with 404.
    metadata=$service/latest/meta-data
    now=$(get "$metadata/spot/instance-action" "$metadata/events/recommendations/rebalance" | tr -d '\r\n')
    if [ "$now" != "$told" ]; then
      told=$now
      [ -z "$now" ] || printf '%s\n' "$now" || exit 0
    fi
  fi
  round=$((round + 1))
  [ $((round % 12)) -ne 0 ] || echo || exit 0
  # Where there is no such service there will hardly be one soon.
  if [ -n "$token" ] || [ "$round" -lt 3 ]; then
    sleep "$pause"
  else
    sleep "$((pause * 12))"
    echo || exit 0
  fi
done
