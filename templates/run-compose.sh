#!/bin/sh
# Runs Compose for one stack of the configuration's compose_directory: in the stack's folder, under its
# name, with the configuration's images and this node's values as variables.
#
#   run-compose.sh STACK up [--build] [SERVICE...]
#       Stays in the foreground, so that systemd sees it end: as soon as one of the services ends. Where
#       services are named, the others are meant to end before these start.
#   run-compose.sh STACK leave
#       Stops what still runs, and removes it if the stack's unit is disabled, because the stack is no
#       longer deployed. Named volumes stay.
#   run-compose.sh STACK COMMAND...
#       Any other command of Compose, such as ps or logs.
set -eu
root=${SPOT_TUI_ROOT:-}
state=$root/var/lib/spot-tui
stack=$1
command=$2
shift 2
case $stack in
  compose) folder=. unit=compose.service ;;
  *) folder=$stack unit=compose-$stack.service ;;
esac
cd "$root/opt/uploaded_files/compose/$folder"
directory=$(pwd)

for file in "$root/opt/uploaded_files/config/images.env" "$state/node.env"; do
  [ -f "$file" ] || continue
  while IFS= read -r line; do
    case $line in
      [A-Z]*=*) export "${line?}" ;;
    esac
  done <"$file"
done

# Without the docker command in front, which hands on the signal that Compose gets from systemd as well:
# it takes the second one for an order to kill.
program=$(docker info --format '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}' 2>/dev/null) || :
if [ ! -x "$program" ]; then
  if docker compose version >/dev/null 2>&1; then
    program='docker compose'
  elif command -v docker-compose >/dev/null 2>&1; then
    program=docker-compose
  else
    echo 'Docker Compose is missing on this node: run spot-tui configure, which installs it' >&2
    exit 1
  fi
fi
compose="$program --ansi never --project-name $stack"

# Only where something has changed since: a node that comes up again must not need what a build needs.
build() {
  sum=$(grep -F "  $directory/" "$state/installed.sha256" | sha256sum)
  if [ "$sum" != "$(cat "$state/$stack.built" 2>/dev/null)" ]; then
    $compose build
    (umask 077 && printf '%s\n' "$sum" >"$state/$stack.built")
  fi
}

# What is meant to end has ended then, and what waits for that runs.
start_in_order() {
  $compose up --detach --quiet-pull --remove-orphans || {
    status=$?
    $compose logs --no-color --tail 20 || :
    exit "$status"
  }
}

# Also where Compose can't read its files any more.
remove_containers() {
  containers=$(docker ps --all --quiet --filter "label=com.docker.compose.project=$stack")
  # shellcheck disable=SC2086 # a list of ids
  [ -z "$containers" ] || docker rm --force $containers
}

case $command in
  up)
    if [ "${1:-}" = --build ]; then
      shift
      build
    fi
    if [ "$#" -gt 0 ]; then
      start_in_order
      exec $compose up --no-color --abort-on-container-exit --no-deps --no-recreate "$@"
    fi
    exec $compose up --no-color --quiet-pull --remove-orphans --abort-on-container-exit ;;
  leave)
    if systemctl is-enabled --quiet "$unit"; then
      exec $compose stop
    fi
    rm -f "$state/$stack.built"
    $compose down --remove-orphans || remove_containers ;;
  *)
    exec $compose "$command" "$@" ;;
esac
