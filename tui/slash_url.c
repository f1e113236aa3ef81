/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /links: the links of the conversation that is shown. */
#include "tui/slash_inner.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/clock.h"
#include "tui/listing.h"
#include "tui/model.h"
#include "tui/text.h"
#include "tui/url.h"

#include <stdlib.h>
#include <string.h>

enum { LINKS_MAX = 100, TEXT_CAP = 1 << 18 };

/* The newest, each once, the newest first. */
struct found {
	char *url[LINKS_MAX];
	const struct item *item[LINKS_MAX]; /* where it was said last */
	size_t count;
	bool more; /* there are older ones */
};

static bool
is_known(const struct found *f, const char *s, size_t n)
{
	for (size_t i = 0; i < f->count; i++)
		if (strlen(f->url[i]) == n && memcmp(f->url[i], s, n) == 0)
			return true;
	return false;
}

static void
put(struct found *f, const struct item *it, const char *s, size_t n)
{
	if (is_known(f, s, n))
		return;
	if (f->count == LINKS_MAX) {
		f->more = true;
		return;
	}
	f->item[f->count] = it;
	f->url[f->count++] = xmemdup0(s, n);
}

/* Of one message the last comes first, too. */
static void
find_in(struct found *f, const struct item *it, const char *s, size_t n)
{
	size_t at = 0, len;

	if (!url_find(s, n, &at, &len))
		return;
	find_in(f, it, s + at + len, n - at - len);
	put(f, it, s + at, len);
}

static void
find_all(struct found *f, const struct convo *c)
{
	struct buf b;

	buf_init(&b, TEXT_CAP);
	for (size_t i = convo_count(c); i-- > 0 && !f->more;) {
		const struct item *it = convo_item(c, i);

		if (it->kind == ITEM_NOTICE)
			continue;
		buf_clear(&b);
		utf8_clean(&b, it->text, strlen(it->text));
		find_in(f, it, buf_data(&b), b.len);
	}
	buf_release(&b);
}

/* The notices make the items go on: what is wanted of them comes first. */
static void
list(struct model *m, struct found *f, const struct convo *c)
{
	bool all = convo_begin(c) && !f->more;
	int64_t now = clock_ms();
	struct buf b, rows;

	buf_init(&rows, TEXT_CAP);
	for (size_t i = f->count; i-- > 0;) {
		char when[32];

		listing_when(f->item[i]->time, when);
		buf_addf(&rows, "%s%s %s: %s", i + 1 < f->count ? "\n" : "",
		    when, f->item[i]->from, f->url[i]);
	}
	buf_init(&b, LISTING_CAP);
	buf_adds(&b, all ?
	    _("the links of this conversation, the newest last:") :
	    _("the links of what is held here, the newest last; /history "
	    "brings older ones:"));
	listing_head(m, now, &b);
	listing_row(m, now, &rows);
}

bool
slash_links(struct run *r)
{
	struct model *m = r->s->model;
	const struct convo *c = model_current(m);
	struct found f = { 0 };

	find_all(&f, c);
	if (f.count == 0)
		slash_say(r->s, "%s", convo_begin(c) ? _("no links here") :
		    _("no links here, as far as it is held; /history brings "
		    "older messages"));
	else
		list(m, &f, c);
	while (f.count > 0)
		free(f.url[--f.count]);
	return true;
}
