/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one loop of each program: select(2) over descriptors, timers on the
 * monotonic clock, and calls put off to the end of the turn.  It knows
 * descriptors and callbacks, no more; the arrangement is that of redis's ae.c.
 *
 * The sets given to select are as long as the highest watched descriptor
 * needs and are read and written with the loop's own bit operations, so that
 * FD_SETSIZE (1,024) is no limit.  Linux's select takes sets of any length:
 * select(2), "BUGS", says that the limit is glibc's.
 *
 * A turn: the turn hook, select, expired timers, ready descriptors, deferred
 * calls.  A callback may watch, unwatch and close any descriptor: one that was
 * unwatched in this turn is not called any more, even when its number was
 * opened and watched again (the new one is first seen in the next turn).
 *
 * Nothing here is thread-safe; other threads wake the loop by a descriptor
 * (queue.h).  Times are milliseconds.
 */
#ifndef SHARED_LOOP_H
#define SHARED_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void loop_fd_fn(void *arg, int fd, unsigned ready);
typedef void loop_fn(void *arg);

struct loop *loop_new(void);
void loop_free(struct loop *);

/* Until loop_stop, which lets the turn end; one that came before makes this
 * return at once.  -1 and errno when select fails for another cause than
 * EINTR: a closed descriptor is still watched, which is a broken invariant. */
int loop_run(struct loop *);
void loop_stop(struct loop *);

/* One turn; waits at most max_ms (-1: as long as it takes).  For tests.
 * Result as of loop_run. */
int loop_turn(struct loop *, int max_ms);

/* Called at the head of every turn and again when select has returned. */
void loop_on_turn(struct loop *, loop_fn *, void *arg);

/* CLOCK_MONOTONIC as it was when the turn began or, later, when its select
 * returned. */
int64_t loop_now(const struct loop *);

/* fd is wanted for LOOP_READ, LOOP_WRITE, both or (0) neither; called again
 * for the same fd it replaces.  The descriptor stays the caller's. */
void loop_watch(struct loop *, int fd, unsigned want, loop_fd_fn *, void *arg);
void loop_want(struct loop *, int fd, unsigned want); /* fd is watched */
void loop_unwatch(struct loop *, int fd);             /* unknown: no matter */

/*
 * A timer is a member of its owner's struct; zeroed memory is one that is not
 * set.  It fires once; setting it again moves it.  Its owner unsets it before
 * it goes away.  One that is set by a timer's callback fires in a later turn.
 */
struct loop_timer {
	int64_t due;
	loop_fn *fn;
	void *arg;
	unsigned slot; /* 1 + place in the heap; 0: not set */
};

void loop_timer_set(
    struct loop *, struct loop_timer *, int64_t ms, loop_fn *, void *arg);
void loop_timer_unset(struct loop *, struct loop_timer *);

/*
 * A call at the end of this turn: once, however often it was asked for.  Same
 * ownership as a timer.  A deferred call that defers itself again runs in the
 * next turn, which then does not wait.
 */
struct loop_call {
	struct loop_call *next, **prev;
	loop_fn *fn;
	void *arg;
};

void loop_defer(struct loop *, struct loop_call *, loop_fn *, void *arg);
void loop_defer_cancel(struct loop *, struct loop_call *);

#endif
