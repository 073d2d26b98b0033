#!/bin/sh
# Takes the readme's pictures: a fleet in the sandbox, one of whose nodes can't do its work.
#
#   npm run build && scripts/readme-pictures.sh
#
# Needs what scripts/screenshot.sh needs.
set -eu

repository=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
export HOME="$folder/home"
unset XDG_STATE_HOME
node="$repository/node_modules/.bin/node"
program="$repository/dist/cli.js"
trap '"$node" "$program" sandbox stop >/dev/null; rm -rf "$folder"' EXIT INT TERM

mkdir -p "$HOME" "$folder/weather/scripts" "$folder/weather/config" "$folder/weather/units"
cd "$folder/weather"

cat >config.yaml <<'YAML'
aws:
  total_instances: 12
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
	for number in 1 2 3 4; do
		[ "$region-$number" = us-west-2-2 ] || echo "$region-$number,$region/$((number * 7 + 100))"
	done
done >config/stations.csv

# Half of the fleet is there, the other half is on its way.
"$node" "$program" create --sandbox --count 6 >/dev/null || true
"$repository/scripts/screenshot.sh" -s 120x36 -u '1 failed.* ready .*cloud-init' -k g \
	"$repository/docs/images/dashboard.png" -- "$node" "$program" create --sandbox

"$node" "$program" create --sandbox >/dev/null || true
"$repository/scripts/screenshot.sh" -s 80x24 -u '1 failed.*11 ready' -k g \
	"$repository/docs/images/dashboard-80x24.png" -- "$node" "$program" --sandbox
