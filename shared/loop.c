/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/loop.h"

#include <sys/select.h>

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shared/xalloc.h"

enum { WORD_BITS = sizeof(unsigned long) * CHAR_BIT };

/* Longest sleep; a timer beyond it is looked at again then. */
enum { WAIT_MAX_MS = 24 * 3600 * 1000 };

struct watch {
	loop_fd_fn *fn; /* NULL: not watched */
	void *arg;
	uint64_t since; /* number of the turn in which it was set */
};

struct calls {
	struct loop_call *first, **last;
};

struct loop {
	struct watch *watch; /* by descriptor: words * WORD_BITS of them */
	unsigned long *want[2], *ready[2]; /* to read, to write */
	size_t words;
	int highest; /* watched descriptor; -1: none */

	struct loop_timer **heap; /* by due; heap[0] is the next one */
	unsigned timers, timers_cap;

	struct calls deferred, running;

	loop_fn *on_turn;
	void *on_turn_arg;

	uint64_t turn; /* counted as select returns */
	int64_t now;
	bool expiring, stop;
};

static int64_t
monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct loop *
loop_new(void)
{
	struct loop *l = xcalloc(1, sizeof *l);

	l->highest = -1;
	l->now = monotonic_ms();
	l->deferred.last = &l->deferred.first;
	l->running.last = &l->running.first;
	return l;
}

void
loop_free(struct loop *l)
{
	int i;

	if (l == NULL)
		return;
	for (i = 0; i < 2; i++) {
		free(l->want[i]);
		free(l->ready[i]);
	}
	free(l->watch);
	free(l->heap);
	free(l);
}

int64_t
loop_now(const struct loop *l)
{
	return l->now;
}

void
loop_on_turn(struct loop *l, loop_fn *fn, void *arg)
{
	l->on_turn = fn;
	l->on_turn_arg = arg;
}

/* ---- descriptors ------------------------------------------------------ */

static size_t
word_of(int fd)
{
	return (size_t)fd / WORD_BITS;
}

static unsigned long
bit_of(int fd)
{
	return 1UL << ((size_t)fd % WORD_BITS);
}

static void
set_bit(unsigned long *set, int fd, bool on)
{
	if (on)
		set[word_of(fd)] |= bit_of(fd);
	else
		set[word_of(fd)] &= ~bit_of(fd);
}

static bool
is_watched(const struct loop *l, int fd)
{
	return fd >= 0 && word_of(fd) < l->words && l->watch[fd].fn != NULL;
}

static void
grow_set(unsigned long **set, size_t from, size_t to)
{
	*set = xreallocarray(*set, to, sizeof **set);
	memset(*set + from, 0, (to - from) * sizeof **set);
}

static void
make_place(struct loop *l, int fd)
{
	size_t from = l->words, to = from == 0 ? 1 : from;
	int i;

	while (to <= word_of(fd))
		to *= 2;
	if (to == from)
		return;
	for (i = 0; i < 2; i++) {
		grow_set(&l->want[i], from, to);
		grow_set(&l->ready[i], from, to);
	}
	l->watch =
	    xreallocarray(l->watch, to * WORD_BITS, sizeof *l->watch);
	memset(l->watch + from * WORD_BITS, 0,
	    (to - from) * WORD_BITS * sizeof *l->watch);
	l->words = to;
}

void
loop_watch(
    struct loop *l, int fd, unsigned want, loop_fd_fn *fn, void *arg)
{
	assert(fd >= 0 && fn != NULL);
	make_place(l, fd);
	l->watch[fd] = (struct watch){ fn, arg, l->turn };
	if (fd > l->highest)
		l->highest = fd;
	loop_want(l, fd, want);
}

void
loop_want(struct loop *l, int fd, unsigned want)
{
	assert(is_watched(l, fd));
	set_bit(l->want[0], fd, (want & LOOP_READ) != 0);
	set_bit(l->want[1], fd, (want & LOOP_WRITE) != 0);
}

void
loop_unwatch(struct loop *l, int fd)
{
	if (!is_watched(l, fd))
		return;
	loop_want(l, fd, 0);
	l->watch[fd].fn = NULL;
	while (l->highest >= 0 && l->watch[l->highest].fn == NULL)
		l->highest--;
}

static void
call_watch(struct loop *l, int fd)
{
	const struct watch *w = &l->watch[fd];
	unsigned long bit = bit_of(fd);
	size_t at = word_of(fd);
	unsigned ready = 0;

	/* A callback before this one may have changed what is wanted, or put
	 * another descriptor in the place of the one that select saw. */
	if (w->fn == NULL || w->since == l->turn)
		return;
	if ((l->ready[0][at] & l->want[0][at] & bit) != 0)
		ready |= LOOP_READ;
	if ((l->ready[1][at] & l->want[1][at] & bit) != 0)
		ready |= LOOP_WRITE;
	if (ready != 0)
		w->fn(w->arg, fd, ready);
}

static void
call_ready(struct loop *l, size_t words)
{
	unsigned long bits;
	size_t i;

	for (i = 0; i < words; i++) {
		bits = l->ready[0][i] | l->ready[1][i];
		for (; bits != 0; bits &= bits - 1)
			call_watch(l,
			    (int)(i * WORD_BITS) + __builtin_ctzl(bits));
	}
}

/* ---- timers ----------------------------------------------------------- */

static void
heap_put(struct loop *l, unsigned at, struct loop_timer *t)
{
	l->heap[at] = t;
	t->slot = at + 1;
}

static void
heap_up(struct loop *l, unsigned at, struct loop_timer *t)
{
	for (; at > 0; at = (at - 1) / 2) {
		if (l->heap[(at - 1) / 2]->due <= t->due)
			break;
		heap_put(l, at, l->heap[(at - 1) / 2]);
	}
	heap_put(l, at, t);
}

static void
heap_down(struct loop *l, unsigned at, struct loop_timer *t)
{
	unsigned child;

	for (; (child = 2 * at + 1) < l->timers; at = child) {
		if (child + 1 < l->timers &&
		    l->heap[child + 1]->due < l->heap[child]->due)
			child++;
		if (t->due <= l->heap[child]->due)
			break;
		heap_put(l, at, l->heap[child]);
	}
	heap_put(l, at, t);
}

void
loop_timer_set(struct loop *l, struct loop_timer *t, int64_t ms, loop_fn *fn,
    void *arg)
{
	loop_timer_unset(l, t);
	t->fn = fn;
	t->arg = arg;
	/* One that is set while timers expire waits for the next turn, or
	 * timers of no time at all would keep this one from ending. */
	if (ms < (l->expiring ? 1 : 0))
		ms = l->expiring ? 1 : 0;
	t->due = ms > INT64_MAX - l->now ? INT64_MAX : l->now + ms;
	if (l->timers == l->timers_cap) {
		l->timers_cap = l->timers_cap == 0 ? 16 : 2 * l->timers_cap;
		l->heap = xreallocarray(
		    l->heap, l->timers_cap, sizeof(void *));
	}
	heap_up(l, l->timers++, t);
}

void
loop_timer_unset(struct loop *l, struct loop_timer *t)
{
	struct loop_timer *last;
	unsigned at;

	if (t->slot == 0)
		return;
	at = t->slot - 1;
	t->slot = 0;
	last = l->heap[--l->timers];
	if (last == t)
		return;
	if (at > 0 && last->due < l->heap[(at - 1) / 2]->due)
		heap_up(l, at, last);
	else
		heap_down(l, at, last);
}

static void
call_expired(struct loop *l)
{
	struct loop_timer *t;

	l->expiring = true;
	while (l->timers > 0 && l->heap[0]->due <= l->now) {
		t = l->heap[0];
		loop_timer_unset(l, t);
		t->fn(t->arg);
	}
	l->expiring = false;
}

/* ---- deferred calls --------------------------------------------------- */

void
loop_defer(struct loop *l, struct loop_call *c, loop_fn *fn, void *arg)
{
	c->fn = fn;
	c->arg = arg;
	if (c->prev != NULL)
		return;
	c->next = NULL;
	c->prev = l->deferred.last;
	*l->deferred.last = c;
	l->deferred.last = &c->next;
}

static void
take_out(struct calls *list, struct loop_call *c)
{
	*c->prev = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	if (list->last == &c->next)
		list->last = c->prev;
	c->next = NULL;
	c->prev = NULL;
}

void
loop_defer_cancel(struct loop *l, struct loop_call *c)
{
	if (c->prev == NULL)
		return;
	/* Only the last one of a list matters to the list. */
	take_out(l->running.last == &c->next ? &l->running : &l->deferred, c);
}

static void
call_deferred(struct loop *l)
{
	struct loop_call *c;

	/* What is deferred from here on is for the next turn. */
	if (l->deferred.first == NULL)
		return;
	l->running = l->deferred;
	l->running.first->prev = &l->running.first;
	l->deferred.first = NULL;
	l->deferred.last = &l->deferred.first;
	while ((c = l->running.first) != NULL) {
		take_out(&l->running, c);
		c->fn(c->arg);
	}
}

/* ---- turns ------------------------------------------------------------ */

static void
call_hook(struct loop *l)
{
	if (l->on_turn != NULL)
		l->on_turn(l->on_turn_arg);
}

/* How long select may sleep; NULL: as long as it takes. */
static struct timeval *
time_to_wait(const struct loop *l, int max_ms, struct timeval *tv)
{
	int64_t ms = max_ms;

	if (l->timers > 0) {
		int64_t due = l->heap[0]->due - l->now;

		if (ms < 0 || due < ms)
			ms = due < 0 ? 0 : due;
	}
	if (l->deferred.first != NULL || l->stop)
		ms = 0;
	if (ms < 0)
		return NULL;
	if (ms > WAIT_MAX_MS)
		ms = WAIT_MAX_MS;
	tv->tv_sec = (time_t)(ms / 1000);
	tv->tv_usec = (suseconds_t)(ms % 1000 * 1000);
	return tv;
}

static int
wait_ready(struct loop *l, int max_ms, size_t *words)
{
	struct timeval tv, *wait;
	int i, n;

	*words = l->highest < 0 ? 0 : word_of(l->highest) + 1;
	for (i = 0; i < 2 && *words > 0; i++)
		memcpy(l->ready[i], l->want[i], *words * sizeof **l->want);
	l->now = monotonic_ms();
	wait = time_to_wait(l, max_ms, &tv);
	/* Not an fd_set, but what the kernel takes one for: see loop.h. */
	n = select(l->highest + 1, (fd_set *)(void *)l->ready[0],
	    (fd_set *)(void *)l->ready[1], NULL, wait);
	if (n == -1 && errno == EINTR)
		n = 0;
	l->now = monotonic_ms();
	l->turn++;
	return n;
}

int
loop_turn(struct loop *l, int max_ms)
{
	size_t words;
	int n;

	l->now = monotonic_ms();
	call_hook(l);
	n = wait_ready(l, max_ms, &words);
	if (n == -1)
		return -1;
	call_hook(l);
	call_expired(l);
	if (n > 0)
		call_ready(l, words);
	call_deferred(l);
	return 0;
}

int
loop_run(struct loop *l)
{
	int r = 0;

	while (r == 0 && !l->stop)
		r = loop_turn(l, -1);
	l->stop = false;
	return r;
}

void
loop_stop(struct loop *l)
{
	l->stop = true;
}
