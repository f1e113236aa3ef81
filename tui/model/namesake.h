/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Users whose name means everyone or the server (wire_name_reserved): accounts
 * that are older than the rule.  "everyone" in the bar must not be taken for
 * everyone, so such a user is called NAME@REALM in all that is shown and in all
 * that is typed.  One's own name stays as it is.
 */
#ifndef TUI_MODEL_NAMESAKE_H
#define TUI_MODEL_NAMESAKE_H

#include <jansson.h>

#include <stdbool.h>

struct model_status;

/* user: a name alone of somebody else's, which must have its realm. */
bool namesake_is(const struct model_status *, const char *user);

/* All users that the server's reply or event names are called so from here on,
 * but for those in the older systems' lists. */
void namesake_name(const struct model_status *, json_t *o);

/* The same in one of these, "messi, everyone, ", "List user: messi,everyone" or
 * "everyone [Real Name]".  The caller frees it. */
char *namesake_list(const struct model_status *, const char *text);

/* Why word, as it was typed, is nobody; NULL: it may be somebody.  The caller
 * frees it. */
char *namesake_why(const struct model_status *, const char *word);

#endif
