/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The errors of the wire in a person's words: each has some, and what can be
 * done about it is said where that is not plain.  The wire's own texts are the
 * older systems' and nothing for a person here.
 */
#ifndef TUI_MODEL_ERRORS_H
#define TUI_MODEL_ERRORS_H

#include "shared/wire.h"

/* A sentence without its end, "there is no user of that name", in the person's
 * language; NULL for WIRE_OK. */
const char *errors_words(enum wire_err);

#endif
