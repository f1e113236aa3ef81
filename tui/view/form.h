/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is asked before there is anybody: server, name, password, whether to
 * log in or to register (then the password again and a real name, which may
 * stay empty).  The field that is being typed in is lineedit's line.
 *
 * Passwords are wiped when they are given up.
 */
#ifndef TUI_VIEW_FORM_H
#define TUI_VIEW_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/term/keys.h"

struct form;
struct pane;
struct settings;
struct ui_ask;
struct ui_login;

enum form_key {
	FORM_PASS,   /* belongs to the line */
	FORM_TAKEN,
	FORM_SUBMIT  /* form_answer() has what was filled in */
};

/* settings: as for stream_new. */
struct form *form_new(const struct settings *);
void form_free(struct form *);

/* Begins, or goes on after a refusal; takes lineedit's line. */
void form_ask(struct form *, const struct ui_ask *);
/* Why no answer comes to what was submitted, or "": shown while it waits. */
void form_trouble(struct form *, const char *why);
/* Gives the line back, empty; wipes. */
void form_done(struct form *);

enum form_key form_press(
    struct form *, enum keys_key, const char *bytes, size_t n);
/* Behind each key of the line: a field may hold "auth messi surabaya", as an
 * older client takes it; then name and password go where they belong. */
void form_typed(struct form *);
/* Enter in a field: the next, or in the last one, FORM_SUBMIT. */
enum form_key form_enter(struct form *, const char *line);

/* Borrowed until the next call. */
void form_answer(const struct form *, struct ui_login *);

/* The place of the cursor in the pane. */
void form_draw(struct form *, const struct pane *, int *row, int *col);

#endif
