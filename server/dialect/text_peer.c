/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/text_peer.h"

#include <string.h>

#include "server/dialect/dialect_priv.h"
#include "shared/conn.h"

struct text_peer *
text_find(struct dialects *set, uint64_t id)
{
	struct conn *c = client_conn_find(set, id);

	return c != NULL ? conn_arg(c) : NULL;
}

void
text_say(struct text_peer *t, const char *s)
{
	conn_write(t->cc.conn, s, strlen(s));
}

void
text_line(struct text_peer *t, const char *s)
{
	text_say(t, s);
	text_say(t, "\n");
}

struct chat_done
text_later(struct text_peer *t,
    void (*fn)(void *arg, uint64_t id, const struct chat_result *))
{
	t->busy = true;
	return (struct chat_done){ fn, t->cc.set, conn_id(t->cc.conn) };
}

void
text_answered(struct text_peer *t)
{
	t->busy = false;
	client_conn_again(&t->cc);
}

void
text_nobody_asked(void *arg, uint64_t id, const struct chat_result *res)
{
	(void)arg;
	(void)id;
	(void)res;
}

void
text_enter(struct text_peer *t, uint64_t session, const char *user)
{
	struct text_peer **head = &t->cc.set->texts;

	t->session = session;
	client_conn_known(&t->cc, session, user);
	t->next = *head;
	if (t->next != NULL)
		t->next->prev = &t->next;
	t->prev = head;
	*head = t;
}

void
text_leave(struct text_peer *t)
{
	if (t->prev != NULL) {
		*t->prev = t->next;
		if (t->next != NULL)
			t->next->prev = t->prev;
	}
	t->prev = NULL;
	t->session = t->watch = 0;
	t->showns = 0;
	t->greeted = false;
	t->inboxed = 0;
	t->more = false;
}

bool
text_logged_in(struct text_peer *t)
{
	if (t->session != 0 && !chat_session_use(t->cc.set->chat, t->session))
		text_leave(t);
	return t->session != 0;
}
