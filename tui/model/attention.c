/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/attention.h"

void
attention_init(struct attention *a, int64_t now)
{
	*a = (struct attention){ .until = now + ATTENTION_MS };
}

void
attention_use(struct attention *a, int64_t now)
{
	a->until = now + ATTENTION_MS;
}

void
attention_focus(struct attention *a, bool has)
{
	a->focus = has;
	a->until = 0;
}

void
attention_leave(struct attention *a)
{
	attention_focus(a, false);
}

bool
attention_is_there(const struct attention *a, int64_t now)
{
	return a->focus || now < a->until;
}

int64_t
attention_left(const struct attention *a, int64_t now)
{
	return a->focus || now >= a->until ? 0 : a->until - now;
}
