#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# deps.sh PACKAGE...: installs those Debian packages that are missing, and says
# so.  Reads nothing from standard input: `make demo` is fed lines to chat.
set -eu
mkdir -p build

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "deps: no Debian here; needed are these packages or what is" \
	    "like them: $*" >&2
	exit 0
fi

missing=
for p in "$@"; do
	state=$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null || :)
	[ "$state" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null 2>&1 || {
		echo "deps: as root: apt-get install$missing" >&2
		exit 1
	}
	sudo=sudo
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of words, and sudo may be none
{
	$sudo apt-get update -qq
	$sudo apt-get install -y -qq --no-install-recommends $missing
} </dev/null >build/apt.log 2>&1 || {
	cat build/apt.log >&2
	echo "deps: apt-get failed; needed are:$missing" >&2
	exit 1
}
