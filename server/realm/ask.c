/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions over a link, and the peer's to us.  Nothing of them outlives the
 * connection.
 */
#include "server/realm/realm_priv.h"

#include <stdlib.h>
#include <string.h>

#include "server/realm/item.h"
#include "shared/xalloc.h"

struct question {
	TAILQ_ENTRY(question) entry;
	struct link *link;
	uint32_t number;
	ask_fn *fn;
	void *arg;
	struct loop_timer late;
};

/* ---- ours ------------------------------------------------------------- */

/* It is in no list any more. */
static void
end(struct question *q, enum wire_err err, const json_t *o)
{
	struct link *l = q->link;
	ask_fn *fn = q->fn;
	void *arg = q->arg;

	l->questions_open--;
	loop_timer_unset(l->set->loop, &q->late);
	free(q);
	fn(arg, err, o);
}

static void
answer(struct question *q, enum wire_err err, const json_t *o)
{
	TAILQ_REMOVE(&q->link->questions, q, entry);
	end(q, err, o);
}

static void
on_late(void *arg)
{
	answer(arg, WIRE_REALM_UNREACHABLE, NULL);
}

bool
ask(struct link *l, json_t *m, int64_t ms, ask_fn *fn, void *arg,
    enum wire_err *err)
{
	struct question *q;

	if (!link_up(l) || l->questions_open == QUESTIONS_MAX) {
		*err = link_up(l) ? WIRE_BUSY : WIRE_REALM_UNREACHABLE;
		json_decref(m);
		return false;
	}
	q = xcalloc(1, sizeof *q);
	q->link = l;
	q->number = ++l->last_question;
	q->fn = fn;
	q->arg = arg;
	TAILQ_INSERT_TAIL(&l->questions, q, entry);
	l->questions_open++;
	loop_timer_set(l->set->loop, &q->late, ms, on_late, q);
	json_put_number(m, "q", q->number);
	link_send(l, m);
	return true;
}

/* In their order; fn may ask again, which comes to nothing: it is down. */
void
ask_end_all(struct link *l, enum wire_err err)
{
	struct questions all = TAILQ_HEAD_INITIALIZER(all);
	struct question *q, *next;

	TAILQ_CONCAT(&all, &l->questions, entry);
	for (q = TAILQ_FIRST(&all); q != NULL; q = next) {
		next = TAILQ_NEXT(q, entry);
		end(q, err, NULL);
	}
}

const char *
ask_answered(struct link *l, const json_t *m)
{
	struct question *q;
	int64_t n;

	if (!json_number(m, "a", 1, UINT32_MAX, &n))
		return "an answer has no number";
	TAILQ_FOREACH(q, &l->questions, entry)
		if (q->number == n)
			break;
	if (q != NULL) /* else it came too late */
		answer(q, json_err(m), m);
	return NULL;
}

/* ---- theirs ----------------------------------------------------------- */

static json_t *
answer_to(int64_t n, enum wire_err err)
{
	json_t *m = json_object();

	json_put_number(m, "a", n);
	json_put_err(m, err);
	return m;
}

static void
answer_find(struct link *l, int64_t n, const char *user)
{
	struct chat_user u;
	json_t *m;

	if (!chat_find_user(l->set->chat, user, &u)) {
		link_send(l, answer_to(n, WIRE_NO_SUCH_USER));
		return;
	}
	m = answer_to(n, WIRE_OK);
	json_put(m, "user", u.name);
	json_put(m, "name", u.real_name);
	link_send(l, m);
}

/* id: the connection's number, and the question's below it. */
static void
plea_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct link *l = arg;

	if ((uint32_t)(id >> 32) != l->gen)
		return;
	l->pleas_open--;
	link_send(l, answer_to((uint32_t)id, res->err));
}

static const char *
asked_plea(struct link *l, int64_t n, const json_t *o)
{
	struct chat_plea p;
	const char *wrong;

	if (!plea_unpack(&p, o)) {
		link_send(l, answer_to(n, WIRE_BAD_PARAMETER));
		return NULL;
	}
	if (l->pleas_open == PLEAS_MAX) {
		link_send(l, answer_to(n, WIRE_BUSY));
		return NULL;
	}
	l->pleas_open++;
	wrong = chat_receive_plea(l->set->chat, l->key, &p,
	    (struct chat_done){ plea_done, l,
		(uint64_t)l->gen << 32 | (uint64_t)n });
	if (wrong != NULL)
		l->pleas_open--;
	return wrong;
}

/* A group that is not for this user is not there. */
static void
answer_group(struct link *l, int64_t n, const char *group, const char *user)
{
	link_send(l,
	    answer_to(n, user != NULL &&
		chat_group_open(l->set->chat, l->key, user, group) ?
		WIRE_OK : WIRE_NO_SUCH_GROUP));
}

const char *
ask_asked(struct link *l, const json_t *m)
{
	const char *user = json_text(m, "find", WIRE_NAME_CAP - 1);
	const char *group = json_text(m, "group", WIRE_NAME_CAP - 1);
	const json_t *plea = json_object_get(m, "plea");
	int64_t n;

	if (!json_number(m, "q", 1, UINT32_MAX, &n))
		return "a question has no number";
	if (user != NULL)
		answer_find(l, n, user);
	else if (plea != NULL)
		return asked_plea(l, n, plea);
	else if (group != NULL)
		answer_group(l, n, group,
		    json_text(m, "user", WIRE_NAME_CAP - 1));
	else
		link_send(l, answer_to(n, WIRE_UNKNOWN_COMMAND));
	return NULL;
}
