/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What two spellings of one target share ("#Batak" and "#batak",
 * "James@Medan" and "james@medan").
 */
#ifndef TUI_KEY_H
#define TUI_KEY_H

#include "shared/wire.h"

#include <stdbool.h>

/*
 * What the server calls a target is taken as it is even where our rules for
 * names would refuse it ("@medan").  False: it could not be a word of a
 * request.
 */
bool key_of_target(const char *target, char key[WIRE_TARGET_CAP]);

/* Two spellings of one target. */
bool key_same(const char *a, const char *b);

#endif
