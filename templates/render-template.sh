#!/bin/sh
# Fills in a template on the node: render-template.sh SOURCE TARGET [PAYLOAD]
#
# With PAYLOAD, the folder of what was uploaded, for files whose name ends in .template:
#
#   {{node.name}} {{region}} {{index}} {{instance.id}} {{deployment}} {{identity}}   from PAYLOAD/node.env
#   {{secret.NAME}}   PAYLOAD/files/secrets/NAME without a newline at its end
#   {{…|raw}}         the same without escaping
#
# Values are escaped for the double quotes of what TARGET is by its name: a shell's (.sh, .bash, .env),
# XML's and HTML's, else YAML's, JSON's and TOML's. An unknown name is an error; what is no dotted
# lower-case name is another template language's and stays, as do the few words of Go's that look like
# one. TARGET gets the mode of SOURCE, but is closed to others if it holds a secret.
#
# Without PAYLOAD, for the templates of the Bacalhau node, {{NAME}} becomes the value of NAME from
# /var/lib/spot-tui/node.env and settings.env, and
#
#   {{ORCHESTRATOR_ENDPOINT}}   from the uploaded file orchestrator_endpoint, else this node itself
#   {{ORCHESTRATOR_TOKEN}}      from the uploaded file orchestrator_token, else empty
#   {{ORCHESTRATOR_ENABLED}}    true where there is no orchestrator elsewhere
#   {{ORCHESTRATOR_TLS}}        the opposite
#
# There unknown names stay, and only the login user and root can read TARGET.
#
# Values reach no command line and no log.
set -eu
umask 077
LC_ALL=C
export LC_ALL
root=${SPOT_TUI_ROOT:-}
source=$1
target=$2
payload=${3:-}
values=$target.spot-tui.values
new=$target.spot-tui.new

first_line() {
  for file in "$root/opt/uploaded_files/config/$1" "$root/opt/uploaded_files/$1"; do
    if [ -f "$file" ]; then
      tr -d '\r' <"$file" | awk 'NF { gsub(/^[ \t]+|[ \t]+$/, ""); print; exit }'
      return
    fi
  done
}

trap 'rm -f "$values" "$new"' EXIT
{
  cat "$root/usr/local/lib/spot-tui/settings.env" \
    "${payload:-$root/var/lib/spot-tui}/node.env" 2>/dev/null || :
  endpoint=$(first_line orchestrator_endpoint)
  printf 'ORCHESTRATOR_ENDPOINT=%s\n' "${endpoint:-nats://127.0.0.1:4222}"
  printf 'ORCHESTRATOR_TOKEN=%s\n' "$(first_line orchestrator_token)"
  if [ -n "$endpoint" ]; then
    printf 'ORCHESTRATOR_ENABLED=false\nORCHESTRATOR_TLS=true\n'
  else
    printf 'ORCHESTRATOR_ENABLED=true\nORCHESTRATOR_TLS=false\n'
  fi
} >"$values"

if [ -n "$payload" ]; then
  cp -p "$source" "$new"
  chmod u+w "$new"
  ! grep -q '{{secret\.' "$source" || chmod go-rwx "$new"
fi
awk -v payload="$payload" -v kind="${target##*.}" '
  # Piece by piece: appending to a string takes the square of its length in time.
  function write(text,  i, letter, size) {
    size = raw ? 0 : length(text)
    if (raw) print text
    for (i = 1; i <= size; i++) {
      letter = substr(text, i, 1)
      print (letter in escape ? escape[letter] : letter)
    }
  }
  BEGIN {
    ORS = ""
    pattern = payload ? "[{][{](secret[.][A-Za-z0-9_.-]+|[a-z][a-z0-9_.-]*)([|][a-z]*)?[}][}]" : "[{][{][A-Z0-9_]+[}][}]"
    xml = kind ~ /^(xml|html)$/
    shell = kind ~ /^(sh|bash|env)$/
    special = xml ? "&<>\"\047\t\n\r" : shell ? "\\\"$`" : "\\\""
    for (i = 1; i < 128; i++) {
      letter = sprintf("%c", i)
      if (index(special, letter)) escape[letter] = xml ? "&#" i ";" : "\\" letter
      else if (!xml && !shell && (i < 32 || i > 126)) escape[letter] = sprintf("\\u%04x", i)
    }
  }
  NR == FNR {
    at = index($0, "=")
    if (at > 1) values[substr($0, 1, at - 1)] = substr($0, at + 1)
    next
  }
  {
    while (match($0, pattern)) {
      all = name = substr($0, RSTART + 2, RLENGTH - 4)
      print substr($0, 1, RSTART - 1)
      $0 = substr($0, RSTART + RLENGTH)
      raw = payload && sub(/[|]raw$/, "", name)
      if (payload && name ~ /^secret[.]./) {
        file = payload "/files/secrets/" substr(name, 8)
        between = ""
        while ((there = (getline line <file)) > 0) {
          write(between line)
          between = "\n"
        }
        close(file)
        there = !there
      } else {
        if (payload) {
          name = "SPOT_TUI_" toupper(name)
          sub(/[.]NAME$/, "", name)
          sub(/[.]/, "_", name)
        }
        if ((there = name in values)) write(values[name])
      }
      if (there) continue
      if (!payload || all ~ /^(end|else)$/) print "{{" all "}}"
      else {
        print FILENAME ":" FNR ": there is no {{" all "}}\n" >"/dev/stderr"
        exit 1
      }
    }
    print $0 "\n"
  }' "$values" "$source" >"$new"
[ -n "$root$payload" ] || chown "$(sed -n 's/^SPOT_TUI_USER=//p' "$values"):" "$new"
mv -f "$new" "$target"
