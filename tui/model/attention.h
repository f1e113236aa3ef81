/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a person is at the terminal, as far as one can know it: so that
 * nothing counts as read which nobody saw.  One is there while the terminal
 * reports that it has the focus; where it has not, or reports nothing, for
 * ATTENTION_MS behind each key or click.  Who takes the focus away leaves at
 * once.
 *
 * Times are loop_now()'s, and arguments.
 */
#ifndef TUI_MODEL_ATTENTION_H
#define TUI_MODEL_ATTENTION_H

#include <stdbool.h>
#include <stdint.h>

enum { ATTENTION_MS = 2 * 60 * 1000 };

struct attention {
	bool focus;    /* the last report says so; false also where none came */
	int64_t until; /* somebody is there for what was typed */
};

void attention_init(struct attention *, int64_t now); /* somebody is there */

/* Something was typed or clicked. */
void attention_use(struct attention *, int64_t now);
/* The terminal reports that it has the focus, or has not. */
void attention_focus(struct attention *, bool has);
/* Nobody can see anything until they come back. */
void attention_leave(struct attention *);

bool attention_is_there(const struct attention *, int64_t now);
/* How long that holds unless something happens; 0: for ever. */
int64_t attention_left(const struct attention *, int64_t now);

#endif
