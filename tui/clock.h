/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time of day, for what is shown; how long something takes is asked of
 * loop_now(), which no clock that is set can mislead.
 */
#ifndef TUI_CLOCK_H
#define TUI_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void); /* since 1970, UTC */

#endif
