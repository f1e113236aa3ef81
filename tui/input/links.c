/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/links.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/model/model.h"
#include "tui/model/url.h"

#include <stdlib.h>
#include <string.h>

enum { LINKS_MAX = 100, TEXT_CAP = 1 << 18 };

struct links {
	struct link link[LINKS_MAX]; /* the newest first */
	size_t count;
	bool more;
};

struct links *
links_new(void)
{
	return xcalloc(1, sizeof(struct links));
}

static void
clear(struct links *l)
{
	while (l->count > 0) {
		l->count--;
		free(l->link[l->count].url);
		free(l->link[l->count].from);
	}
	l->more = false;
}

void
links_free(struct links *l)
{
	if (l == NULL)
		return;
	clear(l);
	free(l);
}

static bool
is_known(const struct links *l, const char *s, size_t n)
{
	for (size_t i = 0; i < l->count; i++)
		if (strlen(l->link[i].url) == n &&
		    memcmp(l->link[i].url, s, n) == 0)
			return true;
	return false;
}

static void
put(struct links *l, const struct item *it, const char *s, size_t n)
{
	if (is_known(l, s, n))
		return;
	if (l->count == LINKS_MAX) {
		l->more = true;
		return;
	}
	l->link[l->count++] = (struct link){
		.url = xmemdup0(s, n),
		.from = xstrdup(it->from),
		.time = it->time,
	};
}

/* Of one message the last comes first, too. */
static void
find_in(struct links *l, const struct item *it, const char *s, size_t n)
{
	size_t at = 0, len;

	if (!url_find(s, n, &at, &len))
		return;
	find_in(l, it, s + at + len, n - at - len);
	put(l, it, s + at, len);
}

void
links_find(struct links *l, const struct convo *c)
{
	struct buf b;

	clear(l);
	buf_init(&b, TEXT_CAP);
	for (size_t i = convo_count(c); i-- > 0 && !l->more;) {
		const struct item *it = convo_item(c, i);

		if (it->kind == ITEM_NOTICE)
			continue;
		buf_clear(&b);
		utf8_clean(&b, it->text, strlen(it->text));
		find_in(l, it, buf_data(&b), b.len);
	}
	buf_release(&b);
}

const struct link *
links_at(const struct links *l, size_t i)
{
	return i < l->count ? &l->link[l->count - 1 - i] : NULL;
}

size_t
links_count(const struct links *l)
{
	return l->count;
}

bool
links_more(const struct links *l)
{
	return l->more;
}
