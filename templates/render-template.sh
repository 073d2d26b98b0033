#!/bin/sh
# Fills in a template on the node: render-template.sh SOURCE TARGET
#
# {{NAME}} becomes the value of NAME from /var/lib/spot-tui/node.env and settings.env, and
#   {{ORCHESTRATOR_ENDPOINT}}   from the uploaded file orchestrator_endpoint, else this node itself
#   {{ORCHESTRATOR_TOKEN}}      from the uploaded file orchestrator_token, else empty
#   {{ORCHESTRATOR_ENABLED}}    true where there is no orchestrator elsewhere
#   {{ORCHESTRATOR_TLS}}        the opposite
# Quotes and backslashes in values are escaped for double-quoted YAML. Unknown names are left as they
# are. Values reach no command line and no log; only the login user and root can read the target.
set -eu
umask 077
LC_ALL=C
export LC_ALL
root=${SPOT_TUI_ROOT:-}
source=$1
target=$2
values=$target.values

first_line() {
  for file in "$root/opt/uploaded_files/config/$1" "$root/opt/uploaded_files/$1"; do
    if [ -f "$file" ]; then
      tr -d '\r' <"$file" | sed -n '/[^ \t]/{s/^[ \t]*//;s/[ \t]*$//;p;q;}'
      return
    fi
  done
}

trap 'rm -f "$values" "$target.new"' EXIT
{
  cat "$root/usr/local/lib/spot-tui/settings.env" "$root/var/lib/spot-tui/node.env" 2>/dev/null || :
  endpoint=$(first_line orchestrator_endpoint)
  printf 'ORCHESTRATOR_ENDPOINT=%s\n' "${endpoint:-nats://127.0.0.1:4222}"
  printf 'ORCHESTRATOR_TOKEN=%s\n' "$(first_line orchestrator_token)"
  if [ -n "$endpoint" ]; then
    printf 'ORCHESTRATOR_ENABLED=false\nORCHESTRATOR_TLS=true\n'
  else
    printf 'ORCHESTRATOR_ENABLED=true\nORCHESTRATOR_TLS=false\n'
  fi
} >"$values"

awk '
  NR == FNR {
    at = index($0, "=")
    if (at > 1) {
      value = substr($0, at + 1)
      escaped = ""
      for (i = 1; i <= length(value); i++) {
        letter = substr(value, i, 1)
        escaped = escaped (letter == "\\" || letter == "\"" ? "\\" : "") letter
      }
      values[substr($0, 1, at - 1)] = escaped
    }
    next
  }
  {
    done = ""
    while (match($0, /\{\{[A-Z0-9_]+\}\}/)) {
      name = substr($0, RSTART + 2, RLENGTH - 4)
      done = done substr($0, 1, RSTART - 1)
      done = done (name in values ? values[name] : "{{" name "}}")
      $0 = substr($0, RSTART + RLENGTH)
    }
    print done $0
  }' "$values" "$source" >"$target.new"
if [ -z "$root" ]; then
  chown "$(sed -n 's/^SPOT_TUI_USER=//p' "$values"):" "$target.new"
fi
mv -f "$target.new" "$target"
