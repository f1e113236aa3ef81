/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/text.h"

enum { TEXT_BYTES = 1024 };

bool
notify_parse(const char *word, enum notify_how *how)
{
	static const char *const words[] = {
		[NOTIFY_NONE] = "none",
		[NOTIFY_OSC9] = "osc9",
		[NOTIFY_OSC777] = "osc777",
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0) {
			*how = (enum notify_how)i;
			return true;
		}
	return false;
}

void
notify_release(struct notify *n)
{
	free(n->text);
	memset(n, 0, sizeof(*n));
}

static bool
is_private(const struct convo *c)
{
	const char *target = convo_target(c);

	return *target != '*' && *target != '#';
}

void
notify_item(struct notify *n, const struct model *m, const struct convo *c,
    const struct item *it, enum model_how how)
{
	size_t len;

	if (how != MODEL_LIVE || it->kind != ITEM_MESSAGE || it->own ||
	    !(it->mention || is_private(c)) || model_quiet(m, c))
		return;
	n->due = true;
	if (n->how == NOTIFY_NONE)
		return;
	len = strlen(it->text);
	if (len > TEXT_BYTES)
		len = utf8_cut(it->text, TEXT_BYTES);
	snprintf(n->from, sizeof(n->from), "%s", it->from);
	free(n->text);
	n->text = xmemdup0(it->text, len);
}

/*
 * Nothing of others' may end the sequence or begin another: ESC, BEL and C1
 * are made visible by text_clean().  ';' would part the fields of OSC 777, and
 * make "4;" at the head of OSC 9 a progress bar.
 */
static void
add_clean(struct buf *out, const char *s, int cols)
{
	struct buf b;
	const char *p;
	size_t i, n, len;
	int w;

	buf_init(&b, NOTIFY_CAP);
	(void)text_clean(&b, s, strlen(s));
	p = buf_data(&b);
	for (i = 0, n = b.len; i < n; i += len) {
		len = utf8_cluster(p + i, n - i);
		w = utf8_cluster_width(p + i, len);
		if (len == 0 || w > cols)
			break;
		cols -= w;
		if (len == 1 && p[i] == ';')
			(void)buf_addc(out, ',');
		else
			(void)buf_add(out, p + i, len);
	}
	buf_release(&b);
}

static void
add_notice(const struct notify *n, struct buf *out)
{
	if (n->how == NOTIFY_OSC9) {
		(void)buf_adds(out, "\033]9;");
		add_clean(out, n->from, NOTIFY_TEXT);
		(void)buf_adds(out, ": ");
	} else {
		(void)buf_adds(out, "\033]777;notify;");
		add_clean(out, n->from, NOTIFY_TEXT);
		(void)buf_addc(out, ';');
	}
	add_clean(out, n->text, NOTIFY_TEXT);
	(void)buf_adds(out, "\033\\");
}

bool
notify_take(struct notify *n, int64_t now, struct buf *out)
{
	if (!n->due || (n->last != 0 && now - n->last < NOTIFY_PAUSE_MS))
		return false;
	n->due = false;
	n->last = now;
	if (!n->no_bell)
		(void)buf_addc(out, '\a');
	if (n->how != NOTIFY_NONE && n->text != NULL)
		add_notice(n, out);
	return true;
}
