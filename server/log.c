/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shared/buf.h"
#include "shared/queue.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"

enum { CAUSES_MAX = 16, STOP_WAIT_S = 1 };

struct line {
	struct queue_item item; /* first: a line is found by it */
	size_t len;
	char text[];
};

struct cause {
	const char *text;
	int64_t next; /* not before this is the next line due */
	unsigned long kept;
};

static struct {
	pthread_mutex_t lock; /* dropped, causes */
	struct queue *queue;  /* NULL: not started */
	pthread_t thread;
	int fd;
	atomic_int level;
	unsigned long dropped;
	struct cause causes[CAUSES_MAX];
} lg = { .lock = PTHREAD_MUTEX_INITIALIZER, .fd = STDERR_FILENO,
	.level = LOG_INFO };

static int64_t
clock_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
write_all(int fd, const char *p, size_t n)
{
	ssize_t w;

	while (n > 0) {
		w = write(fd, p, n);
		if (w == -1 && errno == EINTR)
			continue;
		if (w <= 0)
			return; /* nobody reads the log: no matter */
		p += w;
		n -= (size_t)w;
	}
}

static struct line *
line_new(const char *p, size_t n)
{
	struct line *l = xmalloc(sizeof *l + n);

	memcpy(l->text, p, n);
	l->len = n;
	return l;
}

static void *
writer(void *arg)
{
	struct queue *q = arg;
	struct line *l;

	while ((l = (struct line *)queue_wait(q)) != NULL) {
		write_all(lg.fd, l->text, l->len);
		free(l);
	}
	return NULL;
}

void
log_start(int fd)
{
	struct queue *q = queue_new(LOG_QUEUE_MAX);

	lg.fd = fd;
	if (pthread_create(&lg.thread, NULL, writer, q) != 0) {
		queue_free(q); /* then without: lines are written at once */
		return;
	}
	lg.queue = q;
}

void
log_stop(void)
{
	struct queue *q = lg.queue;
	struct timespec until;

	if (q == NULL)
		return;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STOP_WAIT_S;
	queue_close(q);
	/* A writer that hangs in a full pipe is left behind with its queue. */
	if (pthread_timedjoin_np(lg.thread, NULL, &until) != 0)
		return;
	lg.queue = NULL;
	queue_free(q);
}

/* Takes the bytes of a whole line with its end. */
static bool
put(const char *p, size_t n)
{
	struct line *l;

	if (lg.queue == NULL) {
		write_all(lg.fd, p, n);
		return true;
	}
	l = line_new(p, n);
	if (queue_put(lg.queue, &l->item))
		return true;
	free(l);
	return false;
}

/* The lock is held. */
static void
put_or_count(const char *p, size_t n)
{
	char note[128];
	int len;

	if (lg.dropped > 0) {
		len = snprintf(note, sizeof note,
		    "(%lu lines of the log were dropped here)\n", lg.dropped);
		if (put(note, (size_t)len))
			lg.dropped = 0;
	}
	if (lg.dropped > 0 || !put(p, n))
		lg.dropped++;
}

/* The lock is held. */
static void
emit(const char *text)
{
	char when[WIRE_TIME_CAP];
	struct buf b;

	wire_time(clock_ms(CLOCK_REALTIME), when);
	/* Cleaning makes a control byte a word of at most 8. */
	buf_init(&b, sizeof when + (size_t)8 * LOG_LINE_MAX + 2);
	buf_addf(&b, "%s ", when);
	utf8_clean(&b, text, strlen(text));
	buf_addc(&b, '\n');
	put_or_count(buf_data(&b), b.len);
	buf_release(&b);
}

void
log_level(enum log_level level)
{
	atomic_store(&lg.level, (int)level);
}

static bool
wanted(enum log_level level)
{
	return (int)level <= atomic_load(&lg.level);
}

void
log_at(enum log_level level, const char *fmt, ...)
{
	char text[LOG_LINE_MAX];
	va_list ap;

	if (!wanted(level))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&lg.lock);
	emit(text);
	pthread_mutex_unlock(&lg.lock);
}

/* The lock is held.  The last place is shared by all that found none. */
static struct cause *
find_cause(const char *text)
{
	struct cause *c = lg.causes;

	while (c < lg.causes + CAUSES_MAX - 1 && c->text != NULL &&
	    strcmp(c->text, text) != 0)
		c++;
	c->text = text;
	return c;
}

void
log_often(enum log_level level, const char *cause, const char *fmt, ...)
{
	char text[LOG_LINE_MAX];
	size_t n = 0;
	int64_t now = clock_ms(CLOCK_MONOTONIC);
	struct cause *c;
	va_list ap;

	if (!wanted(level))
		return;
	pthread_mutex_lock(&lg.lock);
	c = find_cause(cause);
	if (now < c->next) {
		c->kept++;
		pthread_mutex_unlock(&lg.lock);
		return;
	}
	if (c->kept > 0)
		n = (size_t)snprintf(text, sizeof text,
		    "(and %lu more like it before) ", c->kept);
	va_start(ap, fmt);
	vsnprintf(text + n, sizeof text - n, fmt, ap);
	va_end(ap);
	c->kept = 0;
	c->next = now + LOG_OFTEN_MS;
	emit(text);
	pthread_mutex_unlock(&lg.lock);
}

void
log_bare(const char *line)
{
	char text[LOG_LINE_MAX];
	int n = snprintf(text, sizeof text, "%s\n", line);

	if (n < 0 || (size_t)n >= sizeof text)
		return;
	pthread_mutex_lock(&lg.lock);
	put_or_count(text, (size_t)n);
	pthread_mutex_unlock(&lg.lock);
}
