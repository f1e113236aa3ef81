/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line for whose it is, then "+TARGET" for each that is open and "-N TARGET"
 * for each that was closed with N unread.
 */
#include "tui/model/layout.h"

#include "shared/buf.h"
#include "shared/loop.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/store/account.h"
#include "tui/model/model.h"
#include "tui/store/state.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER_BYTES = 256 << 10 };

struct layout {
	struct loop *loop;
	struct model *model;
	char *account, *path; /* NULL: nobody's */
	uint64_t written;     /* model_list() of what the file says */
	int64_t when;         /* it was last written */
	struct loop_timer timer;
};

struct layout *
layout_new(struct loop *loop, struct model *m)
{
	struct layout *o = xcalloc(1, sizeof(*o));

	o->loop = loop;
	o->model = m;
	o->when = loop_now(loop) - LAYOUT_MS;
	return o;
}

void
layout_close(struct layout *o)
{
	loop_timer_unset(o->loop, &o->timer);
	free(o->account);
	free(o->path);
	o->account = o->path = NULL;
}

void
layout_free(struct layout *o)
{
	if (o == NULL)
		return;
	layout_write(o);
	layout_close(o);
	free(o);
}

/* ---- reading ----------------------------------------------------------- */

static void
take_closed(struct layout *o, char *line)
{
	char *target = strchr(line, ' ');
	int64_t unread;

	if (target == NULL)
		return;
	*target++ = '\0';
	if (wire_number(line, INT32_MAX, &unread))
		model_restore_closed(o->model, target, (size_t)unread);
}

static void
take(struct layout *o, char *text)
{
	char *line = strsep(&text, "\n");
	size_t open = 0, closed = 0;

	if (strcmp(line, o->account) != 0)
		return;
	while ((line = strsep(&text, "\n")) != NULL)
		if (*line == '+' && open++ < LAYOUT_MAX)
			model_restore(o->model, line + 1);
		else if (*line == '-' && closed++ < LAYOUT_MAX)
			take_closed(o, line + 1);
}

void
layout_open(struct layout *o, const char *server, const char *user)
{
	char *account = account_name(server, user), *text;
	char why[STATE_WHY_CAP];

	if (account == NULL ||
	    (o->account != NULL && strcmp(o->account, account) == 0)) {
		free(account);
		return;
	}
	layout_close(o);
	o->path = account_path(account, "order");
	if (o->path == NULL) {
		free(account);
		return;
	}
	o->account = account;
	text = state_get(o->path, ORDER_BYTES, why);
	if (text != NULL)
		take(o, text);
	free(text);
	o->written = model_list(o->model);
}

/* ---- writing ----------------------------------------------------------- */

static void
put_open(const struct model *m, struct buf *b)
{
	size_t n = model_convos(m);

	for (size_t i = 1; i < n && i <= LAYOUT_MAX; i++)
		buf_addf(b, "+%s\n", convo_target(model_convo(m, i)));
}

/* The newest. */
static void
put_closed(const struct model *m, struct buf *b)
{
	size_t n = model_closed_count(m), unread;
	size_t i = n > LAYOUT_MAX ? n - LAYOUT_MAX : 0;

	for (; i < n; i++) {
		const char *target = model_closed_at(m, i, &unread);

		buf_addf(b, "-%zu %s\n", unread, target);
	}
}

void
layout_write(struct layout *o)
{
	char why[STATE_WHY_CAP];
	struct buf b;

	loop_timer_unset(o->loop, &o->timer);
	if (o->account == NULL || o->written == model_list(o->model))
		return;
	o->written = model_list(o->model);
	o->when = loop_now(o->loop);
	buf_init(&b, ORDER_BYTES);
	buf_addf(&b, "%s\n", o->account);
	put_open(o->model, &b);
	put_closed(o->model, &b);
	(void)state_put(o->path, buf_data(&b), why); /* see layout_open */
	buf_release(&b);
}

static void
on_timer(void *arg)
{
	layout_write(arg);
}

void
layout_changed(struct layout *o)
{
	int64_t wait = o->when + LAYOUT_MS - loop_now(o->loop);

	if (o->account == NULL || o->timer.slot != 0 ||
	    o->written == model_list(o->model))
		return;
	if (wait <= 0)
		layout_write(o);
	else
		loop_timer_set(o->loop, &o->timer, wait, on_timer, o);
}
