/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/model.h"

#include "shared/buf.h"
#include "shared/xalloc.h"
#include "tui/model/closed.h"
#include "tui/model/convo.h"
#include "tui/model/ignore.h"
#include "tui/model/names.h"
#include "tui/model/mention.h"
#include "tui/model/namesake.h"
#include "tui/model/server_text.h"
#include "tui/model/groups.h"
#include "tui/model/userlist.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOISE_CAP = 16 << 10 };

struct model {
	struct convo **convo;
	size_t count, current;
	struct closed closed;
	struct convo *passage; /* of the current one; NULL: none */
	uint64_t passages;     /* how many there were */
	uint64_t list; /* see model_list */
	uint64_t serial; /* last one given, to items and conversations */
	uint64_t clock;  /* rises with use */
	size_t waiting;
	unsigned changes;
	bool looked, contradicted;
	bool away; /* see model_attend */
	int64_t seen; /* see model_last_seen */
	int64_t top;  /* the highest id known of at all: notices stand there */
	int64_t missed; /* what has no greater id was said before the watch */
	struct userlist users;
	bool users_listed; /* since the watch began */
	struct groups *rooms;
	struct ignore *ignored;
	struct model_status status;
	char speaker[WIRE_NAME_CAP]; /* who has typed what waits */
	model_item_fn *on_item;
	void *on_item_arg;
	model_draft_fn *on_draft;
	void *on_draft_arg;
};

static void
changed(struct model *m, unsigned what)
{
	m->changes |= what;
}

/* Which conversations there are, or how they are called. */
static void
list_changed(struct model *m)
{
	m->list++;
	changed(m, MODEL_CONVS);
}

static void
convo_changed(struct model *m, const struct convo *c)
{
	if (c == m->convo[m->current] || c == m->passage)
		changed(m, MODEL_STREAM);
}

void
model_passage_end(struct model *m)
{
	if (m->passage == NULL)
		return;
	convo_free(m->passage);
	m->passage = NULL;
	changed(m, MODEL_STREAM);
}

/* ---- conversations ----------------------------------------------------- */

static struct convo *
find_key(const struct model *m, const char *key)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->convo[i]->key, key) == 0)
			return m->convo[i];
	return NULL;
}

/* Folding costs more than looking: most messages are spelt right. */
static struct convo *
find_exact(const struct model *m, const char *target)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->convo[i]->target, target) == 0)
			return m->convo[i];
	return NULL;
}

const char *
model_local(const struct model *m, const char *target,
    char out[WIRE_TARGET_CAP])
{
	char one[WIRE_NAME_CAP], other[WIRE_NAME_CAP];
	const char *realm = m->status.realm;
	bool here = strchr(target, '@') == NULL;
	struct target t;

	if (*realm == '\0' || (here && !namesake_is(&m->status, target)) ||
	    target_parse(&t, target, strlen(target)) != WIRE_OK)
		return target;
	if (here) {
		snprintf(t.realm, sizeof(t.realm), "%s", realm);
		target_format(&t, out);
		return out;
	}
	if (!wire_name_key(t.realm, strlen(t.realm), one) ||
	    !wire_name_key(realm, strlen(realm), other) ||
	    strcmp(one, other) != 0 || (t.kind == TARGET_USER &&
	    namesake_is(&m->status, t.name)))
		return target;
	t.realm[0] = '\0';
	target_format(&t, out);
	return out;
}

/* As names_key, of one that may name our own realm. */
static bool
key_here(const struct model *m, const char *target, char key[WIRE_TARGET_CAP])
{
	char local[WIRE_TARGET_CAP];

	return names_key(model_local(m, target, local), key);
}

struct convo *
model_find(const struct model *m, const char *target)
{
	char key[WIRE_TARGET_CAP];

	return key_here(m, target, key) ? find_key(m, key) : NULL;
}

static struct closed_convo *
find_closed(const struct model *m, const char *target)
{
	char key[WIRE_TARGET_CAP];

	return m->closed.count > 0 && key_here(m, target, key) ?
	    closed_find(&m->closed, key) : NULL;
}

bool
model_closed(const struct model *m, const char *target)
{
	return find_closed(m, target) != NULL;
}

static void
tell_draft(struct model *m, const struct convo *c)
{
	if (m->on_draft != NULL)
		m->on_draft(
		    m->on_draft_arg, c->target, convo_draft(c), false);
}

/* What was half typed there when it was closed. */
static void
take_closed_draft(struct model *m, struct convo *c)
{
	c->draft = closed_take(&m->closed, c->key);
	if (c->draft == NULL)
		return;
	if (*c->draft == '\0') {
		free(c->draft);
		c->draft = NULL;
	} else
		tell_draft(m, c);
}

static void
remove_at(struct model *m, size_t i)
{
	if (m->current == i)
		model_passage_end(m);
	convo_free(m->convo[i]);
	m->count--;
	memmove(m->convo + i, m->convo + i + 1,
	    (m->count - i) * sizeof(*m->convo));
	if (m->current == i)
		m->looked = false;
	if (m->current > i || m->current == m->count)
		m->current--;
	list_changed(m);
	changed(m, MODEL_STREAM);
}

/* Room for one more: the longest idle goes, but never one with unread or
 * unsent words.  The server still has all of it. */
static bool
make_room(struct model *m)
{
	size_t best = 0;

	if (m->count < MODEL_CONVOS)
		return true;
	for (size_t i = 1; i < m->count; i++) {
		const struct convo *c = m->convo[i];

		if (i == m->current || c->unread > 0 || c->tail.count > 0 ||
		    c->draft != NULL)
			continue;
		if (best == 0 || c->active < m->convo[best]->active)
			best = i;
	}
	if (best == 0)
		return false;
	remove_at(m, best);
	return true;
}

static struct convo *
open_convo(struct model *m, const char *target)
{
	char key[WIRE_TARGET_CAP], local[WIRE_TARGET_CAP];
	struct convo *c = find_exact(m, target);

	if (c == NULL)
		target = model_local(m, target, local);
	if (c == NULL && !names_key(target, key))
		return NULL;
	if (c == NULL && (c = find_key(m, key)) == NULL) {
		if (!make_room(m))
			return NULL;
		c = convo_new(target, key);
		c->serial = ++m->serial;
		m->convo = xreallocarray(
		    m->convo, m->count + 1, sizeof(*m->convo));
		m->convo[m->count++] = c;
		take_closed_draft(m, c);
		list_changed(m);
	}
	c->active = ++m->clock;
	return c;
}

struct convo *
model_open(struct model *m, const char *target)
{
	return open_convo(m, target);
}

size_t
model_convos(const struct model *m)
{
	return m->count;
}

struct convo *
model_convo(const struct model *m, size_t i)
{
	return m->convo[i];
}

struct convo *
model_current(const struct model *m)
{
	return m->convo[m->current];
}

size_t
model_current_index(const struct model *m)
{
	return m->current;
}

struct convo *
model_convo_by_serial(const struct model *m, uint64_t serial)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->convo[i]->serial == serial)
			return m->convo[i];
	return NULL;
}

/* The person has done with what was new: the line goes, or down to what has
 * become unread since. */
static void
leave_marker(struct convo *c)
{
	if (c->unread == 0 || c->first_unread > 0)
		c->marker = c->first_unread;
}

void
model_switch(struct model *m, struct convo *c)
{
	struct convo *old = model_current(m);

	if (c == old)
		return;
	model_passage_end(m);
	leave_marker(old);
	for (size_t i = 0; i < m->count; i++)
		if (m->convo[i] == c)
			m->current = i;
	c->active = ++m->clock;
	c->left = m->away && c->unread == 0;
	m->looked = false;
	changed(m, MODEL_STREAM | MODEL_CONVS);
}

static void
forget_past(struct convo *c)
{
	convo_drop_kind(c, ITEM_MESSAGE);
	convo_drop_kind(c, ITEM_NOTICE);
	c->marker = 0;
}

void
model_clear(struct model *m, struct convo *c)
{
	bool empty = c->begin && convo_first(c) == 0;

	forget_past(c);
	if (c == model_current(m))
		model_passage_end(m);
	c->begin = empty; /* else there is something to fetch */
	c->cleared = !empty;
	convo_changed(m, c);
}

void
model_unclear(struct model *m, struct convo *c)
{
	if (!c->cleared)
		return;
	c->cleared = false;
	convo_changed(m, c);
}

static void
remove_convo(struct model *m, const struct convo *c)
{
	for (size_t i = 1; i < m->count; i++)
		if (m->convo[i] == c) {
			remove_at(m, i);
			return;
		}
}

bool
model_close(struct model *m, struct convo *c)
{
	if (c->tail.count > 0)
		return false;
	if (c == m->convo[0]) {
		model_clear(m, c);
		return true;
	}
	if (!closed_put(&m->closed, c->target, c->key, convo_draft(c),
	    c->unread))
		return false;
	if (c->draft != NULL && m->on_draft != NULL)
		m->on_draft(
		    m->on_draft_arg, c->target, convo_draft(c), true);
	remove_convo(m, c);
	return true;
}

void
model_draft(struct model *m, struct convo *c, const char *text)
{
	size_t n = strlen(text);

	if (strcmp(convo_draft(c), text) == 0)
		return;
	if (n > MODEL_DRAFT) {
		n = MODEL_DRAFT;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	free(c->draft);
	c->draft = n == 0 ? NULL : xmemdup0(text, n);
	tell_draft(m, c);
}

void
model_put_draft(struct model *m, struct convo *c, const char *text)
{
	model_draft(m, c, text);
	changed(m, MODEL_DRAFTS);
}

/* Further lines of the one that is there, unless they are it already. */
static void
join_draft(struct model *m, struct convo *c, const char *text)
{
	const char *old = convo_draft(c);
	size_t n = strlen(text), len = strlen(old);
	char *both;

	if (len == 0) {
		model_put_draft(m, c, text);
		return;
	}
	if (len >= n && strcmp(old + len - n, text) == 0)
		return;
	both = xasprintf("%s\n%s", old, text);
	model_put_draft(m, c, both);
	free(both);
}

/* It is open for no other reason than that it was. */
static bool
is_only_restored(const struct model *m, const struct convo *c)
{
	return c->restored && c != model_current(m) && c->draft == NULL &&
	    c->tail.count == 0 && c->unread == 0;
}

void
model_put_closed_draft(struct model *m, const char *target, const char *text)
{
	char key[WIRE_TARGET_CAP], local[WIRE_TARGET_CAP];
	struct closed_convo *cl = find_closed(m, target);
	struct convo *c = model_find(m, target);

	/* Killed when it was just closed: the list does not know it yet. */
	if (c != NULL && is_only_restored(m, c)) {
		remove_convo(m, c);
		c = NULL;
	}
	if (c != NULL)
		join_draft(m, c, text);
	else if (key_here(m, target, key))
		(void)closed_put(&m->closed, model_local(m, target, local),
		    key, text, cl == NULL ? 0 : cl->unread);
}

void
model_on_draft(struct model *m, model_draft_fn *fn, void *arg)
{
	m->on_draft = fn;
	m->on_draft_arg = arg;
}

/* ---- the list, from one run to the next -------------------------------- */

uint64_t
model_list(const struct model *m)
{
	return m->list;
}

size_t
model_closed_count(const struct model *m)
{
	return m->closed.count;
}

const char *
model_closed_at(const struct model *m, size_t i, size_t *unread)
{
	*unread = m->closed.at[i].unread;
	return m->closed.at[i].target;
}

void
model_restore(struct model *m, const char *target)
{
	size_t count = m->count;
	struct convo *c = open_convo(m, target);

	if (c != NULL && m->count > count)
		c->restored = true;
}

void
model_restore_closed(struct model *m, const char *target, size_t unread)
{
	char key[WIRE_TARGET_CAP], local[WIRE_TARGET_CAP];

	if (key_here(m, target, key) && find_key(m, key) == NULL &&
	    closed_find(&m->closed, key) == NULL)
		(void)closed_put(&m->closed, model_local(m, target, local),
		    key, "", unread);
}

static bool
is_left(const struct model *m, const struct convo *c)
{
	return is_only_restored(m, c) && *c->target == '#' &&
	    !groups_is_member(m->rooms, c->target);
}

void
model_restored(struct model *m)
{
	for (size_t i = m->count; i-- > 1;)
		if (is_left(m, m->convo[i]))
			remove_at(m, i);
		else
			m->convo[i]->restored = false;
}

/* ---- reading ----------------------------------------------------------- */

void
model_mark_read(struct model *m, struct convo *c)
{
	int64_t last = convo_last(c);

	if (c->unread == 0 || last == 0)
		return; /* nothing new, or it is still to be fetched */
	c->unread = c->mentions = 0;
	c->first_unread = 0;
	c->read_due = last;
	changed(m, MODEL_CONVS);
}

void
model_look(struct model *m, bool looked)
{
	struct convo *c = model_current(m);

	m->looked = looked;
	if (looked) {
		model_mark_read(m, c);
		convo_trim(c, MODEL_SCROLLBACK, MODEL_NOTICES);
	}
}

bool
model_looked(const struct model *m)
{
	return m->looked;
}

void
model_attend(struct model *m, bool there)
{
	struct convo *c = model_current(m);

	if (m->away == !there)
		return;
	m->away = !there;
	c->left = m->away && c->unread == 0;
	changed(m, MODEL_CONVS);
}

bool
model_attended(const struct model *m)
{
	return !m->away;
}

/* What is below the line was read, but for the end of it: the person may have
 * gone up to it, and is to find it again. */
static bool
marker_stands(const struct model *m, const struct convo *c)
{
	return c == model_current(m) && c->marker != 0 && !c->left &&
	    c->marker < c->first_unread;
}

static void
count_unread(struct model *m, struct convo *c, int64_t id)
{
	if (c->first_unread == 0)
		c->first_unread = id;
	if (c == model_current(m) && m->looked) {
		c->unread = 1;
		model_mark_read(m, c);
		return;
	}
	if (c->unread++ == 0 && !marker_stands(m, c))
		c->marker = c->first_unread;
	changed(m, MODEL_CONVS);
}

void
model_unread_begin(struct model *m)
{
	for (size_t i = 0; i < m->count; i++)
		m->convo[i]->counted = false;
	for (size_t i = 0; i < m->closed.count; i++)
		m->closed.at[i].counted = false;
}

/* Not to be opened for that: it was closed, and nothing new has come. */
static bool
stays_closed(struct model *m, const char *target, int64_t count)
{
	struct closed_convo *cl = find_closed(m, target);

	if (cl == NULL)
		return false;
	cl->counted = true;
	return !closed_has_new(cl, count > 0 ? (size_t)count : 0);
}

void
model_unread(struct model *m, const char *target, int64_t count, int64_t first)
{
	struct convo *c;

	if (model_hides(m, target) || stays_closed(m, target, count))
		return;
	c = open_convo(m, target);
	if (c == NULL || count <= 0)
		return;
	c->counted = true;
	c->unread = count > 999999 ? 999999 : (size_t)count;
	c->first_unread = first > 0 ? first : 0;
	if (c->first_unread > 0 && !marker_stands(m, c))
		c->marker = c->first_unread;
	changed(m, MODEL_CONVS);
	convo_changed(m, c);
	if (c == model_current(m) && m->looked)
		model_mark_read(m, c);
}

static void
none_unread(struct model *m, struct convo *c)
{
	if (c->unread == 0)
		return;
	c->unread = c->mentions = 0;
	c->first_unread = 0;
	if (c != model_current(m))
		c->marker = 0;
	changed(m, MODEL_CONVS);
}

void
model_unread_end(struct model *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (!m->convo[i]->counted)
			none_unread(m, m->convo[i]);
	for (size_t i = 0; i < m->closed.count; i++)
		if (!m->closed.at[i].counted)
			m->closed.at[i].unread = 0;
}

void
model_called(struct model *m, struct convo *c)
{
	if (c->unread == 0 || c->mentions > 0)
		return;
	c->mentions = 1;
	changed(m, MODEL_CONVS);
}

bool
model_read(struct model *m, const char *target, int64_t id)
{
	struct convo *c = model_find(m, target);
	int64_t first;
	bool stands;

	if (c == NULL || c->unread == 0)
		return true;
	first = convo_first(c);
	if (id >= m->top) {
		none_unread(m, c);
		return true;
	}
	if (first == 0 || (first > id && !c->begin))
		return false;
	c->unread = convo_count_after(c, id);
	if (c->unread == 0) {
		c->unread = 1; /* so that it counts as a change */
		none_unread(m, c);
		return true;
	}
	stands = marker_stands(m, c);
	c->first_unread = convo_first_after(c, id);
	if (!stands)
		c->marker = c->first_unread;
	changed(m, MODEL_CONVS);
	convo_changed(m, c);
	return true;
}

/* ---- items ------------------------------------------------------------- */

static void
keep_short(struct model *m, struct convo *c)
{
	bool scrolled = c == model_current(m) && !m->looked;

	convo_trim(c, scrolled ? MODEL_SCROLLED : MODEL_SCROLLBACK,
	    MODEL_NOTICES);
}

static size_t
bytes_held(const struct model *m)
{
	size_t sum = 0;

	for (size_t i = 0; i < m->count; i++)
		sum += m->convo[i]->bytes;
	return sum;
}

/* Halves the largest conversations until all fits; the one that is shown only
 * when no other holds enough to matter. */
static void
keep_small(struct model *m)
{
	size_t sum = bytes_held(m);

	while (sum > MODEL_BYTES) {
		struct convo *big = NULL;
		size_t before;

		for (size_t i = 0; i < m->count; i++) {
			struct convo *c = m->convo[i];

			if (c->messages > 1 && c != model_current(m) &&
			    (big == NULL || c->bytes > big->bytes))
				big = c;
		}
		if (big == NULL || big->bytes < MODEL_BYTES / 64)
			big = model_current(m);
		if (big->messages < 2)
			return;
		before = big->bytes;
		convo_trim(big, big->messages / 2, MODEL_NOTICES);
		convo_changed(m, big);
		sum -= before - big->bytes;
	}
}

bool
convo_full(const struct convo *c)
{
	return c->messages + WIRE_PAGE_MAX > MODEL_SCROLLED ||
	    c->bytes > MODEL_BYTES / 2;
}

/* False: a message that is there already. */
static bool
put_item(struct model *m, struct convo *c, const struct item *it,
    enum model_how how)
{
	struct entry *e = entry_new(it, NULL);
	bool earlier = how == MODEL_HISTORY ||
	    (how == MODEL_LIVE && it->id <= m->missed);

	e->item.serial = ++m->serial;
	if (!(earlier ? convo_insert_earlier(c, e) : convo_insert(c, e))) {
		entry_free(e);
		return false;
	}
	if (m->on_item != NULL)
		m->on_item(m->on_item_arg, c, &e->item, how);
	return true;
}

static bool
is_own(const struct model *m, const char *from)
{
	return m->status.user[0] != '\0' && strcmp(m->status.user, from) == 0;
}

bool
model_hides(const struct model *m, const char *user)
{
	return ignore_has(m->ignored, IGNORE_USER, user) && !is_own(m, user);
}

static bool
is_same_name(const char *a, const char *b)
{
	char one[WIRE_TARGET_CAP], other[WIRE_TARGET_CAP];

	return strcmp(a, b) == 0 || (names_key(a, one) &&
	    names_key(b, other) && strcmp(one, other) == 0);
}

/* One of that id is held, and it is not this one.  The server may spell our
 * name otherwise than we did, change a text a little, and not tell the time of
 * what is said here. */
static bool
contradicts(const struct convo *c, const struct item *it)
{
	const struct item *held = convo_message(c, it->id);

	return held != NULL && (!is_same_name(held->from, it->from) ||
	    (held->time != it->time && strcmp(held->text, it->text) != 0));
}

static bool
put_message(struct model *m, struct convo *c, const struct model_message *msg,
    enum model_how how, const char *queued)
{
	struct item it = {
		.kind = ITEM_MESSAGE,
		.own = is_own(m, msg->from),
		.id = msg->id,
		.time = msg->time,
		.from = msg->from,
		.name = msg->name,
		.text = msg->text,
		.queued = queued,
	};
	char *words;
	bool put;

	if (msg->id > m->top)
		m->top = msg->id;
	if (model_hides(m, msg->from)) {
		convo_hide(c, msg->id);
		return true;
	}
	it.mention = !it.own && mention_in(msg->text, m->status.user,
	    m->status.realm);
	if (it.mention && how == MODEL_LIVE)
		c->mentions++;
	if ((words = server_text(msg->from, msg->text)) != NULL)
		it.text = words;
	put = put_item(m, c, &it, how);
	if (!put && contradicts(c, &it))
		m->contradicted = true;
	free(words);
	return put;
}

/* The way the server spells a name is the right one. */
static void
respell(struct model *m, struct convo *c, const char *target)
{
	char local[WIRE_TARGET_CAP];

	target = model_local(m, target, local);
	if (strcmp(c->target, target) == 0 || strlen(target) >= WIRE_TARGET_CAP)
		return;
	if (c->draft != NULL && m->on_draft != NULL)
		m->on_draft(m->on_draft_arg, c->target, "", false);
	snprintf(c->target, sizeof(c->target), "%s", target);
	if (c->draft != NULL)
		tell_draft(m, c);
	list_changed(m);
}

/* Passed by, it counts as read where the person looks on. */
static void
add_hidden(struct model *m, struct convo *c, const struct model_message *msg,
    enum model_how how)
{
	(void)put_message(m, c, msg, how, NULL);
	if (c == model_current(m) && m->looked && c->unread == 0)
		c->read_due = msg->id;
}

bool
model_add(struct model *m, const struct model_message *msg, enum model_how how)
{
	bool hidden = model_hides(m, msg->from);
	struct convo *c = hidden ? model_find(m, msg->target) :
	    open_convo(m, msg->target);

	if (how == MODEL_LIVE && msg->id > m->seen)
		m->seen = msg->id;
	if (hidden && c != NULL)
		add_hidden(m, c, msg, how);
	if (hidden)
		return true;
	if (c == NULL || !put_message(m, c, msg, how, NULL))
		return false;
	respell(m, c, msg->target);
	if (how == MODEL_LIVE && !is_own(m, msg->from))
		count_unread(m, c, msg->id);
	else if (how == MODEL_LIVE)
		leave_marker(c);
	convo_changed(m, c);
	keep_short(m, c);
	if (c->bytes > MODEL_BYTES / MODEL_CONVOS)
		keep_small(m);
	return true;
}

void
model_page(struct model *m, struct convo *c, const struct model_message *msg,
    size_t n, bool begin)
{
	for (size_t i = 0; i < n; i++)
		(void)put_message(m, c, &msg[i], MODEL_HISTORY, NULL);
	c->fetching = false;
	c->begin = begin;
	c->cleared = false;
	if (c == model_current(m) && m->looked)
		model_mark_read(m, c);
	convo_changed(m, c);
	convo_trim(c, MODEL_SCROLLED, MODEL_NOTICES);
	keep_small(m);
}

/* ---- the passage ------------------------------------------------------- */

struct convo *
model_passage(const struct model *m)
{
	if (m->passage != NULL) /* the line stands where it stands there */
		m->passage->marker = model_current(m)->marker;
	return m->passage;
}

struct convo *
model_passage_begin(struct model *m)
{
	const struct convo *c = model_current(m);

	model_passage_end(m);
	m->passage = convo_new(c->target, c->key);
	m->passage->serial = c->serial;
	m->passage->passage = ++m->passages;
	m->passage->fetching = m->passage->fetching_newer = true;
	return m->passage;
}

void
model_fetching_newer(struct model *m, struct convo *p, bool fetching)
{
	if (p->fetching_newer == fetching)
		return;
	p->fetching_newer = fetching;
	convo_changed(m, p);
}

void
model_passage_lost(struct model *m)
{
	if (m->passage == NULL)
		return;
	m->passage->fetching = m->passage->fetching_newer = false;
	if (m->passage->messages == 0)
		model_passage_end(m);
}

/* Nothing is missing between them any more. */
static void
join_passage(struct model *m)
{
	struct convo *c = model_current(m);

	c->begin = m->passage->begin;
	c->cleared = false;
	convo_join(c, m->passage);
	model_passage_end(m);
	convo_trim(c, MODEL_SCROLLED, MODEL_NOTICES);
	keep_small(m);
}

void
model_passage_page(struct model *m, const struct model_message *msg, size_t n,
    bool newer, bool more)
{
	struct convo *p = m->passage;
	int64_t held = convo_first(model_current(m));

	for (size_t i = 0; i < n; i++)
		(void)put_message(m, p, &msg[i], MODEL_HISTORY, NULL);
	convo_changed(m, p);
	if (!newer) {
		p->fetching = false;
		p->begin = !more;
		convo_trim_newest(p, MODEL_PASSAGE);
		return;
	}
	p->fetching_newer = false;
	convo_trim(p, MODEL_PASSAGE, MODEL_NOTICES);
	if (!more || (held > 0 && n > 0 && msg[n - 1].id >= held))
		join_passage(m);
}

/* ---- what is known of the rest ----------------------------------------- */

void
model_fetching(struct model *m, struct convo *c, bool fetching)
{
	if (c->fetching == fetching)
		return;
	c->fetching = fetching;
	convo_changed(m, c);
}

void
model_seen(struct model *m, int64_t id)
{
	if (id > m->seen)
		m->seen = id;
	if (id > m->top)
		m->top = id;
}

void
model_watched(struct model *m, int64_t last)
{
	m->missed = last;
	if (last > m->top)
		m->top = last;
}

int64_t
model_last_seen(const struct model *m)
{
	return m->seen;
}

void
model_gap(struct model *m)
{
	for (size_t i = 0; i < m->count; i++) {
		convo_drop_kind(m->convo[i], ITEM_MESSAGE);
		m->convo[i]->begin = m->convo[i]->cleared = false;
		m->convo[i]->fetching = false;
	}
	changed(m, MODEL_STREAM);
}

int64_t
model_top(const struct model *m)
{
	return m->top;
}

bool
model_contradicted(const struct model *m)
{
	return m->contradicted;
}

void
model_anew(struct model *m, int64_t seen)
{
	model_passage_end(m);
	model_gap(m);
	m->contradicted = false;
	m->seen = seen;
	m->top = 0;
	m->missed = INT64_MAX; /* until the next watch begins */
	for (size_t i = 0; i < m->count; i++) {
		struct convo *c = m->convo[i];

		convo_anew(c);
		c->unread = c->mentions = 0;
		c->first_unread = c->marker = c->read_due = 0;
	}
	for (size_t i = 0; i < m->closed.count; i++)
		m->closed.at[i].unread = 0;
	changed(m, MODEL_CONVS);
}

struct ignore *
model_ignored(const struct model *m)
{
	return m->ignored;
}

bool
model_quiet(const struct model *m, const struct convo *c)
{
	return ignore_has(m->ignored, IGNORE_QUIET, c->target);
}

size_t
model_news(const struct model *m, const struct convo *c)
{
	bool seen = c == model_current(m) && !m->away;

	return seen || model_quiet(m, c) ? 0 : c->unread;
}

void
model_hide(struct model *m, const char *user)
{
	struct convo *c = model_find(m, user);

	if (c != NULL)
		none_unread(m, c);
	for (size_t i = 0; i < m->count; i++)
		convo_drop_ignored(m->convo[i], m->ignored);
	if (m->passage != NULL)
		convo_drop_ignored(m->passage, m->ignored);
	changed(m, MODEL_STREAM | MODEL_CONVS | MODEL_USERS);
}

void
model_unhide(struct model *m)
{
	model_passage_end(m);
	model_gap(m);
	changed(m, MODEL_CONVS | MODEL_USERS);
}

/* ---- own words --------------------------------------------------------- */

bool
model_typed(struct model *m, const char *target, const char *tag,
    const char *text, int64_t now)
{
	struct convo *c;
	struct entry *e;
	struct item it = {
		.kind = ITEM_WAITING,
		.own = true,
		.time = now,
		.from = m->speaker,
		.name = "",
		.text = text,
	};

	if (m->waiting >= MODEL_WAITING ||
	    (c = open_convo(m, target)) == NULL ||
	    c->tail.count >= (size_t)2 * MODEL_WAITING)
		return false;
	it.serial = ++m->serial;
	it.id = m->top;
	e = entry_new(&it, tag);
	convo_append_tail(c, e);
	m->waiting++;
	leave_marker(c);
	changed(m, MODEL_STATUS);
	convo_changed(m, c);
	if (m->on_item != NULL)
		m->on_item(m->on_item_arg, c, &e->item, MODEL_LOCAL);
	return true;
}

/* An item never changes: each is a new one in its place. */
static void
resign(struct model *m, struct convo *c)
{
	for (size_t i = 0; i < c->tail.count; i++) {
		const struct entry *old = c->tail.at[c->tail.off + i];
		struct item it = old->item;
		struct entry *e;
		size_t at;

		if (strcmp(it.from, m->speaker) == 0)
			continue;
		it.from = m->speaker;
		it.serial = ++m->serial;
		e = entry_new(&it, old->tag);
		entry_free(convo_take_tail(c, e->tag, &at));
		convo_insert_tail(c, at, e);
		convo_changed(m, c);
	}
}

void
model_speaker(struct model *m, const char *user)
{
	if (strcmp(m->speaker, user) == 0 || strlen(user) >= WIRE_NAME_CAP)
		return;
	snprintf(m->speaker, sizeof(m->speaker), "%s", user);
	for (size_t i = 0; i < m->count; i++)
		resign(m, m->convo[i]);
}

static struct entry *
take_waiting(struct model *m, const char *tag, struct convo **c, size_t *at)
{
	for (size_t i = 0; i < m->count; i++) {
		struct entry *e;

		if (m->convo[i]->waiting == 0)
			continue;
		*c = m->convo[i];
		if ((e = convo_take_tail(*c, tag, at)) == NULL)
			continue;
		m->waiting--;
		changed(m, MODEL_STATUS);
		convo_changed(m, *c);
		return e;
	}
	return NULL;
}

/* Words typed to a name alone went to target.  If nobody talks under that name
 * yet the conversation takes it on. */
static struct convo *
find_or_rename(struct model *m, struct convo *c, const char *target)
{
	struct convo *to = model_find(m, target);
	char key[WIRE_TARGET_CAP];

	if (to != NULL || !key_here(m, target, key))
		return to;
	memcpy(c->key, key, sizeof(key));
	respell(m, c, target);
	c->begin = false; /* there is a history under that name */
	return c;
}

void
model_settle(struct model *m, const char *tag, int64_t id, int64_t time,
    const char *queued, const char *target)
{
	struct convo *c, *to = NULL;
	size_t at;
	struct entry *e = take_waiting(m, tag, &c, &at);
	const struct user *me;
	struct model_message msg;

	if (e == NULL)
		return;
	if (target != NULL && (to = find_or_rename(m, c, target)) != NULL)
		c = to;
	me = userlist_find(&m->users, m->status.user);
	msg = (struct model_message){
		.id = id,
		.time = time,
		.target = c->target,
		.from = m->status.user,
		.name = me == NULL ? "" : me->name,
		.text = e->item.text,
	};
	(void)put_message(m, c, &msg, MODEL_SETTLED, queued);
	convo_changed(m, c);
	entry_free(e);
	keep_short(m, c);
	keep_small(m);
}

void
model_fail(struct model *m, const char *tag, const char *why)
{
	struct convo *c;
	size_t at;
	struct entry *e = take_waiting(m, tag, &c, &at), *failed;
	struct item it;

	if (e == NULL)
		return;
	it = e->item;
	it.kind = ITEM_FAILED;
	it.why = why;
	it.serial = ++m->serial;
	failed = entry_new(&it, tag);
	entry_free(e);
	convo_insert_tail(c, at, failed);
	if (m->on_item != NULL)
		m->on_item(m->on_item_arg, c, &failed->item, MODEL_LOCAL);
}

bool
model_has_tag(const struct model *m, const char *tag)
{
	for (size_t i = 0; i < m->count; i++)
		if (convo_has_tag(m->convo[i], tag))
			return true;
	return false;
}

bool
model_drop_failed(
    struct model *m, struct convo *c, char tag[WIRE_TAG_MAX + 1])
{
	const struct item *it = convo_failed(c);
	const struct entry *e = (const struct entry *)it;
	size_t at;

	if (it == NULL)
		return false;
	snprintf(tag, WIRE_TAG_MAX + 1, "%s", e->tag);
	entry_free(convo_take_tail(c, tag, &at));
	changed(m, MODEL_STATUS);
	convo_changed(m, c);
	return true;
}

size_t
model_waiting(const struct model *m)
{
	return m->waiting;
}

/* ---- notices ----------------------------------------------------------- */

static void
notice_line(struct model *m, struct convo *c, int64_t now, const char *line,
    bool follows)
{
	struct item it = {
		.kind = ITEM_NOTICE,
		.follows = follows,
		.id = m->top,
		.time = now,
		.from = "",
		.name = "",
		.text = line,
	};

	(void)put_item(m, c, &it, MODEL_LOCAL);
}

static void
notice_lines(struct model *m, struct convo *c, int64_t now, const char *text,
    bool follows)
{
	char *copy = xstrdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line != '\0' || rest != NULL)
			notice_line(m, c, now, line, follows);
		follows = true;
	}
	free(copy);
	convo_trim(c, MODEL_SCROLLED, MODEL_NOTICES);
	convo_changed(m, c);
}

void
model_notice(struct model *m, int64_t now, const char *text)
{
	notice_lines(m, model_current(m), now, text, false);
}

void
model_notice_in(
    struct model *m, struct convo *c, int64_t now, const char *text)
{
	notice_lines(m, c, now, text, false);
}

void
model_noise(struct model *m, struct convo *c, int64_t now, const char *user,
    bool came)
{
	struct buf text;

	if (model_hides(m, user))
		return;
	buf_init(&text, NOISE_CAP);
	convo_noise(c, user, came, &text);
	notice_lines(m, c, now, buf_data(&text), false);
	c->joinpart->serial = m->serial;
	buf_release(&text);
}

void
model_notice_more(struct model *m, int64_t now, const char *text)
{
	notice_lines(m, model_current(m), now, text, true);
}

void
model_noticef(struct model *m, int64_t now, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	model_notice(m, now, text);
	free(text);
}

/* ---- users ------------------------------------------------------------- */

void
model_users_begin(struct model *m)
{
	userlist_begin(&m->users);
}

void
model_users_end(struct model *m)
{
	bool first = !m->users_listed;

	m->users_listed = true;
	if (userlist_end(&m->users) || first)
		changed(m, MODEL_USERS);
}

void
model_user_set(struct model *m, const char *user, const char *name,
    bool online, int64_t since)
{
	const struct user u = {
		.user = user,
		.name = name,
		.online = online,
		.since = since,
	};

	if (userlist_set(&m->users, &u))
		changed(m, MODEL_USERS);
	groups_presence(m->rooms, user, online);
}

size_t
model_users(struct model *m)
{
	return userlist_count(&m->users);
}

const struct user *
model_user(struct model *m, size_t i)
{
	return userlist_shown(&m->users, i);
}

size_t
model_online(struct model *m)
{
	return userlist_online(&m->users);
}

const struct user *
model_user_by_name(const struct model *m, const char *name)
{
	return userlist_find(&m->users, name);
}

struct groups *
model_rooms(const struct model *m)
{
	return m->rooms;
}

struct userlist *
model_here(const struct model *m)
{
	const char *target = model_current(m)->target;
	const struct group *g = groups_find(m->rooms, target);
	struct userlist *r = groups_members(m->rooms, target);

	return g == NULL || !g->member || userlist_count(r) == 0 ? NULL : r;
}

bool
model_people_current(const struct model *m)
{
	const char *target = model_current(m)->target;

	return m->users_listed && (model_here(m) == NULL ||
	    groups_find(m->rooms, target)->listed);
}

/* ---- the whole --------------------------------------------------------- */

struct model *
model_new(void)
{
	struct model *m = xcalloc(1, sizeof(*m));

	m->rooms = groups_new();
	m->ignored = ignore_new();
	(void)open_convo(m, "*");
	m->seen = -1;
	m->changes = MODEL_ALL;
	return m;
}

static void
drop_all(struct model *m)
{
	convo_free(m->passage);
	m->passage = NULL;
	for (size_t i = 0; i < m->count; i++)
		convo_free(m->convo[i]);
	free(m->convo);
	closed_release(&m->closed);
	userlist_release(&m->users);
}

void
model_free(struct model *m)
{
	if (m == NULL)
		return;
	drop_all(m);
	groups_free(m->rooms);
	ignore_free(m->ignored);
	free(m);
}

void
model_reset(struct model *m)
{
	uint64_t list = m->list;

	drop_all(m);
	groups_clear(m->rooms);
	m->convo = NULL;
	m->count = m->current = m->waiting = 0;
	m->looked = m->contradicted = false;
	m->seen = -1;
	m->top = m->missed = 0;
	(void)open_convo(m, "*");
	m->list = list;
	changed(m, MODEL_ALL);
}

unsigned
model_pending(const struct model *m)
{
	return m->changes;
}

unsigned
model_changes(struct model *m)
{
	unsigned what = m->changes;

	/* Their topics stand in the status line. */
	if (groups_changed(m->rooms))
		what |= MODEL_USERS | MODEL_STATUS;
	m->changes = 0;
	return what;
}

void
model_on_item(struct model *m, model_item_fn *fn, void *arg)
{
	m->on_item = fn;
	m->on_item_arg = arg;
}

const struct model_status *
model_status(const struct model *m)
{
	return &m->status;
}

static bool
same_status(const struct model_status *a, const struct model_status *b)
{
	return a->link == b->link && a->retry_at == b->retry_at &&
	    strcmp(a->server, b->server) == 0 &&
	    strcmp(a->realm, b->realm) == 0 &&
	    strcmp(a->user, b->user) == 0 && strcmp(a->why, b->why) == 0;
}

/* All that is of it becomes part of the one that has the name alone. */
static void
merge(struct model *m, struct convo *to, struct convo *c)
{
	size_t at;

	if (c == model_current(m))
		model_switch(m, to);
	convo_join(to, c);
	while (c->tail.count > 0)
		convo_append_tail(to,
		    convo_take_tail(c, c->tail.at[c->tail.off]->tag, &at));
	if (c->draft != NULL) {
		join_draft(m, to, c->draft);
		model_draft(m, c, "");
	}
	remove_convo(m, c);
	convo_changed(m, to);
	changed(m, MODEL_STATUS);
}

static void
localise(struct model *m, struct convo *c)
{
	char key[WIRE_TARGET_CAP], local[WIRE_TARGET_CAP];
	struct convo *to;

	if (model_local(m, c->target, local) == c->target ||
	    !names_key(local, key))
		return;
	if ((to = find_key(m, key)) != NULL)
		merge(m, to, c);
	else {
		memcpy(c->key, key, sizeof(key));
		respell(m, c, local);
	}
}

static void
localise_closed(struct model *m, const char *target, size_t unread)
{
	char key[WIRE_TARGET_CAP], local[WIRE_TARGET_CAP];
	char *draft;

	if (model_local(m, target, local) == target ||
	    !names_key(target, key))
		return;
	if ((draft = closed_take(&m->closed, key)) == NULL)
		return;
	if (*draft != '\0' && m->on_draft != NULL)
		m->on_draft(m->on_draft_arg, target, "", true);
	if (*draft != '\0')
		model_put_closed_draft(m, local, draft);
	else
		model_restore_closed(m, local, unread);
	if (*draft != '\0' && model_find(m, local) == NULL &&
	    m->on_draft != NULL)
		m->on_draft(m->on_draft_arg, local, draft, true);
	free(draft);
	list_changed(m);
}

/* What was opened or closed under NAME@REALM before that was known to be our
 * own realm is NAME's. */
static void
localise_all(struct model *m)
{
	char target[WIRE_TARGET_CAP];
	size_t unread;

	model_passage_end(m);
	for (size_t i = m->count; i-- > 1;)
		localise(m, m->convo[i]);
	for (size_t i = m->closed.count; i-- > 0;) {
		snprintf(target, sizeof(target), "%s",
		    model_closed_at(m, i, &unread));
		localise_closed(m, target, unread);
	}
}

static bool
is_watching(const struct model_status *s)
{
	return s->link == LINK_ONLINE || s->link == LINK_CATCHING;
}

void
model_set_status(struct model *m, const struct model_status *s)
{
	bool moved = strcmp(m->status.realm, s->realm) != 0;
	bool was_watching = is_watching(&m->status);

	if (same_status(&m->status, s))
		return;
	m->status = *s;
	if (was_watching && !is_watching(s)) {
		m->users_listed = false;
		groups_stale(m->rooms);
	}
	if (moved && *s->realm != '\0')
		localise_all(m);
	if (s->user[0] != '\0')
		model_speaker(m, s->user);
	changed(m, MODEL_STATUS);
}
