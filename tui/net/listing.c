/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/listing.h"

#include "shared/buf.h"
#include "shared/xalloc.h"
#include "tui/model/clock.h"
#include "tui/model/model.h"
#include "tui/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void
listing_head(struct model *m, int64_t now, struct buf *b)
{
	model_notice(m, now, buf_data(b));
	buf_release(b);
}

void
listing_row(struct model *m, int64_t now, struct buf *b)
{
	model_notice_more(m, now, buf_data(b));
	buf_release(b);
}

/*
 * Into b, which is begun here, behind what stands before it; on one line: what
 * others wrote may not break into several of ours.
 */
static void
put_flat(struct buf *b, const char *before, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

static void
put_flat(struct buf *b, const char *before, const char *fmt, va_list ap)
{
	char *text = xvasprintf(fmt, ap);

	buf_init(b, LISTING_CAP);
	(void)buf_adds(b, before);
	for (const char *s = text; *s != '\0'; s++)
		if (!buf_addc(b, *s == '\n' || *s == '\r' ? ' ' : *s))
			break;
	free(text);
}

void
listing_headf(struct model *m, int64_t now, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	va_start(ap, fmt);
	put_flat(&b, "", fmt, ap);
	va_end(ap);
	listing_head(m, now, &b);
}

void
listing_rowf(struct model *m, int64_t now, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	va_start(ap, fmt);
	put_flat(&b, "  ", fmt, ap);
	va_end(ap);
	listing_row(m, now, &b);
}

void
listing_left_out(struct model *m, int64_t now, size_t shown, size_t all)
{
	if (shown < all)
		listing_rowf(m, now,
		    ngettext("(%zu more)", "(%zu more)", all - shown),
		    all - shown);
}

void
listing_hidden_words(struct buf *b, size_t n)
{
	buf_addf(b, ngettext("(%zu left out, of people you ignore)",
	    "(%zu left out, of people you ignore)", n), n);
}

void
listing_hidden(struct model *m, int64_t now, size_t n)
{
	struct buf b;

	if (n == 0)
		return;
	buf_init(&b, LISTING_CAP);
	listing_hidden_words(&b, n);
	listing_rowf(m, now, "%s", buf_data(&b));
	buf_release(&b);
}

char *
listing_who(const char *user, const char *name)
{
	return *name == '\0' ? xstrdup(user) :
	    xasprintf("%s [%s]", user, name);
}

void
listing_when(int64_t ms, char out[32])
{
	struct tm tm;

	if (!clock_local(ms, &tm) ||
	    strftime(out, 32, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(out, 32, "?");
}
