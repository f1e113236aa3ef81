#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A server on loopback with a throw-away data folder and the documented
# accounts, and a client in it, logged in as messi.  All of it goes away with
# the client.
set -eu
: "${CHAT_BUILD:=build/plain}"

dir=$(mktemp -d "${TMPDIR:-/tmp}/chat-demo.XXXXXX")
server=
cleanup() {
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || :
		wait "$server" 2>/dev/null || :
	fi
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

cat >"$dir/accounts" <<EOF
messi:surabaya:Lionel Messi
henderson:surabaya:Jordan Henderson
lineker:surabaya:Gary Lineker
EOF
mkfifo "$dir/ready"
"$CHAT_BUILD/chat-server" --listen localhost:0 --text localhost:0 \
    --data "$dir/data" --accounts "$dir/accounts" --realm demo \
    >"$dir/ready" 2>"$dir/log" </dev/null &
server=$!

# The server says on standard output where it listens, a line each; the plain
# text ones come last, and the first of each kind will do.
chat='' text=''
exec 3<"$dir/ready"
while read -r line <&3; do
	at=${line#listening on }
	at=${at%% *}
	case $line in
	*"(command protocol)") [ -n "$chat" ] || chat=$at ;;
	*"(plain text)")
		text=$at
		break
		;;
	esac
done
if [ -z "$chat" ] || [ -z "$text" ]; then
	echo "demo: the server did not start:" >&2
	cat "$dir/log" >&2
	exit 1
fi

try="You are messi. Try: a line for everyone, /msg lineker hai, /who, /help,"
try="$try /quit. In another terminal: $CHAT_BUILD/chat-tui henderson@$chat"
try="$try (password surabaya), or: nc ${text%:*} ${text##*:} and there:"
try="$try login lineker surabaya"

# The state of a demo is thrown away, too: nobody's own settings are touched.
# On a screen the hint stands in it; in a pipe it must not mix with the chat.
if [ -t 0 ] && [ -t 1 ]; then
	mkdir "$dir/config" "$dir/config/chat-tui"
	echo "greeting = $try" >"$dir/config/chat-tui/config"
else
	echo "$try" >&2
fi
XDG_STATE_HOME=$dir/state XDG_CONFIG_HOME=$dir/config CHAT_PASSWORD=surabaya \
    "$CHAT_BUILD/chat-tui" "messi@$chat"
