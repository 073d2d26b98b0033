#!/bin/sh
# Runs the Bacalhau node: fills in its configuration with this node's values, then stays in the
# foreground with Compose, so that systemd sees it end. `bacalhau-startup.sh down` removes what Compose
# made. Run by bacalhau-startup.service.
#
# Reads, from the uploaded config directory:
#   bacalhau-config.yaml, docker-compose.yaml     templates; see render-template.sh for their {{NAMES}}
#   orchestrator_endpoint, orchestrator_token     where there is an orchestrator elsewhere
#   images.env                                    BACALHAU_IMAGE=…
set -eu
action=${1:-up}
root=${SPOT_TUI_ROOT:-}
library=$root/usr/local/lib/spot-tui
# shellcheck source=/dev/null
. "$library/settings.env"
directory=$root$BACALHAU_NODE_DIRECTORY

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
mkdir -p "$directory/node-info"
cd "$directory"
if [ "$action" = down ]; then
  exec "$@" --ansi never --file docker-compose.yaml down
fi

"$library/render-template.sh" \
  "$root/opt/uploaded_files/config/bacalhau-config.yaml" "$directory/config.yaml"
"$library/render-template.sh" \
  "$root/opt/uploaded_files/config/docker-compose.yaml" "$directory/docker-compose.yaml"
# Compose reads it beside its file, also when somebody runs it by hand.
cat "$root/opt/uploaded_files/config/images.env" "$root/var/lib/spot-tui/node.env" \
  >"$directory/.env" 2>/dev/null || :

exec "$@" --ansi never --file docker-compose.yaml up \
  --no-color --remove-orphans --abort-on-container-exit
