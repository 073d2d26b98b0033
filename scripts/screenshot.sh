#!/bin/sh
# Takes a picture of a terminal program, as a PNG (and as text, to read).
#
#   scripts/screenshot.sh [-s 120x40] [-u PATTERN | -k KEY]... [-t FILE] OUT.png -- COMMAND [ARGUMENT...]
#
# -s  size of the terminal
# -u  wait until a line of the screen matches this extended regular expression
# -k  send a key in tmux's notation, or text, and give the screen half a second
# -t  write the screen as text to this file as well
#
# -u and -k may be given any number of times; they are done in their order.
#
# Needs tmux, aha and Chromium; pngquant makes the picture a third of its size where there is one.
set -eu

size=120x40
steps=
text=
while getopts s:u:k:t: option; do
	case $option in
	s) size=$OPTARG ;;
	u | k) steps="$steps$option$OPTARG
" ;;
	t) text=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
out=$1
shift
[ "${1:-}" = -- ] && shift

columns=${size%x*}
rows=${size#*x}
temporary=$(mktemp -d)
tmux="tmux -L screenshot-$$ -f $temporary/tmux.conf"
trap '$tmux kill-server 2>/dev/null || true; rm -rf "$temporary"' EXIT INT TERM

printf 'set -g status off\nset -g default-terminal tmux-256color\n' >"$temporary/tmux.conf"
$tmux new-session -d -x "$columns" -y "$rows" -- \
	env -u CI -u NO_COLOR COLORTERM=truecolor LC_ALL=C.UTF-8 "$@"

await() {
	attempts=0
	until $tmux capture-pane -p | grep -Eq -e "$1"; do
		attempts=$((attempts + 1))
		if [ "$attempts" -gt 600 ]; then
			echo "the screen never said $1:" >&2
			$tmux capture-pane -p >&2
			return 1
		fi
		sleep 0.2
	done
}

printf '%s' "$steps" >"$temporary/steps"
while IFS= read -r step; do
	case $step in
	u*) await "${step#u}" ;;
	k*)
		$tmux send-keys "${step#k}"
		sleep 0.5
		;;
	esac
done <"$temporary/steps"
sleep 1
$tmux capture-pane -e -p -N >"$temporary/screen.ansi"
[ -z "$text" ] || $tmux capture-pane -p >"$text"

# aha knows no faint text: it travels as italics, which nothing here uses. And it takes a default
# colour for the end of inverse video, where tmux names one after every reset.
escape=$(printf '\033')
{
	cat <<'HTML'
<!doctype html><meta charset="utf-8"><style>
html, body { margin: 0; background: #1a1c22; }
pre { margin: 0; padding: 14px 16px; font: 15px/19px 'DejaVu Sans Mono', monospace;
  color: #d3d7df; width: max-content; }
s { display: inline-block; width: 1ch; text-decoration: none; } /* braille: from another font */
.bold { font-weight: bold; }
.italic { opacity: 0.58; }
.red { color: #f0616d; } .green { color: #7fc878; } .yellow { color: #e5c35c; }
.blue { color: #6cb0f5; } .purple { color: #c98ae8; } .cyan { color: #58c4d4; }
.bg-red { background: #f0616d; } .bg-yellow { background: #e5c35c; }
.bg-purple { background: #c98ae8; } .bg-green { background: #7fc878; }
.inverted { color: #1a1c22; } .bg-inverted { background: #d3d7df; }
</style><pre>
HTML
	sed -e "s/\\(${escape}\\[0[;0-9]*m\\)${escape}\\[39m${escape}\\[49m/\\1/g" \
		-e "s/${escape}\\[7m${escape}\\[39m/${escape}[39m${escape}[7m/g" \
		-e "s/${escape}\\[2m/${escape}[3m/g; s/${escape}\\[2;/${escape}[3;/g; s/;2m/;3m/g" \
		"$temporary/screen.ansi" | aha --no-header --stylesheet |
		LC_ALL=C sed 's/\xe2[\xa0-\xa3][\x80-\xbf]/<s>&<\/s>/g'
	echo '</pre>'
} >"$temporary/screen.html"

mkdir -p "$(dirname "$out")"
chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
	--disable-background-networking --disable-component-update --disable-sync \
	--user-data-dir="$temporary/profile" --hide-scrollbars --force-device-scale-factor=1.5 \
	--window-size="$((columns * 903 / 100 + 32)),$((rows * 19 + 28))" \
	--screenshot="$(realpath -m "$out")" "file://$temporary/screen.html" >/dev/null 2>&1

if command -v pngquant >/dev/null; then
	pngquant --force --strip --speed 1 --output "$out" 64 "$out"
fi
