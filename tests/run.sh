#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh TEST...: runs test programs, as many at a time as there are cores (at
# most 4; CHECK_JOBS says otherwise), shows what failed, and counts.  Each
# prints cmocka's lines; one that dies, prints a sanitizer's report or prints
# no test at all has failed.  With CHECK_TALLY=FILE the counts are added to
# FILE; run.sh --sum FILE prints their sum.
set -u

if [ "${1:-}" = --sum ]; then
	awk '{ p += $1; f += $2 }
	    END { printf "%d passed, %d failed\n", p, f; exit f > 0 || p == 0 }' \
	    "$2"
	exit
fi

: "${CHAT_BUILD:=build/plain}"
export CHAT_BUILD
# A leak at exit, a race or undefined behaviour ends the process with 99.
export ASAN_OPTIONS="${ASAN_OPTIONS:-exitcode=99:detect_leaks=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
export TSAN_OPTIONS="${TSAN_OPTIONS:-exitcode=99}"
# The person's own files have no say in a test.
unset CHAT_PASSWORD NO_COLOR INPUTRC LANGUAGE
export LC_ALL=C.UTF-8

report='ERROR: (Address|Leak)Sanitizer|runtime error:|WARNING: ThreadSanitizer'

# run.sh --one FOLDER TEST: one of them; what it says comes out in one piece.
one() {
	folder=$1 t=$2
	log=$(mktemp "$folder/log.XXXXXX")
	start=$(date +%s)
	timeout -k 5 "${TEST_TIMEOUT:-300}" "$t" >"$log" 2>&1 </dev/null
	status=$?
	p=$(grep -ac '^\[       OK \]' "$log")
	# cmocka names each twice: where it failed, and in the list at the end.
	f=$(sed '/test(s), listed below:$/,$d' "$log" |
	    grep -ac '^\[  FAILED  \] [a-zA-Z0-9_]*$')
	if [ "$f" -eq 0 ]; then
		if [ "$status" -ne 0 ] || grep -aqE "$report" "$log"; then
			f=1
		elif [ "$p" -eq 0 ]; then
			f=1
			echo "no test ran" >>"$log"
		fi
	fi
	{
		printf '%-58s %3d passed %3d failed %4ds\n' "${t#build/}" \
		    "$p" "$f" "$(($(date +%s) - start))"
		if [ "$f" -gt 0 ]; then
			echo "---- $t: exit status $status"
			tail -n 200 "$log" | cat -v
			echo "----"
		fi
	} >"$log.said"
	flock "$folder/tally" cat "$log.said"
	echo "$p $f" >>"$folder/tally"
}

if [ "${1:-}" = --one ]; then
	one "$2" "$3"
	exit
fi

jobs=${CHECK_JOBS:-$(nproc)}
[ "$jobs" -le 4 ] || jobs=4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
: >"$folder/tally"
printf '%s\n' "$@" | xargs -P "$jobs" -n 1 "$0" --one "$folder"
ran=$(wc -l <"$folder/tally")
passed=$(awk '{ n += $1 } END { print n + 0 }' "$folder/tally")
failed=$(awk '{ n += $2 } END { print n + 0 }' "$folder/tally")
if [ "$ran" -ne $# ]; then
	echo "$(($# - ran)) tests have not come to their end"
	failed=$((failed + 1))
fi
[ -z "${CHECK_TALLY:-}" ] || echo "$passed $failed" >>"$CHECK_TALLY"
echo "$CHAT_BUILD: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
