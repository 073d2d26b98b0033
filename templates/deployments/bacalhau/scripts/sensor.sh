#!/bin/sh
# Runs the sensor example: gives this node an identity of its own, then stays in the foreground with
# Compose, so that systemd sees it end. `sensor.sh down` removes what Compose made. Run by
# sensor.service.
#
# Reads, from the uploaded config directory: sensor-config.yaml, docker-compose-sensor.yaml, and
# SENSOR_IMAGE from images.env.
set -eu
action=${1:-up}
umask 022
LC_ALL=C
export LC_ALL
root=${SPOT_TUI_ROOT:-}
directory=$root/opt/sensor
identity=$directory/config/node_identity.json

# Without the docker command in front, which hands on the signal that Compose gets from systemd as well:
# it takes the second one for an order to kill.
plugin=$(docker info --format '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}' 2>/dev/null) || :
if [ -x "$plugin" ]; then
  set -- "$plugin"
elif docker compose version >/dev/null 2>&1; then
  set -- docker compose
elif command -v docker-compose >/dev/null 2>&1; then
  set -- docker-compose
else
  echo 'Docker Compose is missing on this node: run spot-tui configure, which installs it' >&2
  exit 1
fi
mkdir -p "$directory/config" "$directory/data" "$directory/logs" "$directory/exports"
cd "$directory"
if [ "$action" = down ]; then
  exec "$@" --ansi never --file compose.yaml down
fi

instance=$(sed -n 's/^SPOT_TUI_INSTANCE_ID=//p' "$root/var/lib/spot-tui/node.env")
node=$(sed -n 's/^SPOT_TUI_NODE=//p' "$root/var/lib/spot-tui/node.env")

# Everything follows from the instance id, so that a node keeps its identity whenever this runs.
make_identity() {
  printf '%s' "$instance" | sha256sum | awk -v instance="$instance" -v node="$node" '
    # A number below the limit from four hexadecimal digits of the sum, at the given place.
    function pick(place, limit,  i, value) {
      for (i = 0; i < 4; i++) value = value * 16 + index(digits, substr(sum, place * 4 + i + 1, 1)) - 1
      return value % limit
    }
    BEGIN {
      digits = "0123456789abcdef"
      cities = split("San Francisco,CA,37.7749,-122.4194,America/Los_Angeles;Austin,TX,30.2672,-97.7431,America/Chicago;Seattle,WA,47.6062,-122.3321,America/Los_Angeles;Denver,CO,39.7392,-104.9903,America/Denver;Miami,FL,25.7617,-80.1918,America/New_York;Boston,MA,42.3601,-71.0589,America/New_York;Chicago,IL,41.8781,-87.6298,America/Chicago;Atlanta,GA,33.7490,-84.3880,America/New_York;Portland,OR,45.5152,-122.6784,America/Los_Angeles;Phoenix,AZ,33.4484,-112.0740,America/Phoenix", city, ";")
      models = split("AcmeSensors EnviroPro-3000;EcoTech ClimateTracker-500;WeatherFlow SkyTracker-7;SensorMax MaxObserver-4K", model, ";")
      places = split("rooftop street_pole ground_station mobile_unit", place, " ")
    }
    {
      sum = $1
      split(city[pick(0, cities) + 1], at, ",")
      split(model[pick(1, models) + 1], device, " ")
      printf "{\n"
      printf "  \"sensor_id\": \"SENSOR_%s_%s_%04d\",\n", at[2], toupper(substr(at[1], 1, 3)), pick(2, 9999) + 1
      printf "  \"location\": {\n"
      printf "    \"city\": \"%s\", \"state\": \"%s\", \"timezone\": \"%s\",\n", at[1], at[2], at[5]
      printf "    \"address\": \"%s, %s, USA\",\n", at[1], at[2]
      printf "    \"coordinates\": {\"latitude\": %.6f, \"longitude\": %.6f}\n", \
        at[3] + (pick(3, 20001) - 10000) / 1000000, at[4] + (pick(4, 20001) - 10000) / 1000000
      printf "  },\n"
      printf "  \"device_info\": {\n"
      printf "    \"manufacturer\": \"%s\", \"model\": \"%s\",\n", device[1], device[2]
      printf "    \"firmware_version\": \"%d.%d.%d\",\n", pick(5, 5) + 1, pick(6, 20), pick(7, 50)
      printf "    \"serial_number\": \"%s-%s\"\n", device[1], toupper(substr(sum, 41, 8))
      printf "  },\n"
      printf "  \"deployment\": {\n"
      printf "    \"deployment_type\": \"%s\", \"height_meters\": %.1f, \"orientation_degrees\": %d\n", \
        place[pick(12, places) + 1], 2 + pick(13, 480) / 10, pick(14, 360)
      printf "  },\n"
      printf "  \"metadata\": {\"instance_id\": \"%s\", \"node\": \"%s\", \"sensor_type\": \"environmental_monitoring\"}\n", instance, node
      printf "}\n"
    }'
}

make_identity >"$identity.new"
mv -f "$identity.new" "$identity"
cp "$root/opt/uploaded_files/config/sensor-config.yaml" "$directory/config/.sensor-config.new"
mv -f "$directory/config/.sensor-config.new" "$directory/config/sensor-config.yaml"
cp "$root/opt/uploaded_files/config/docker-compose-sensor.yaml" "$directory/compose.yaml"
# Compose reads it beside its file, also when somebody runs it by hand.
cat "$root/opt/uploaded_files/config/images.env" "$root/var/lib/spot-tui/node.env" \
  >"$directory/.env" 2>/dev/null || :

exec "$@" --ansi never --file compose.yaml up \
  --no-color --remove-orphans --abort-on-container-exit
