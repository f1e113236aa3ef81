/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/plain/stdin_lines.h"

#include "shared/buf.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/text.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LINE_BYTES = 4 * WIRE_LINE_MAX, /* tabs may be escaped */
	IN_CAP = 2 * LINE_BYTES,
	READ_MAX = 16 << 10
};

struct stdin_lines {
	struct loop *loop;
	void (*come)(void *arg);
	void *arg;
	struct buf in;
	struct frame lines;
	char *rest; /* the last line, which has no end */
	bool eof;
	int error;
};

static void
wipe_rest(struct stdin_lines *l)
{
	if (l->rest != NULL)
		explicit_bzero(l->rest, strlen(l->rest));
	free(l->rest);
	l->rest = NULL;
}

static void
set_eof(struct stdin_lines *l)
{
	if (!l->eof)
		loop_unwatch(l->loop, STDIN_FILENO);
	l->eof = true;
}

static void
on_readable(void *arg, int fd, unsigned what)
{
	struct stdin_lines *l = arg;
	size_t room = READ_MAX;
	char *to = buf_reserve(&l->in, &room);
	ssize_t n = read(fd, to, room);

	(void)what;
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		buf_grew(&l->in, (size_t)n);
	else {
		l->error = n == -1 ? errno : 0;
		set_eof(l);
	}
	l->come(l->arg);
}

struct stdin_lines *
stdin_lines_new(struct loop *loop, void (*come)(void *arg), void *arg)
{
	struct stdin_lines *l = xcalloc(1, sizeof(*l));

	l->loop = loop;
	l->come = come;
	l->arg = arg;
	buf_init(&l->in, IN_CAP);
	frame_init(&l->lines, FRAME_LINES, LINE_BYTES);
	loop_watch(loop, STDIN_FILENO, LOOP_READ, on_readable, l);
	return l;
}

void
stdin_lines_free(struct stdin_lines *l)
{
	if (l == NULL)
		return;
	set_eof(l);
	explicit_bzero(buf_data(&l->in), l->in.len);
	buf_release(&l->in);
	wipe_rest(l);
	free(l);
}

static enum stdin_got
last_line(struct stdin_lines *l, const char **line, size_t *n)
{
	size_t len = l->in.len;

	if (len == 0 || l->lines.skipping)
		return STDIN_END;
	while (len > 0 && buf_data(&l->in)[len - 1] == '\r')
		len--;
	l->rest = xmemdup0(buf_data(&l->in), len);
	explicit_bzero(buf_data(&l->in), l->in.len);
	buf_clear(&l->in);
	frame_init(&l->lines, FRAME_LINES, LINE_BYTES);
	*line = l->rest;
	*n = len;
	return STDIN_LINE;
}

enum stdin_got
stdin_lines_next(struct stdin_lines *l, const char **line, size_t *n)
{
	char *p;

	wipe_rest(l);
	switch (frame_next(&l->lines, &l->in, &p, n)) {
	case FRAME_READY:
		*line = p;
		return STDIN_LINE;
	case FRAME_TOO_LONG:
		return STDIN_LONG;
	case FRAME_MORE:
		break;
	}
	return l->eof ? last_line(l, line, n) : STDIN_NOTHING;
}

void
stdin_lines_want(struct stdin_lines *l, bool wanted)
{
	if (!l->eof)
		loop_want(l->loop, STDIN_FILENO,
		    wanted && buf_room(&l->in) > 0 ? LOOP_READ : 0);
}

bool
stdin_lines_left(struct stdin_lines *l)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char byte;

	frame_done(&l->lines, &l->in);
	if (l->eof || l->in.len > 0)
		return l->in.len > 0;
	return poll(&p, 1, 0) != 1 || read(STDIN_FILENO, &byte, 1) != 0;
}

void
stdin_lines_end(struct stdin_lines *l)
{
	set_eof(l);
	buf_clear(&l->in);
	frame_init(&l->lines, FRAME_LINES, LINE_BYTES);
}

char *
stdin_lines_why(const struct stdin_lines *l)
{
	return l->error == 0 ? NULL :
	    xasprintf(_("standard input: %s"), strerror(l->error));
}
