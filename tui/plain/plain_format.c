/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/plain/plain_format.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tui/model/clock.h"
#include "tui/model/day.h"
#include "tui/model/fold.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COMPLAINT_CAP = 16 << 10 };

/* Before what stands below a message's first line, under its time. */
static const char below[] = "      | ";
static const char below_stamp[] = "                          | ";

void
plain_format_begin(struct plain_format *l, int64_t now, bool stamps)
{
	struct tm tm;

	*l = (struct plain_format){ .stamps = stamps };
	if (clock_local(now, &tm))
		l->day = clock_day(&tm);
}

static void
add_stamp(struct buf *out, const struct tm *tm)
{
	long minutes = tm->tm_gmtoff / 60;
	char at[32];

	if (strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%S", tm) > 0)
		(void)buf_addf(out, "%s%c%02ld:%02ld", at,
		    minutes < 0 ? '-' : '+', labs(minutes) / 60,
		    labs(minutes) % 60);
}

static void
add_clock(struct plain_format *l, struct buf *out, const struct tm *tm)
{
	if (l->day != clock_day(tm)) {
		l->day = clock_day(tm);
		(void)buf_adds(out, "-- ");
		day_text(out, tm);
		(void)buf_addc(out, '\n');
	}
	(void)buf_addf(out, "%02d:%02d", tm->tm_hour, tm->tm_min);
}

void
plain_format_head(struct plain_format *l, struct buf *out, int64_t time,
    const char *from,
    const char *target, bool own)
{
	struct tm tm;

	if (!clock_local(time, &tm))
		(void)buf_adds(out, "--:--");
	else if (l->stamps)
		add_stamp(out, &tm);
	else
		add_clock(l, out, &tm);
	(void)buf_adds(out, " <");
	(void)text_clean(out, from, strlen(from));
	if (strcmp(target, "*") != 0) {
		/* A private one to us: the target is the other party. */
		if (*target != '#' && !own)
			/* TRANSLATORS: to whom it is: "<neko -> you>". */
			target = C_("receiver", "you");
		(void)buf_adds(out, " -> ");
		(void)text_clean(out, target, strlen(target));
	}
	(void)buf_adds(out, "> ");
}

void
plain_format_line(struct buf *out, const char *head, const char *text, size_t n)
{
	(void)buf_adds(out, head);
	(void)text_clean(out, text, n); /* full: the rest is left out */
	(void)buf_addc(out, '\n');
}

/* How many lines from text on are blank; *n: bytes of them, but for the last
 * line's end. */
static size_t
blanks(const char *text, size_t *n)
{
	size_t count = 0, at = 0, len;

	*n = 0;
	for (;;) {
		len = strcspn(text + at, "\n");
		if (!utf8_blank(text + at, len))
			return count;
		count++;
		*n = at + len;
		if (text[at + len] == '\0')
			return count;
		at += len + 1;
	}
}

/* What can be said in one line of it; how many bytes that were. */
static size_t
add_line(const struct plain_format *l, struct buf *out, const char *head,
    const char *text)
{
	size_t n, run, shown;
	struct buf told;

	if (l->folds && (run = blanks(text, &n)) >= FOLD_BLANKS) {
		buf_init(&told, PLAIN_FORMAT_HEAD);
		fold_text(&told, FOLD_BLANK, run, false);
		plain_format_line(out, head, buf_data(&told), told.len);
		buf_release(&told);
		return n;
	}
	n = strcspn(text, "\n");
	shown = n > 0 && text[n - 1] == '\r' ? n - 1 : n;
	plain_format_line(out, head, text, shown);
	return n;
}

void
plain_format_text(const struct plain_format *l, struct buf *out, const char *head,
    const char *text)
{
	for (;;) {
		text += add_line(l, out, head, text);
		if (*text == '\0')
			return;
		text++;
		head = l->stamps ? below_stamp : below;
	}
}

void
plain_format_complain(const char *text)
{
	struct buf b;

	buf_init(&b, COMPLAINT_CAP);
	plain_format_line(&b, "chat-tui: ", text, strlen(text));
	(void)fwrite(buf_data(&b), 1, b.len, stderr);
	buf_release(&b);
}
