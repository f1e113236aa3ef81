/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/trace.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shared/buf.h"
#include "shared/frame.h"
#include "shared/queue.h"
#include "shared/resolve.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"

enum {
	STOP_WAIT_S = 1,
	KEEP = WIRE_LINE_MAX + FRAME_END_MAX, /* of a line that has no end yet */
	LINE_CAP = 8 * TRACE_LINE_MAX + 256 /* cleaning makes a byte 8 */
};

struct way {
	struct mask mask;
	struct buf line; /* its beginning */
	size_t len;      /* of the whole line so far */
};

struct trace {
	unsigned long id;
	struct way way[2]; /* in, out */
};

struct line {
	struct queue_item item; /* first: a line is found by it */
	size_t len;             /* 0: the file may have been moved */
	char text[];
};

static struct {
	struct queue *queue; /* NULL: there is no trace */
	pthread_t thread;
	char *path;
	int fd; /* the thread's, once it runs */
	void (*trouble)(const char *why);
	void (*also)(const char *line); /* NULL: nobody */
	unsigned long last_id;
	atomic_ulong lost;
	atomic_bool moved; /* the file may be, and the queue was full */
	bool torn;         /* the thread's: half a line stands at its end */
} tr = { .fd = -1 };

/* ---- the file ---------------------------------------------------------- */

static int
file_open(const char *path, char why[TRACE_WHY_CAP])
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOCTTY | O_NONBLOCK, 0600);
	struct stat st;

	if (fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    fchmod(fd, 0600) == 0)
		return fd;
	snprintf(why, TRACE_WHY_CAP, "%.300s: %s", path,
	    fd != -1 && !S_ISREG(st.st_mode) ? "no plain file" :
	    strerror(errno));
	if (fd != -1)
		close(fd);
	return -1;
}

/* Is the open file the one that has the name? */
static bool
in_place(void)
{
	struct stat ours, named;

	return fstat(tr.fd, &ours) == 0 && stat(tr.path, &named) == 0 &&
	    ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

static void
file_again(void)
{
	char why[TRACE_WHY_CAP];
	int fd;

	if (in_place())
		return;
	fd = file_open(tr.path, why);
	if (fd == -1) {
		if (tr.trouble != NULL)
			tr.trouble(why);
		return;
	}
	close(tr.fd);
	tr.fd = fd;
	tr.torn = false;
}

static bool
file_write(const char *p, size_t n)
{
	ssize_t w;

	if (tr.torn && write(tr.fd, "\n", 1) != 1)
		return false;
	tr.torn = false;
	while (n > 0) {
		w = write(tr.fd, p, n);
		if (w == -1 && errno == EINTR)
			continue;
		if (w <= 0)
			return false;
		p += w;
		n -= (size_t)w;
		tr.torn = n > 0;
	}
	return true;
}

/* Before the next line that there is room for. */
static bool
tell_lost(void)
{
	unsigned long lost = atomic_exchange(&tr.lost, 0);
	char note[64];
	int n;

	if (lost == 0)
		return true;
	n = snprintf(note, sizeof note, "(%lu lines were lost here)\n", lost);
	if (file_write(note, (size_t)n))
		return true;
	atomic_fetch_add(&tr.lost, lost);
	return false;
}

static void *
writer(void *arg)
{
	struct line *l;

	while ((l = (struct line *)queue_wait(arg)) != NULL) {
		if (atomic_exchange(&tr.moved, false) || l->len == 0)
			file_again();
		if (l->len > 0 && (!tell_lost() || !file_write(l->text, l->len)))
			atomic_fetch_add(&tr.lost, 1);
		free(l);
	}
	(void)tell_lost();
	return NULL;
}

/* ---- lines ------------------------------------------------------------- */

static bool
is_on(void)
{
	return tr.queue != NULL || tr.also != NULL;
}

/* False: there is no room. */
static bool
put(const char *p, size_t n)
{
	struct line *l = xmalloc(sizeof *l + n);

	memcpy(l->text, p, n);
	l->len = n;
	if (queue_put(tr.queue, &l->item))
		return true;
	free(l);
	return false;
}

/* n bytes that may be seen, of a line that has `more` beyond what is in it. */
static void
emit(const struct trace *t, char sign, const char *s, size_t n, size_t more)
{
	struct timespec ts;
	char when[WIRE_TIME_CAP];
	size_t shown = n, time;
	struct buf b;

	if (shown > TRACE_LINE_MAX)
		shown = TRACE_LINE_MAX;
	while (shown > 0 && shown < n && (s[shown] & 0xc0) == 0x80)
		shown--;
	more += n - shown;
	clock_gettime(CLOCK_REALTIME, &ts);
	wire_time((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000, when);
	buf_init(&b, LINE_CAP);
	buf_addf(&b, "%s ", when);
	time = b.len;
	buf_addf(&b, "%lu %c ", t->id, sign);
	utf8_clean(&b, s, shown);
	if (more > 0)
		buf_addf(&b, " (%zu bytes more)", more);
	if (tr.also != NULL)
		tr.also(buf_data(&b) + time);
	buf_addc(&b, '\n');
	if (tr.queue != NULL && !put(buf_data(&b), b.len))
		atomic_fetch_add(&tr.lost, 1);
	buf_release(&b);
}

static char
sign_of(const struct trace *t, const struct way *w)
{
	return w == &t->way[0] ? '<' : '>';
}

static void
emit_bytes(const struct trace *t, const struct way *w, size_t n)
{
	char text[32];
	int len = snprintf(text, sizeof text, "[%zu bytes]", n);

	emit(t, sign_of(t, w), text, (size_t)len, 0);
}

/* The line that is held, as far as it was kept. */
static void
end_line(struct trace *t, struct way *w)
{
	const char *s = buf_data(&w->line);
	size_t n = w->line.len;
	bool cut = w->len > n;
	struct buf seen;

	while (!cut && n > 0 && s[n - 1] == '\r')
		n--;
	cut = cut || n > WIRE_LINE_MAX;
	buf_init(&seen, (size_t)2 * KEEP);
	mask_line(&w->mask, s, n, cut, &seen);
	/* An object ends in an empty line, which says nothing. */
	if (seen.len > 0 || w->mask.kind != MASK_REQUESTS)
		emit(t, sign_of(t, w), buf_data(&seen), seen.len,
		    w->len - w->line.len);
	explicit_bzero(buf_data(&seen), seen.len);
	buf_release(&seen);
	if (w->line.len > 0)
		explicit_bzero(buf_data(&w->line), w->line.len);
	buf_release(&w->line);
	buf_init(&w->line, KEEP);
	w->len = 0;
}

static void
keep(struct way *w, const char *p, size_t n)
{
	size_t room = buf_room(&w->line);

	buf_add(&w->line, p, n < room ? n : room);
	w->len += n;
}

/* Nobody looks: what was said meanwhile, a name that a password follows, is
 * not known when somebody does again. */
static void
lose_track(struct trace *t)
{
	for (size_t i = 0; i < 2; i++) {
		struct way *w = &t->way[i];

		if (w->line.len > 0)
			explicit_bzero(buf_data(&w->line), w->line.len);
		buf_clear(&w->line);
		w->len = 0;
		w->mask.kind = MASK_BYTES;
	}
}

void
trace_bytes(struct trace *t, bool out, const void *bytes, size_t n)
{
	struct way *w = &t->way[out];
	const char *p = bytes, *lf;

	if (!is_on()) {
		lose_track(t);
		return;
	}
	while (n > 0 && w->mask.kind != MASK_BYTES) {
		lf = memchr(p, '\n', n);
		keep(w, p, lf != NULL ? (size_t)(lf - p) : n);
		n -= lf != NULL ? (size_t)(lf + 1 - p) : n;
		if (lf != NULL)
			p = lf + 1;
		if (lf != NULL)
			end_line(t, w);
		if (w->mask.kind == MASK_BYTES)
			t->way[!out].mask.kind = MASK_BYTES;
	}
	if (n > 0)
		emit_bytes(t, w, n);
}

void
trace_pause(struct trace *t, bool out)
{
	struct way *w = &t->way[out];

	if (w->len > 0 && is_on() && w->mask.kind == MASK_RAW)
		end_line(t, w);
}

/* ---- connections ------------------------------------------------------- */

static void
note_peer(const struct trace *t, int fd)
{
	char text[2 * RESOLVE_TEXT_CAP + 32], peer[RESOLVE_TEXT_CAP] = "?",
	    own[RESOLVE_TEXT_CAP] = "?";
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa;
	int n;

	if (getpeername(fd, (struct sockaddr *)&sa, &len) == 0)
		resolve_format(&sa, peer);
	len = sizeof sa;
	if (getsockname(fd, (struct sockaddr *)&sa, &len) == 0)
		resolve_format(&sa, own);
	n = snprintf(text, sizeof text, "opened: %s here, %s there", own, peer);
	emit(t, '-', text, (size_t)n, 0);
}

struct trace *
trace_open(int fd)
{
	struct trace *t;

	if (!is_on())
		return NULL;
	t = xcalloc(1, sizeof *t);
	t->id = ++tr.last_id;
	for (size_t i = 0; i < 2; i++)
		buf_init(&t->way[i].line, KEEP);
	note_peer(t, fd);
	return t;
}

void
trace_speaks(struct trace *t, enum mask_kind kind)
{
	for (size_t i = 0; i < 2; i++) {
		if (t->way[i].len > 0 && is_on())
			end_line(t, &t->way[i]);
		t->way[i].mask.kind = kind;
		t->way[i].mask.awaited = MASK_NOTHING;
	}
	if (kind == MASK_TEXT)
		t->way[1].mask.kind = MASK_RAW;
}

void
trace_close(struct trace *t)
{
	static const char text[] = "closed";

	for (size_t i = 0; i < 2; i++) {
		if (t->way[i].len > 0 && is_on())
			end_line(t, &t->way[i]);
		buf_release(&t->way[i].line);
	}
	if (is_on())
		emit(t, '-', text, sizeof text - 1, 0);
	free(t);
}

/* ---- life -------------------------------------------------------------- */

bool
trace_start(const char *path, void (*trouble)(const char *why),
    char why[TRACE_WHY_CAP])
{
	struct queue *q;
	sigset_t all, old;
	int e;

	tr.fd = file_open(path, why);
	if (tr.fd == -1)
		return false;
	tr.path = xstrdup(path);
	tr.trouble = trouble;
	q = queue_new(TRACE_QUEUE_MAX);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	e = pthread_create(&tr.thread, NULL, writer, q);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (e == 0) {
		tr.queue = q;
		return true;
	}
	queue_free(q);
	close(tr.fd);
	free(tr.path);
	snprintf(why, TRACE_WHY_CAP, "%s", strerror(e));
	return false;
}

void
trace_to(void (*line)(const char *line))
{
	tr.also = line;
}

void
trace_reopen(void)
{
	if (tr.queue != NULL && !put("", 0))
		atomic_store(&tr.moved, true);
}

void
trace_stop(void)
{
	struct queue *q = tr.queue;
	struct timespec until;

	if (q == NULL)
		return;
	tr.queue = NULL;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STOP_WAIT_S;
	queue_close(q);
	/* A writer that a disk holds up is left behind with what is its own. */
	if (pthread_timedjoin_np(tr.thread, NULL, &until) != 0)
		return;
	queue_free(q);
	close(tr.fd);
	free(tr.path);
}
