/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/speaker.h"

#include <stdlib.h>
#include <string.h>

#include "server/dialect/inner.h"
#include "shared/conn.h"
#include "shared/xalloc.h"

static bool
closing(const struct speaker *s)
{
	return dialects_find(s->set, conn_id(s->conn)) == NULL;
}

static bool
may_step(const struct speaker *s)
{
	return !s->set->stopping && conn_waiting(s->conn) < OUT_HIGH &&
	    s->speech->may(s);
}

static void
run(void *arg)
{
	struct speaker *s = arg;
	bool more = true;

	if (closing(s))
		return;
	for (int i = 0; more && may_step(s); i++) {
		if (i == REQUESTS_A_TURN) {
			speaker_again(s); /* the others' turn */
			return;
		}
		more = s->speech->step(s);
		if (closing(s))
			return;
	}
	/* Half a line at the end of the stream is no request: it may have been
	 * cut off.  A peer that left whole ones unread gets its answers. */
	if (s->speech->idle(s) &&
	    (s->set->stopping || (!more && conn_at_eof(s->conn))))
		conn_close(s->conn);
}

void
speaker_again(struct speaker *s)
{
	loop_defer(s->set->loop, &s->again, run, s);
}

static void
show_session(struct speaker *s, uint64_t session)
{
	struct chat *chat = s->set->chat;
	size_t i = 0;

	while (i < s->sessions && s->session[i] != session)
		i++;
	if (i == s->sessions) {
		chat_connected(chat, session);
		if (i == SPEAKER_SESSIONS) {
			i = 0;
			chat_disconnected(chat, s->session[i]);
		} else {
			s->session = xreallocarray(s->session, ++s->sessions,
			    sizeof *s->session);
		}
	}
	memmove(s->session + i, s->session + i + 1,
	    (s->sessions - 1 - i) * sizeof *s->session);
	s->session[s->sessions - 1] = session;
}

void
speaker_known(struct speaker *s, uint64_t session, const char *user)
{
	guest_known(&s->guest);
	show_session(s, session);
	if (strcmp(s->user, user) == 0)
		return;
	free(s->user);
	s->user = xstrdup(user);
}

/* The connection's end. */
static void
hide_sessions(struct speaker *s)
{
	for (size_t i = 0; i < s->sessions; i++)
		chat_disconnected(s->set->chat, s->session[i]);
	free(s->session);
}

bool
speaker_foreign(struct speaker *s, const char *p, size_t n, bool whole)
{
	if (s->spoken ||
	    !(whole ? first_line_foreign(p, n) : first_bytes_foreign(p, n)))
		return false;
	s->speech->foreign(s);
	s->set->log("a peer of another protocol was closed", NULL);
	conn_close(s->conn);
	return true;
}

/* ---- the connection --------------------------------------------------- */

static void
on_input(struct conn *c, void *arg)
{
	(void)c;
	run(arg);
}

static void
on_drained(struct conn *c, void *arg)
{
	struct speaker *s = arg;

	(void)c;
	s->speech->drained(s);
	speaker_again(s);
}

static void
on_closed(struct conn *c, void *arg, enum conn_end end)
{
	struct speaker *s = arg;
	char *user = s->user;

	(void)c;
	if (end == CONN_SLOW)
		dialects_log_slow(s->set, user);
	guest_leave(&s->guest);
	loop_defer_cancel(s->set->loop, &s->again);
	hide_sessions(s);
	s->speech->closed(s);
	free(user);
}

static const struct conn_handler handler = {
	.input = on_input,
	.eof = on_input,
	.drained = on_drained,
	.closed = on_closed
};

struct speaker *
speaker_open(struct dialects *set, const struct speech *speech, size_t size,
    int fd, const char *origin)
{
	struct speaker *s = xcalloc(1, size);

	if (!guest_enter(
	    set->guests, &s->guest, origin, loop_now(set->loop))) {
		free(s);
		return NULL;
	}
	s->set = set;
	s->speech = speech;
	s->user = xstrdup("");
	s->conn = conn_open(set->conns, fd, &handler, s);
	return s;
}
