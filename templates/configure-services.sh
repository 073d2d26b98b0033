#!/bin/sh
# Installs what was uploaded to /tmp/exs and starts its services. Run by configure-services.service:
# triggered over SSH, at boot, and whenever a service that requires it starts.
#
# Safe to run at any time: with nothing new it only starts services that should run and don't. What
# was applied is kept in /var/lib/spot-tui, so that nothing depends on /tmp once configured:
#
#   configured        instance id and boot id, one a line
#   manifest.sha256   the manifest as applied
#   installed.sha256  the same sums with the paths of the installed files, for `sha256sum -c`
#   services.tsv      unit, digest and action of each service, as applied
#   node.env          this node's own values
#   failure           why the last run failed and what to do about it, one a line; absent otherwise
#   placed            what this script installed, in runs that failed as well
#   started.tsv       unit and digest of each service as it was started last
set -u
umask 022
LC_ALL=C
export LC_ALL

root=${SPOT_TUI_ROOT:-}
inbox=$root/tmp/exs
state=$root/var/lib/spot-tui
running=$root/run/spot-tui
library=$root/usr/local/lib/spot-tui
uploaded=$root/opt/uploaded_files
system_units=$root/etc/systemd/system
staging=$uploaded/.incoming
manifest=manifest.sha256
cloud_init_limit=${SPOT_TUI_CLOUD_INIT_WAIT:-900}
payload_limit=${SPOT_TUI_PAYLOAD_WAIT:-60}
tab=$(printf '\t')
newline='
'

say() {
  printf '%s\n' "$1"
}

fail() {
  printf '%s\n%s\n' "$1" "$2" >&2
  mkdir -p "$state" &&
    printf '%s\n%s\n' "$1" "$2" >"$state/.failure.new" &&
    mv -f "$state/.failure.new" "$state/failure"
  rm -rf "$staging"
  exit 1
}

# must WHAT COMMAND...: runs a command that this node should be able to run.
must() {
  what=$1
  shift
  problem=$("$@" 2>&1) && return
  case $problem in
    *'No space left'* | *'quota exceeded'*)
      fail "$what: no space left on the disk ($(free_space))" \
        "Free some space on the node, or set a larger instance_storage_gb, then run spot-tui configure $node." ;;
    *)
      fail "$what: $(last_line "$problem")" \
        "Look at journalctl -u configure-services on the node, then run spot-tui configure $node." ;;
  esac
}

free_space() {
  df -Pk "$uploaded" 2>/dev/null | awk 'NR == 2 { printf "%d MiB free on %s", $4 / 1024, $6 }'
}

last_line() {
  printf '%s\n' "$1" | tail -n 1
}

# keep NAME: replaces one file of the state with standard input, in one step.
keep() {
  cat >"$state/.$1.new" && mv -f "$state/.$1.new" "$state/$1"
}

property() {
  systemctl show --property="$1" --value "$2" 2>/dev/null
}

value_of() {
  cat "$inbox/node.env" "$state/node.env" 2>/dev/null | sed -n "s/^$1=//p" | head -n 1
}

instance_id() {
  if [ -s "$root/var/lib/cloud/data/instance-id" ]; then
    head -n 1 "$root/var/lib/cloud/data/instance-id"
  else
    value_of SPOT_TUI_INSTANCE_ID
  fi
}

is_configured() {
  [ -f "$state/configured" ] && [ "$(head -n 1 "$state/configured")" = "$(instance_id)" ]
}

is_pending() {
  [ -f "$inbox/$manifest" ]
}

# At boot multi-user.target waits for this script, and cloud-init's last stage for multi-user.target.
boot_waits_for_this() {
  [ ! -e "$running/ran" ] || return 1
  [ "$(property ActiveState multi-user.target)" != active ] || return 1
  case " $(property After multi-user.target) " in
    *' configure-services.service '*) return 0 ;;
    *) return 1 ;;
  esac
}

# systemd starts this unit along with every service that requires it, each time it starts one again.
service_waits_for_this() {
  [ -f "$state/services.tsv" ] || return 1
  systemctl list-jobs --no-legend --no-pager 2>/dev/null |
    awk -F '[ \t]+' '
      NR == FNR { split($0, row, "\t"); ours[row[1]]; next }
      { sub(/^ +/, ""); if ($4 == "waiting" && ($2 in ours)) found = 1 }
      END { exit !found }' "$state/services.tsv" -
}

await_cloud_init() {
  waited=0
  while [ ! -s "$root/run/cloud-init/result.json" ]; do
    if [ -e "$root/run/cloud-init/disabled" ] || ! command -v cloud-init >/dev/null 2>&1 ||
      [ "$(property ActiveState cloud-final.service)" = failed ]; then
      return
    fi
    [ "$waited" -ne 0 ] || say 'waiting for cloud-init'
    [ "$waited" -lt "$cloud_init_limit" ] ||
      fail "cloud-init has not finished within $cloud_init_limit seconds" \
        "Look at /var/log/cloud-init-output.log on the node; once it is done, run spot-tui configure $node."
    sleep 1
    waited=$((waited + 1))
  done
}

await_payload() {
  waited=0
  until is_pending; do
    [ "$waited" -ne 0 ] || say "waiting for files in $inbox"
    [ "$waited" -lt "$payload_limit" ] ||
      fail "nothing was uploaded to $inbox" \
        "Run spot-tui push $node (files that were uploaded before a reboot are gone)."
    sleep 1
    waited=$((waited + 1))
  done
}

# Does what cloud-init should have done, where it did not: the cause may be gone by now.
ensure_prepared() {
  if [ -e "$state/prepared" ] || [ ! -f "$library/prepare-node.sh" ]; then
    return
  fi
  say 'cloud-init did not prepare this node; trying again'
  sh "$library/prepare-node.sh" && return
  fail "this node is not prepared: $(head -n 1 "$state/prepare-failure" 2>/dev/null)" \
    "$(sed -n 2p "$state/prepare-failure" 2>/dev/null)"
}

lock_inbox() {
  if command -v flock >/dev/null 2>&1; then
    exec 9<"$inbox"
    flock -w 120 9 ||
      fail "$inbox is in use by an upload that does not end" "Run spot-tui configure $node again."
  fi
}

unlock_inbox() {
  exec 9<&-
}

# A private copy, so that what is checked is what is installed.
take_payload() {
  # /tmp is everybody's: only the login user's files and root's are installed by root.
  if [ -n "$login_user" ] &&
    [ -z "$(find "$inbox" -prune -type d \( -user "$login_user" -o -user root \))" ]; then
    fail "$inbox belongs neither to $login_user nor to root" \
      "Remove $inbox on the node, then run spot-tui push $node."
  fi
  must "can't make room in $uploaded" rm -rf "$staging"
  must "can't make room in $uploaded" mkdir -p -m 0755 "$uploaded"
  must "can't make room in $uploaded" mkdir -m 0700 "$staging"
  lock_inbox
  for name in scripts config files units services.tsv node.env "$manifest"; do
    [ ! -e "$inbox/$name" ] ||
      must "can't copy the uploaded files" cp -Rp "$inbox/$name" "$staging/$name"
  done
  unlock_inbox

  problem=$(cd "$staging" && sha256sum -c --quiet --strict "$manifest" 2>&1) || {
    name=$(printf '%s\n' "$problem" | sed -n 's/: FAILED.*//p' | head -n 1)
    what='is corrupt'
    [ -e "$staging/${name:-$manifest}" ] || what='is missing'
    fail "${name:-$manifest} $what in $inbox" "Upload it again: spot-tui push $node."
  }
  if [ -f "$staging/node.env" ] &&
    grep -Evq '^SPOT_TUI_[A-Z0-9_]+=[A-Za-z0-9._:/-]*$' "$staging/node.env"; then
    fail "$inbox/node.env holds something else than plain SPOT_TUI_… values" \
      "Upload it again: spot-tui push $node."
  fi
}

# Writes the plan: sum, target and source of each file, apart by tabs.
plan_installation() {
  if ! awk -v uploaded="$uploaded" -v units="$system_units" -v FS='\n' '
    {
      sum = substr($0, 1, 64); path = substr($0, 67)
      if (path == "services.tsv" || path == "units/configure-services.service") next
      if (path !~ /^(scripts|config|files|units)\/./ || path ~ /(^|\/)\.\.?(\/|$)/ || path ~ /\t/) {
        print path; exit 1
      }
      target = path
      if (sub(/^units\//, "", target)) target = units "/" target
      else { sub(/^files\//, "", target); target = uploaded "/" target }
      sub(/\.template$/, "", target)
      if (target in seen) { print path; exit 1 }
      seen[target]
      print sum "\t" target "\t" path
    }' "$staging/$manifest" >"$staging/plan"; then
    fail "$(tail -n 1 "$staging/plan") has no place of its own on a node" \
      'Files go to scripts/, config/, files/ or units/; two may not land in the same place.'
  fi
  if [ -e "$staging/units/configure-services.service" ]; then
    say 'leaving out configure-services.service: the node has its own'
  fi
  [ -f "$staging/services.tsv" ] || : >"$staging/services.tsv"
  while IFS="$tab" read -r unit digest action; do
    case $unit$digest$action in
      */* | *[[:space:]]*) fail "services.tsv is malformed at $unit" "Upload it again: spot-tui push $node." ;;
    esac
    [ -f "$staging/units/$unit" ] ||
      fail "unit $unit is to be started, but the payload has no such unit file" \
        "Put $unit into units_directory, then run spot-tui push $node."
  done <"$staging/services.tsv"

  touch "$state/placed"
  awk -v FS='\t' 'NR == FNR { planned[$2]; next } !($0 in planned)' \
    "$staging/plan" "$state/placed" >"$staging/stale"
}

# Puts what they become in the place of templates, in the staging folder and in the plan: from there
# on the node knows nothing of them.
render_templates() {
  cd "$staging" || return
  while IFS="$tab" read -r sum target path; do
    case $path in
      *.template)
        sh "$library/render-template.sh" "$path" "${path%.template}" . || return
        path=${path%.template}
        sum=$(sha256sum <"$path") || return
        sum=${sum%% *} ;;
    esac
    printf '%s\t%s\t%s\n' "$sum" "$target" "$path" || return
  done <plan >plan.new
  mv -f plan.new plan
}

# Prints unit, how it is used (run, read) and path of each uploaded file that a unit can't do
# without. Lines whose failure systemd ignores, and what a shell decides by itself, do not count.
files_named_by_units() {
  find "$staging/units" -type f \( -name '*.service' -o -name '*.conf' \) | while IFS= read -r file; do
    unit=${file#"$staging/units/"}
    case $unit in
      *.d/*) unit=${unit%%.d/*} ;;
    esac
    awk -v unit="$unit" '
      { sub(/\r$/, "") }
      /^[ \t]*[#;]/ { next }
      /\\$/ { whole = whole substr($0, 1, length($0) - 1) " "; next }
      { whole = whole $0; check(whole); whole = "" }
      function check(line,  equals, key, count, words, i, word, shell) {
        equals = index(line, "=")
        key = substr(line, 1, equals - 1); gsub(/[ \t]/, "", key)
        line = substr(line, equals + 1); sub(/^[ \t]+/, "", line)
        if (key ~ /^(EnvironmentFile|WorkingDirectory)$/) {
          if (line !~ /^-/) report("read", line)
          return
        }
        if (key !~ /^Exec(Start|StartPre|StartPost|Reload|Condition)$/) return
        if (line ~ /^[@:+!]*-/) return
        sub(/^[@:+!|]+/, "", line)
        count = split(line, words, /[ \t]+/)
        report("run", words[1])
        if (words[1] ~ /\/(ba|da|z|k)?sh$/) {
          for (i = 2; i <= count && words[i] ~ /^-/; i++) if (words[i] ~ /^-[a-z]*c$/) return
        }
        for (i = 2; i <= count; i++) report("read", words[i])
      }
      function report(use, word) {
        gsub(/^["\047]|["\047;]+$/, "", word)
        if (word !~ /^\/opt\/uploaded_files\/(scripts|config)\// || word ~ /[%$*\\]/) return
        print unit "\t" use "\t" word
      }' "$file"
  done
}

# A unit that names a file which isn't there would only say 203/EXEC, much later.
check_named_files() {
  [ -d "$staging/units" ] || return
  files_named_by_units >"$staging/named"
  while IFS="$tab" read -r unit use path; do
    name=${path#/opt/uploaded_files/}
    source=$staging/$name
    [ -e "$source" ] || source=$staging/files/$name
    if [ -e "$source" ]; then
      if [ "$use" = run ] && [ ! -x "$source" ]; then
        fail "unit $unit runs $path, which is not executable" \
          "Run chmod +x on ${name##*/} where you keep it, then spot-tui push $node."
      fi
    elif [ -e "$root$path" ] && ! grep -qxF "$root$path" "$staging/stale"; then
      : # made on the node
    elif [ -d "${source%/*}" ] || [ -d "$staging/${name%/*}" ] || [ "${name#*/}" = "${name##*/}" ]; then
      fail "unit $unit names $path, which is not in the payload" \
        "Put ${name##*/} into the ${name%%/*} directory, then run spot-tui push $node."
    else
      say "warning: unit $unit names $path, which is not there yet"
    fi
  done <"$staging/named"
}

# The old system's units require a unit that it never uploaded; what that did is done by now.
stand_in_for_setup_config() {
  unit=setup-config.service
  if [ ! -d "$staging/units" ] || [ -e "$staging/units/$unit" ] ||
    ! grep -Eqs "^(Requires|BindsTo|Requisite)=.*$unit" "$staging"/units/*.service; then
    return
  fi
  if [ "$(property LoadState "$unit")" = loaded ] && ! grep -qxF "$system_units/$unit" "$state/placed"; then
    return
  fi
  say "standing in for $unit, which is required but not in the payload"
  cat >"$staging/units/$unit" <<'UNIT'
[Unit]
Description=Stands in for a unit that others require and that was not uploaded
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
UNIT
  sum=$(sha256sum <"$staging/units/$unit")
  printf '%s\t%s\t%s\n' "${sum%% *}" "$system_units/$unit" "units/$unit" >>"$staging/plan"
  grep -vxF "$system_units/$unit" "$staging/stale" >"$staging/stale.new"
  mv -f "$staging/stale.new" "$staging/stale"
}

# What somebody changed by hand may have been read since, and nobody can tell by which service.
note_altered_files() {
  [ -s "$state/installed.sha256" ] || return
  altered=$(sha256sum -c --quiet "$state/installed.sha256" 2>/dev/null | sed 's/: FAILED.*//' |
    sed "s,^$root/,/,")
  [ -n "$altered" ] || return
  say "changed on this node since they were installed: $(printf '%s\n' "$altered" | paste -sd ' ' -)"
  must "can't write to $state" rm -f "$state/started.tsv"
}

remove_stale_files() {
  # Units first: what they do at their end may need the other files.
  while IFS= read -r target; do
    unit=${target#"$system_units/"}
    case $unit in
      */*) continue ;;
    esac
    [ -e "$target" ] || continue
    say "removing $unit, which is no longer in the payload"
    problem=$(systemctl disable --now "$unit" 2>&1) || say "warning: $(last_line "$problem")"
  done <"$staging/stale"
  while IFS= read -r target; do
    must "can't remove $target" rm -f "$target"
    # Only folders that came with the payload: those of the node itself stay.
    folder=${target%/*}
    while case $folder in
      "$uploaded/scripts" | "$uploaded/config" | "$uploaded" | "$system_units") false ;;
    esac && rmdir "$folder" 2>/dev/null; do
      folder=${folder%/*}
    done
  done <"$staging/stale"
}

place_files() {
  cut -f 2 "$staging/plan" >"$staging/targets"
  sort -u "$staging/targets" "$state/placed" | must "can't write to $state" keep placed

  sed 's,/[^/]*$,,' "$staging/targets" | sort -u | while IFS= read -r folder; do
    missing=
    while [ ! -d "$folder" ]; do
      missing=$folder$newline$missing
      folder=${folder%/*}
    done
    printf '%s' "$missing"
  done | sort -u >"$staging/folders"
  while IFS= read -r folder; do
    must "can't make $folder" mkdir "$folder"
    case $folder in
      "$uploaded"/*) give "$login_user" "$folder" ;;
    esac
  done <"$staging/folders"
  # Nobody else need know the names of secrets either.
  if [ -d "$staging/files/secrets" ] && [ -z "$(find "$staging/files/secrets" -type f -perm /077)" ]; then
    must "can't close $uploaded/secrets" chmod 0700 "$uploaded/secrets"
  fi

  for name in scripts config files; do
    give "$login_user" "$staging/$name"
  done
  give root "$staging/units"
  # On the disk before they take their places: a power cut leaves old files or new ones.
  [ -n "$root" ] || find "$staging" -type f -exec sync {} + 2>/dev/null
  while IFS="$tab" read -r _ target path; do
    source=$staging/$path
    case $path in
      units/*)
        must "can't install $target" chmod a-x,go-w "$source"
        must "can't install $target" mv -f "$source" "${target%/*}/.spot-tui.new"
        source=${target%/*}/.spot-tui.new ;;
    esac
    [ ! -d "$target" ] ||
      fail "$target is a folder on this node, but a file in the payload" \
        "Remove or rename one of them, then run spot-tui push $node."
    must "can't install $target" mv -f "$source" "$target"
  done <"$staging/plan"
}

# give OWNER PATH: with all that is in it.
give() {
  [ -z "$login_user" ] || [ ! -e "$2" ] || must "can't give $2 to $1" chown -R "$1:" "$2"
}

# The old system's units expect Bacalhau's configuration where bacalhau-startup.sh would put it.
render_for_old_units() {
  if [ -f "$uploaded/config/bacalhau-config.yaml" ] && [ -x "$library/render-template.sh" ] &&
    [ ! -e "$system_units/bacalhau-startup.service" ]; then
    must "can't render bacalhau-config.yaml" "$library/render-template.sh" \
      "$uploaded/config/bacalhau-config.yaml" "$root${BACALHAU_NODE_DIRECTORY:-/bacalhau_node}/config.yaml"
  fi
}

# Says what is wrong with a unit in systemd's own words.
explain() {
  reason=$2
  case $reason in
    *'bad unit file setting'* | *'not loaded properly'*)
      if command -v systemd-analyze >/dev/null 2>&1; then
        found=$(systemd-analyze verify "$system_units/$1" 2>&1 | grep "^$1: " | head -n 1)
        reason=${found:-$reason}
      fi ;;
  esac
  reason=$(printf '%s\n' "$reason" | head -n 1)
  reason=${reason#"Failed to start $1: "}
  reason=${reason#"Failed to restart $1: "}
  reason=${reason#"Failed to enable unit: "}
  printf '%s' "${reason#"$1: "}"
}

note_problem() {
  problems=$problems"unit $1 can't be $2: $(explain "$1" "$3")$newline"
}

restart() {
  # A start limit would refuse it otherwise.
  systemctl reset-failed "$1" >/dev/null 2>&1
  if problem=$(systemctl restart --no-block "$1" 2>&1); then
    started="$started $1"
  else
    note_problem "$1" started "$problem"
  fi
}

# Starts a service whose files did not change, if it should run and doesn't.
ensure_started() {
  case $(systemctl is-active "$1" 2>/dev/null) in
    active | reloading | refreshing) ;;
    activating)
      # Waits for its next try after a failure: now is a better time.
      case $(property SubState "$1") in
        auto-restart*) restart "$1" ;;
      esac ;;
    *)
      # A oneshot that has done its work does not run.
      if [ "$(property Type "$1")" != oneshot ] || [ "$(property Result "$1")" != success ] ||
        [ -z "$(property InvocationID "$1")" ]; then
        restart "$1"
      fi ;;
  esac
}

# each_service FUNCTION TABLE: calls it with unit and digest of each service that is to be started.
each_service() {
  while IFS="$tab" read -r unit digest action; do
    if [ "$action" = start ] && [ "$unit" != configure-services.service ]; then
      "$1" "$unit" "$digest"
    fi
  done <"$2"
}

enable_service() {
  case $(property LoadState "$1") in
    loaded | '') ;;
    *)
      problem=$(systemctl start --no-block "$1" 2>&1)
      note_problem "$1" loaded "$problem"
      return ;;
  esac
  problem=$(systemctl enable "$1" 2>&1) || note_problem "$1" enabled "$problem"
}

start_service() {
  if grep -qxF "$1$tab$2" "$state/started.tsv" 2>/dev/null; then
    ensure_started "$1"
  else
    restart "$1"
  fi
}

# start_services TABLE: starts what is listed there, restarts what changed since it was started.
# Nothing is touched unless all of it can be: jobs that wait for this unit would fail along with it.
start_services() {
  problems=
  started=
  each_service enable_service "$1"
  [ -n "$problems" ] || each_service start_service "$1"
  [ -z "$started" ] || say "started:$started"
  [ -z "$problems" ] ||
    fail "$(printf '%s' "$problems" | paste -sd ';' - | sed 's/;/; /g')" \
      "Mend the unit file, then run spot-tui push $node; spot-tui logs $node shows what systemd says."
}

record() {
  must "can't write to $state" keep_record
}

keep_record() {
  {
    # Root's only: by the sum of a short secret anybody could find out what it is.
    umask 077
    awk -v FS='\t' '{ print $1 "  " $2 }' "$staging/plan" | keep installed.sha256 &&
      keep services.tsv <"$staging/services.tsv" &&
      keep "$manifest" <"$staging/$manifest" &&
      cut -f 1,2 "$staging/services.tsv" | keep started.tsv
  } && {
    umask 022
    keep placed <"$staging/targets" &&
      { instance_id && cat "$boot_id_file"; } | keep configured
  }
}

# Leaves what was uploaded meanwhile: the next round takes it.
clear_inbox() {
  lock_inbox
  if cmp -s "$inbox/$manifest" "$state/$manifest"; then
    rm -f "$inbox/$manifest"
    rm -rf "$inbox/scripts" "$inbox/config" "$inbox/files" "$inbox/units" \
      "$inbox/services.tsv" "$inbox/node.env"
  fi
  unlock_inbox
}

apply_payload() {
  take_payload
  plan_installation
  must "can't fill in the templates" render_templates
  check_named_files
  stand_in_for_setup_config
  note_altered_files
  remove_stale_files
  place_files
  [ ! -f "$staging/node.env" ] || must "can't write to $state" keep node.env <"$staging/node.env"
  must "can't reload systemd" systemctl daemon-reload
  render_for_old_units
  start_services "$staging/services.tsv"
  record
  say "installed $(wc -l <"$staging/plan" | tr -d ' ') files"
  clear_inbox
  rm -rf "$staging"
}

# An upload during the installation triggers nothing of its own: its start merged with this one.
apply_all_payloads() {
  rounds=0
  while is_pending && [ "$rounds" -lt 5 ]; do
    apply_payload
    rounds=$((rounds + 1))
  done
}

login_user=
if [ -f "$library/settings.env" ]; then
  # shellcheck source=/dev/null
  . "$library/settings.env"
  if [ -z "$root" ] && [ "$(id -u)" -eq 0 ] && id "${SPOT_TUI_USER:-}" >/dev/null 2>&1; then
    login_user=$SPOT_TUI_USER
  fi
fi
boot_id_file=$root/proc/sys/kernel/random/boot_id
[ -r "$boot_id_file" ] || boot_id_file=/proc/sys/kernel/random/boot_id
[ -r "$boot_id_file" ] || boot_id_file=/dev/null
node=$(value_of SPOT_TUI_NODE)
node=${node:-NODE}

trap 'fail "configure-services was stopped before it was done" "Run spot-tui configure $node; journalctl -u configure-services on the node tells what took so long."' TERM INT
mkdir -p "$state" "$running" ||
  fail "can't write to $state" 'Look at the disk of the node: df -h, mount.'
if command -v flock >/dev/null 2>&1; then
  exec 8>"$running/lock"
  flock -w 600 8 || fail 'another run of configure-services does not end' "Reboot the node: spot-tui ssh $node -- sudo reboot."
fi

asked_for=yes
if boot_waits_for_this || service_waits_for_this; then
  asked_for=
fi
: >"$running/ran"

# A run that nobody asked for may not fail, since services wait for it, and revives nothing that
# systemd has given up or that somebody stopped.
if [ -z "$asked_for" ]; then
  if ! is_configured; then
    say 'nothing was installed yet'
    exit 0
  fi
  # systemd starts what is enabled, and what is broken in the upload may not keep it from that.
  if is_pending; then
    (apply_all_payloads)
  fi
  exit 0
fi

rm -f "$state/failure"
if ! is_configured; then
  await_cloud_init
  ensure_prepared
  await_payload
fi
if is_pending; then
  apply_all_payloads
else
  start_services "$state/services.tsv"
fi
