/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/listing.h"

#include "shared/buf.h"
#include "tui/model.h"

#include <stdio.h>
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

void
listing_left_out(struct model *m, int64_t now, size_t shown, size_t all)
{
	struct buf b;

	if (shown >= all)
		return;
	buf_init(&b, LISTING_CAP);
	(void)buf_addf(&b, "  (%zu more)", all - shown);
	listing_row(m, now, &b);
}

void
listing_flat(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++)
		if (!buf_addc(b, *text == '\n' || *text == '\r' ? ' ' : *text))
			return;
}

void
listing_when(int64_t ms, char out[32])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(out, 32, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(out, 32, "?");
}
