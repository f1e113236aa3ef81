#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a machine can see without running the program: clang-tidy, cppcheck,
# mandoc -Tlint, the arrows between the folders, an SPDX line in every file.
# Prints a line for each check and ends with status 1 when one failed.
set -u
passed=0 failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

check() { # check NAME: what was found is in $out; nothing is well
	if [ -s "$out" ]; then
		failed=$((failed + 1))
		echo "FAILED $1"
		head -n 60 "$out"
	else
		passed=$((passed + 1))
		echo "ok     $1"
	fi
}

# rooms_of FOLDER EXCEPT: reads lines "ROOM: ROOM..." and prints each include
# of one of ROOM's files that goes to a room of FOLDER which is not named in
# its line, and each room that has no line.
rooms_of() {
	local folder=$1 except=$2 room rest rooms=
	while IFS=: read -r room rest; do
		rooms="$rooms $room"
		git grep -nE "#include \"$folder/" -- "$folder/$room" |
		    grep -vE "\"($folder/($room$(printf '|%s' $rest))/|$except)"
	done
	git ls-files "$folder/*/*.[ch]" | cut -d/ -f2 | sort -u |
	    while read -r room; do
		case " $rooms " in
		*" $room "*) ;;
		*) echo "$folder/$room: a room that the drawing has not" ;;
		esac
	done
}

mandoc -Tlint -Wwarning man/*.[1-8] >"$out" 2>&1
check "mandoc -Tlint"

git ls-files '*.c' '*.h' '*.sh' '*.po' Makefile .ci/run |
    xargs grep -L 'SPDX-License-Identifier: GPL-3.0-or-later' >"$out"
check "an SPDX line in every file"

# What the documents send one to is there.
grep -ohE '`(shared|server|tui|tests|man)/[A-Za-z0-9_./-]*`' README.md \
    .github/CONTRIBUTING.md | tr -d '`' | sort -u | while read -r file; do
	[ -e "$file" ] || echo "there is no $file"
done >"$out"
check "files that the documents name"

# Every text of chat-tui is translated, and none is guessed.
{
	make -s --no-print-directory build/chat-tui.pot
	for po in tui/po/*.po; do
		msgfmt --check -o /dev/null "$po"
		msgcmp "$po" build/chat-tui.pot
		msgattrib --only-fuzzy "$po"
	done
} >"$out" 2>&1
check "translations"

# The arrows (README.md, "Tour"): who may include what.
{
	git grep -nE '#include "(server|tui)/' -- shared
	git grep -n '#include "tui/' -- server
	git grep -n '#include "server/' -- tui
	git grep -n '<sqlite3.h>' -- shared server tui ':!server/store'
	git grep -n '<sodium.h>' -- shared server tui ':!server/work'
	git grep -nE '<(n?curses|ncursesw/[a-z]*|term)\.h>' -- shared server
	git grep -nE '<n?curses\.h>' -- tui ':!tui/view' ':!tui/term'
	git grep -nE '<(sys/socket|sys/select|netinet/.*)\.h>' -- tui/model \
	    tui/view tui/input
	git grep -n '<readline/' -- shared server tui ':!tui/input/lineedit.c'
	git ls-files 'tui/*.[ch]' | grep -vE '^tui/([a-z]+/.*|main\.c|(options|text)\.[ch])$'
	# Every room of the client may use tui/text.h.
	rooms_of tui 'tui/text\.h' <<-ROOMS
	store:
	model: store
	net: store model
	term: store
	input: store model net term
	plain: store model net term input
	view: store model net term input
	po:
	ROOMS
	git grep -nE '<(sys/socket|sys/select|netinet/.*|jansson)\.h>' -- \
	    server/chat server/directory server/store
	git grep -nE '#include "server/(chat|dialect|directory|realm|work)/' -- server/store
	git grep -nE '#include "server/' -- server/directory |
	    grep -vE '"server/(directory|store|work)/'
	git grep -nE '#include "server/(store|work)/' -- server/dialect
	git grep -nE '#include "server/(dialect|realm)/' -- server/chat
	git grep -n '#include "server/realm/' -- server/dialect
	# Within the dialects: framed > command > cmd_* > raw, framed_conn >
	# reply > request > client_conn; text only stands on the last.
	cd server/dialect && {
		git grep -n 'dialect/command\.h"' -- ':!command.*' ':!framed.c'
		git grep -n 'dialect/cmd\.h"' -- ':!command.*' ':!framed.c' \
		    ':!cmd_*.c'
		git grep -nE 'dialect/(raw|framed_conn)\.h"' -- ':!framed.c' \
		    ':!cmd_*.c' ':!raw.c' ':!framed_conn.c'
		git grep -nE 'dialect/(request|reply)\.h"' -- client_conn.* \
		    replies.* conn_limit.* foreign.* render.* text* dialect*
		cd ../..
	}
	git grep -n '#include "server/dialect/' -- server/realm
} >"$out" 2>/dev/null
check "arrows between the folders"

# cppcheck looks into no system header, and takes these macros for mistakes.
tailq=$(echo '#include <sys/queue.h>' | cc -M -x c - | tr ' ' '\n' |
    grep 'sys/queue\.h')
cppcheck --quiet --include="$tailq" --std=c11 --enable=warning,performance,portability \
    --inline-suppr --suppress=missingIncludeSystem -I . -D_GNU_SOURCE \
    -DCHAT_VERSION='""' shared server tui >"$out" 2>&1
check "cppcheck"

# One file a run: clang-tidy 14 takes va_start for nothing in all but the first.
git ls-files 'shared/*.c' 'server/*.c' 'tui/*.c' |
    xargs -P "$(nproc)" -n 1 tests/tidy.sh 2>/dev/null |
    grep -E 'warning:|error:' | sort -u >"$out"
check "clang-tidy"

[ -z "${CHECK_TALLY:-}" ] || echo "$passed $failed" >>"$CHECK_TALLY"
[ "$failed" -eq 0 ]
