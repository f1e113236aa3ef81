#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# tidy.sh FILE...: clang-tidy with the flags that the Makefile compiles with.
exec clang-tidy --quiet "$@" -- -std=c11 -I. -D_GNU_SOURCE '-DCHAT_VERSION=""' '-DLOCALEDIR=""'
