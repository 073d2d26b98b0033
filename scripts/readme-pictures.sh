#!/bin/sh
# Takes the pictures in docs/images: a fleet in the sandbox, three of whose nodes are in trouble.
#
#   npm run build && scripts/readme-pictures.sh
#
# Needs what scripts/screenshot.sh needs. Nodes of the sandbox show the load of this machine, and
# actions the name of who asked for them.
set -eu

repository=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
export HOME="$folder/home"
unset XDG_STATE_HOME
node="$repository/node_modules/.bin/node"
program="$repository/dist/cli.js"
images="$repository/docs/images"
trap '"$node" "$program" sandbox stop >/dev/null; rm -rf "$folder"' EXIT INT TERM

mkdir -p "$HOME" "$folder/weather/scripts" "$folder/weather/config" "$folder/weather/units"
cd "$folder/weather"

cat >config.yaml <<'YAML'
aws:
  total_instances: 18
  scripts_directory: scripts
  config_directory: config
  units_directory: units
  instance_types: [t3.medium, t3a.medium]
regions: [us-west-2, eu-west-1, ap-southeast-2]
settle_time: 3s
YAML

cat >units/collector.service <<'UNIT'
[Unit]
Description=Collector of weather readings

[Service]
EnvironmentFile=/var/lib/spot-tui/node.env
ExecStart=/opt/uploaded_files/scripts/collector.sh

[Install]
WantedBy=multi-user.target
UNIT

cat >scripts/collector.sh <<'SH'
#!/bin/sh
stations=/opt/uploaded_files/config/stations.csv
station=$(sed -n "s/^$SPOT_TUI_NODE,//p" "$stations")
if [ -z "$station" ]; then
	echo "$SPOT_TUI_NODE has no station in $stations" >&2
	exit 1
fi
echo "reading station $station every 5 seconds"
readings=0
while sleep 5; do
	readings=$((readings + 1))
	echo "station $station: readings stored: $readings"
done
SH
chmod +x scripts/collector.sh

# Every node has its station but one.
for region in us-west-2 eu-west-1 ap-southeast-2; do
	for number in 1 2 3 4 5 6; do
		[ "$region-$number" = us-west-2-2 ] || echo "$region-$number,$region/$((number * 7 + 100))"
	done
done >config/stations.csv

# spot_tui ARGUMENT...: whatever comes of it.
spot_tui() {
	"$node" "$program" "$@" >"$folder/output" 2>&1 || true
}

screenshot() {
	"$repository/scripts/screenshot.sh" "$@"
}

# Two thirds of the fleet are there, three of them in trouble; the rest is on its way.
spot_tui create --sandbox --count 12
spot_tui sandbox fault fill-disk eu-west-1-3
spot_tui sandbox fault reclaim ap-southeast-2-4
screenshot -s 120x36 -u '2 failed.* 1 interrupted.* ready .*(booting|cloud-init)' -k g -k n -k n \
	"$images/dashboard.png" -- "$node" "$program" create --sandbox

spot_tui create --sandbox
settled='2 failed.* (15|16) ready'
screenshot -s 80x24 -u "$settled" -k g -k n -k n "$images/dashboard-80x24.png" -- "$node" "$program" --sandbox

screenshot -s 100x30 -u "$settled" -k / -k us-west-2-2 -k Enter -k e -u 'Esc closes' \
	"$images/cause.png" -- "$node" "$program" --sandbox

screenshot -s 100x36 -u "$settled" -k / -k us-west-2-2 -k Enter -k Enter -u 'checks? failed' \
	"$images/node.png" -- "$node" "$program" --sandbox

screenshot -s 100x13 -u "$settled" -k '*' -k x -k 'systemctl is-active collector' -k Enter \
	-u 'succeeded' -k Down -k Space -u ' selected' "$images/exec.png" -- "$node" "$program" --sandbox

screenshot -s 100x24 -u "$settled" -k / -k phase:ready -k Enter -k '*' -k L -u 'collector' -k Enter \
	-u 'readings stored' "$images/logs.png" -- "$node" "$program" --sandbox
