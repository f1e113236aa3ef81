/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answers to what a command asked, as notices in the model; and the
 * server's errors in a person's words.
 */
#ifndef TUI_NET_ANSWER_H
#define TUI_NET_ANSWER_H

#include "tui/net/client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct model;

enum { ANSWER_WHY_CAP = 256, ANSWER_COMMAND_CAP = 32 };

/* errors.h's words for a reply.  Of a code that is not known here only the code
 * is told. */
void answer_why(const json_t *reply, char why[ANSWER_WHY_CAP]);

/* False: the reply is not of the form that it must have. */
bool answer_print(struct model *, enum client_ask, const json_t *reply,
    int64_t now);

/* A deed (client_do) is done: "lineker is banned from #batak". */
void answer_done(struct model *, enum client_ask, const char *whom,
    const char *where, int64_t now);

/* The request without its tag, token sign and parameters: "who"; and whether
 * it needs a login. */
const char *answer_verb(enum client_ask, bool *token);

/* The command that a person types for it: "/who". */
void answer_command(enum client_ask, char name[ANSWER_COMMAND_CAP]);

#endif
