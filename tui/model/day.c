/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/day.h"

#include "shared/buf.h"
#include "tui/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PARTS = 4, NUMBER_CAP = 16 };

static const char *const weekdays[] = {
	/* TRANSLATORS: days and months as they are written in a date. */
	N_("Sunday"),
	N_("Monday"),
	N_("Tuesday"),
	N_("Wednesday"),
	N_("Thursday"),
	N_("Friday"),
	N_("Saturday"),
};

static const char *const months[] = {
	N_("January"),
	N_("February"),
	N_("March"),
	N_("April"),
	N_("May"),
	N_("June"),
	N_("July"),
	N_("August"),
	N_("September"),
	N_("October"),
	N_("November"),
	N_("December"),
};

struct part {
	const char *name, *value;
};

/* The part that the brace at s begins; how many bytes of s that takes. */
static size_t
add_part(struct buf *b, const char *s, const struct part part[PARTS])
{
	for (size_t i = 0; i < PARTS; i++) {
		size_t n = strlen(part[i].name);

		if (strncmp(s, part[i].name, n) == 0) {
			(void)buf_adds(b, part[i].value);
			return n;
		}
	}
	(void)buf_addc(b, *s);
	return 1;
}

void
day_format(struct buf *b, const char *format, const struct tm *tm)
{
	char day[NUMBER_CAP], year[NUMBER_CAP];
	const struct part part[PARTS] = {
		{ "{weekday}", _(weekdays[tm->tm_wday]) },
		{ "{day}", day },
		{ "{month}", _(months[tm->tm_mon]) },
		{ "{year}", year },
	};
	const char *s = format;

	snprintf(day, sizeof(day), "%02d", tm->tm_mday);
	snprintf(year, sizeof(year), "%lld", 1900LL + tm->tm_year);
	while (*s != '\0') {
		size_t n = strcspn(s, "{");

		(void)buf_add(b, s, n);
		s += n;
		if (*s != '\0')
			s += add_part(b, s, part);
	}
}

void
day_text(struct buf *b, const struct tm *tm)
{
	/* TRANSLATORS: what is in braces stays in English, in the order of
	 * your language: it becomes "Saturday, 21 November 2026". */
	day_format(b, _("{weekday}, {day} {month} {year}"), tm);
}
