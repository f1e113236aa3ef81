/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which of those that are known a name alone means, "James" or "#batak": the
 * one of this realm, however it is spelt; else that of another realm, where
 * only one has it.
 */
#ifndef TUI_MODEL_RESOLVE_NAME_H
#define TUI_MODEL_RESOLVE_NAME_H

#include "shared/wire.h"

#include <stdbool.h>

struct resolve_name {
	char key[WIRE_NAME_CAP]; /* "": it means itself */
	bool group, several;
	char here[WIRE_TARGET_CAP], there[WIRE_TARGET_CAP];
};

/* word: as it was typed; one that names its realm, or is no name, means none
 * of them. */
void resolve_name_begin(struct resolve_name *, const char *word);
void resolve_name_try(struct resolve_name *, const char *target); /* copied */
/* NULL: none of them, or nobody knows which. */
const char *resolve_name_end(const struct resolve_name *);

#endif
