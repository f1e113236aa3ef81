/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What two spellings of one target share ("#Batak" and "#batak",
 * "James@Medan" and "james@medan").
 */
#ifndef TUI_MODEL_NAMES_H
#define TUI_MODEL_NAMES_H

#include "shared/wire.h"

#include <stdbool.h>

/*
 * What the server calls a target is taken as it is even where our rules for
 * names would refuse it ("@medan").  False: it could not be a word of a
 * request.
 */
bool names_key(const char *target, char key[WIRE_TARGET_CAP]);

/* Two spellings of one target. */
bool names_same(const char *a, const char *b);

#endif
