/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A day in words: "Saturday, 21 November 2026".  The names of days and months
 * are the catalog's, not those of LC_TIME (strftime(3)): the program's language
 * may be told by LANGUAGE or a setting alone.
 */
#ifndef TUI_MODEL_DAY_H
#define TUI_MODEL_DAY_H

struct buf;
struct tm;

/* Adds it to the buffer, in the person's language. */
void day_text(struct buf *, const struct tm *);

/* The same by a format, in which {weekday}, {day} (two digits), {month} and
 * {year} stand for those; what else is in braces stays as it is. */
void day_format(struct buf *, const char *format, const struct tm *);

#endif
