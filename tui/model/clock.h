/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time of day, for what is shown; how long something takes is asked of
 * loop_now(), which no clock that is set can mislead.
 *
 * It is told in the zone that holds now: the machine's may change while we
 * run, when somebody travels or the zone's file is brought up to date.  The C
 * library does not look for that by itself.
 */
#ifndef TUI_MODEL_CLOCK_H
#define TUI_MODEL_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct tm;

int64_t clock_ms(void); /* since 1970, UTC */

/* As localtime_r(3).  False: there is no such time. */
bool clock_local(int64_t ms, struct tm *);

/* Its day, to be compared; 0 is none. */
int clock_day(const struct tm *);

/* Another number than before: the zone is another one, and what was made of a
 * time is to be made again. */
unsigned clock_zone(void);

#endif
