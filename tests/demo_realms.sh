#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two linked servers on loopback with throw-away data folders, "its" and
# "medan", and the documented accounts of both; a client in each, in a group
# that they share.  You are messi; what james is shown stands beside it, in
# a pane of tmux(1) on a screen where there is one, else behind "james |".  All
# of it goes away with messi's client.
set -eu
: "${CHAT_BUILD:=build/plain}"

dir=$(mktemp -d "${TMPDIR:-/tmp}/chat-demo.XXXXXX")
its='' medan='' james='' shown='' session=
cleanup() {
	[ -z "$session" ] || tmux -L "$session" kill-server 2>/dev/null || :
	for pid in $james $shown $its $medan; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$dir/secret"
chmod 600 "$dir/secret"
cat >"$dir/its.accounts" <<END
messi:surabaya:Lionel Messi
henderson:surabaya:Jordan Henderson
lineker:surabaya:Gary Lineker
END
cat >"$dir/medan.accounts" <<END
james:surabaya:James Maranata
neko:surabaya:Neko
paff:surabaya:Paff
END

# start REALM PEER ADDRESS ADMIN: the server's pid in $pid and where it listens in
# $at.  Only one of the two can know the other's port beforehand, and one
# that dials is enough: the other has an address that nobody answers at.
start() {
	mkfifo "$dir/$1.ready"
	"$CHAT_BUILD/chat-server" --listen 127.0.0.1:0 --text off \
	    --data "$dir/$1" --accounts "$dir/$1.accounts" --realm "$1" \
	    --admin "$4" --link "$2=$3,secret=$dir/secret" \
	    >"$dir/$1.ready" 2>"$dir/$1.log" </dev/null &
	pid=$!
	at=
	read -r line <"$dir/$1.ready" || :
	at=${line#listening on }
	at=${at%% *}
	[ -n "$at" ] && return
	echo "demo-realms: the server of $1 did not start:" >&2
	cat "$dir/$1.log" >&2
	exit 1
}
start medan its 127.0.0.1:9 james
medan=$pid medan_at=$at
start its medan "$medan_at" messi
its=$pid its_at=$at

export CHAT_PASSWORD=surabaya
client() { # client USER ADDRESS [OPTION...]: with settings of its own
	who=$1 where=$2
	shift 2
	XDG_STATE_HOME=$dir/$who.state XDG_CONFIG_HOME=$dir/$who.config \
	    "$CHAT_BUILD/chat-tui" "$@" "$who@$where"
}

# The group lives in medan: james makes it, messi joins it across the link,
# which may take a moment to come up.
printf '/join #batak\n/quit\n' | client james "$medan_at" --plain >/dev/null
tries=0
until printf '/join #batak@medan\n/quit\n' |
    client messi "$its_at" --plain >"$dir/join" 2>&1 &&
    printf '/members #batak@medan\n/quit\n' |
    client messi "$its_at" --plain 2>&1 | grep -q james; do
	tries=$((tries + 1))
	if [ "$tries" -ge 50 ]; then
		echo "demo-realms: messi cannot join #batak@medan:" >&2
		cat "$dir/join" "$dir/its.log" "$dir/medan.log" >&2
		exit 1
	fi
	sleep 0.2
done

try="You are messi of its, and a member of #batak@medan: /w #batak@medan and"
try="$try a line. Try: /msg james@medan halo, /members, /who, /realms, /help,"
try="$try /quit. In another terminal: $CHAT_BUILD/chat-tui neko@$medan_at"
try="$try (password surabaya)"

settings() { # settings USER GREETING
	mkdir -p "$dir/$1.config/chat-tui"
	echo "greeting = $2" >"$dir/$1.config/chat-tui/config"
}

# side_by_side: a tmux of its own, which ends with messi's client.
side_by_side() {
	settings messi "$try"
	settings james "You are james of medan: /w #batak and a line"
	session=chat-demo-$$
	run="XDG_STATE_HOME='$dir/messi.state'"
	run="$run XDG_CONFIG_HOME='$dir/messi.config'"
	run="$run '$CHAT_BUILD/chat-tui' 'messi@$its_at'"
	tmux -L "$session" new-session -d "$run;tmux -L '$session' kill-server"
	run="XDG_STATE_HOME='$dir/james.state'"
	run="$run XDG_CONFIG_HOME='$dir/james.config'"
	run="$run '$CHAT_BUILD/chat-tui' 'james@$medan_at'"
	tmux -L "$session" split-window -h "$run"
	tmux -L "$session" select-pane -t 0
	tmux -L "$session" attach
}

if [ -t 0 ] && [ -t 1 ] && [ -z "${TMUX:-}" ] &&
    command -v tmux >/dev/null; then
	side_by_side
	exit 0
fi

mkfifo "$dir/james.in" "$dir/james.out"
sed -u 's/^/james | /' <"$dir/james.out" | tee "$dir/james.seen" &
shown=$!
client james "$medan_at" --plain <"$dir/james.in" >"$dir/james.out" 2>&1 &
james=$!
exec 4>"$dir/james.in"
printf '/w #batak\nHalo, ini james di medan\n' >&4
# Somebody who is not there yet would be shown no more than that there is
# something new.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	grep -q Halo "$dir/james.seen" 2>/dev/null && break
	sleep 0.1
done
if [ -t 0 ] && [ -t 1 ]; then
	exec 4>&-
	settings messi "$try"
	client messi "$its_at"
else
	echo "$try" >&2
	client messi "$its_at" --plain
	echo /quit >&4
	exec 4>&-
	wait "$james" "$shown" || :
fi
