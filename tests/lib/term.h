/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program in a terminal for a test: a pseudo-terminal whose other end is
 * libvterm, so that a test types as a person does and sees what a person sees.
 *
 * Waiting is for something to be seen, with a deadline (DEADLINE_MS), while
 * the output of all terminals is taken in; what does not come fails the
 * running cmocka test with the screen as it is.
 *
 * The program's home is an empty folder of its own (XDG_* lie in it), its
 * terminal xterm-256color, its locale C.UTF-8, its time UTC.
 */
#ifndef TESTS_LIB_TERM_H
#define TESTS_LIB_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct term;
struct termios;

struct term_options {
	int rows, cols;          /* 0: 24, 80 */
	const char *home;        /* NULL: a new one; see term_home */
	const char *const *env;  /* more NAME=VALUE, NULL-ended; or NULL */
	bool joins; /* as some terminals do, and libvterm does not: what is
	             * written behind a joiner (U+200D, an Indic virama) goes to
	             * its cell, and takes no column */
};

/* argv[0] without a slash is taken from CHAT_BUILD. */
struct term *term_open(const struct term_options *, const char *const argv[]);

/* Hangs up, and kills what does not end by that. */
void term_close(struct term *);

/* To the program alone; it may die of it. */
void term_signal(struct term *, int sig);
/* kill -9, and that it has ended. */
void term_kill(struct term *);

/* The terminal goes away, and the program may notice. */
void term_hang_up(struct term *);

/* Where the home of a program that has ended, or still runs, is; good until
 * terms_cleanup. */
const char *term_home(const struct term *);
pid_t term_pid(const struct term *);

/* A cmocka teardown: closes all, removes their homes. */
int terms_cleanup(void **state);

/* ---- in ---------------------------------------------------------------- */

void term_type(struct term *, const char *);
void term_send(struct term *, const void *, size_t);
void term_resize(struct term *, int rows, int cols);

/* The window gets the focus, or loses it.  False: the terminal was not asked to
 * report that. */
bool term_focus(struct term *, bool has);

/* As Ctrl-S and Ctrl-Q do: it takes nothing that the program writes. */
void term_stall(struct term *, bool on);

/* ---- out --------------------------------------------------------------- */

/* What has come by now is taken in, so that the program can go on. */
void term_take(struct term *);

/* Until text stands in one row. */
void term_await(struct term *, const char *text);
/* Until it stands in none. */
void term_await_gone(struct term *, const char *text);
/* Until row (from the end, where negative) contains text. */
void term_await_row(struct term *, int row, const char *text);
/* Until it is that, and no more. */
void term_await_row_is(struct term *, int row, const char *text);
/* Until the cursor is there. */
void term_await_cursor(struct term *, int row, int col);
/* Until fn says true; what: for the failure's text. */
void term_await_that(struct term *, bool (*fn)(struct term *, void *arg),
    void *arg, const char *what);

/* Until the program has ended; its status as waitpid(2) tells it. */
int term_await_end(struct term *);

/* A row without the blanks at its end; borrowed until the next call. */
const char *term_row(struct term *, int row);
/* The whole, a line a row; the caller frees it. */
char *term_screen(struct term *);
bool term_shows(struct term *, const char *text);
/* Where text begins, in cells; false: nowhere. */
bool term_find(struct term *, const char *text, int *row, int *col);
/* The row in which it stands; waits for it. */
int term_row_of(struct term *, const char *text);
/* Whether text begins in that cell. */
bool term_is_at(struct term *, int row, int col, const char *text);
void term_cursor(struct term *, int *row, int *col);

struct term_look {
	bool bold, reverse, colored;
	int color; /* of the palette; -1: none or direct */
};
struct term_look term_look_at(struct term *, int row, int col);

bool term_alternate(struct term *); /* the other screen: full-screen mode */
bool term_cursor_hidden(struct term *);
bool term_mouse(struct term *); /* it reports the mouse */
/* Also when the program has ended. */
void term_modes(struct term *, struct termios *);

/* Every byte that the program has sent. */
const char *term_bytes(struct term *, size_t *n);

/* Fails the test, with the screen. */
void term_fail(struct term *, const char *what);

#endif
