/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/lines.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tui/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void
clock_of(int64_t ms, char out[8])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL || strftime(out, 8, "%H:%M", &tm) == 0)
		snprintf(out, 8, "--:--");
}

void
lines_head(struct buf *out, int64_t time, const char *from,
    const char *target, bool own)
{
	char at[8];

	clock_of(time, at);
	(void)buf_addf(out, "%s <", at);
	(void)utf8_clean(out, from, strlen(from));
	if (strcmp(target, "*") != 0) {
		/* A private one to us: the target is the other party. */
		if (*target != '#' && !own)
			/* TRANSLATORS: to whom it is: "<neko -> you>". */
			target = C_("receiver", "you");
		(void)buf_adds(out, " -> ");
		(void)utf8_clean(out, target, strlen(target));
	}
	(void)buf_adds(out, "> ");
}

void
lines_line(struct buf *out, const char *head, const char *text, size_t n)
{
	(void)buf_adds(out, head);
	(void)utf8_clean(out, text, n); /* full: the rest is left out */
	(void)buf_addc(out, '\n');
}

void
lines_text(struct buf *out, const char *head, const char *text)
{
	for (;;) {
		size_t n = strcspn(text, "\n");
		size_t shown = n > 0 && text[n - 1] == '\r' ? n - 1 : n;

		lines_line(out, head, text, shown);
		if (text[n] == '\0')
			return;
		text += n + 1;
		head = "      | ";
	}
}
