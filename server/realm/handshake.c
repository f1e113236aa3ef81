/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/handshake.h"

#include <sys/queue.h>
#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "server/realm/item.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/resolve.h"
#include "shared/wire.h"
#include "shared/xalloc.h"

enum { LINE_CAP = 512, WHO_CAP = WIRE_NAME_CAP + RESOLVE_TEXT_CAP + 8 };

struct handshake {
	struct shakes *set;
	TAILQ_ENTRY(handshake) entry;
	struct conn *conn;
	enum secret_end us;
	const struct handshake_peer *peer; /* NULL: no realm of ours */
	const char *why;               /* peer NULL: what is wrong with it */
	char claimed[WIRE_NAME_CAP];   /* accepted: who it says it is, folded */
	char addr[RESOLVE_TEXT_CAP];   /* where it is */
	struct secret_pair pair;
	struct secret_shake seen;
	unsigned char session[SECRET_KEY_LEN];
	bool challenged; /* dialled: has the other's key, sent its own proof */
	struct frame frame;
	struct loop_timer late;
};

TAILQ_HEAD(handshake_list, handshake);

struct shakes {
	struct loop *loop;
	struct conns *conns;
	const char *own, *own_key;
	struct handshake_handler handler;
	struct handshake_list dialled, accepted; /* oldest first */
	size_t strangers;                    /* in accepted */
};

/* ---- the end of one --------------------------------------------------- */

static void
no_input(struct conn *c, void *arg)
{
	struct buf *in = conn_in(c);

	(void)arg;
	buf_eat(in, in->len);
}

/* For a connection that only has to send what is queued. */
static const struct conn_handler leaving = { .input = no_input };

static void
release(struct handshake *s)
{
	loop_timer_unset(s->set->loop, &s->late);
	secret_wipe(s, sizeof *s);
	free(s);
}

static void
forget(struct handshake *s)
{
	struct shakes *set = s->set;

	if (s->us == SECRET_DIALER)
		TAILQ_REMOVE(&set->dialled, s, entry);
	else {
		TAILQ_REMOVE(&set->accepted, s, entry);
		set->strangers--;
	}
	release(s);
}

static void
who_of(const struct handshake *s, char who[WHO_CAP])
{
	snprintf(who, WHO_CAP, "%s (%s)",
	    s->claimed[0] != '\0' ? s->claimed : "somebody", s->addr);
}

/* Over; what is queued still goes out.  Frees s, and tells why. */
static void
fail(struct handshake *s, const char *why)
{
	struct handshake_handler h = s->set->handler;
	const struct handshake_peer *peer = s->peer;
	bool ours = s->us == SECRET_DIALER;
	char who[WHO_CAP];

	who_of(s, who);
	conn_set_handler(s->conn, &leaving, NULL);
	conn_close(s->conn);
	forget(s);
	if (ours)
		h.failed(h.arg, peer, why);
	else
		h.denied(h.arg, who, why);
}

static void
deny(struct handshake *s, const char *why)
{
	char text[LINE_CAP];
	int n = snprintf(text, sizeof text, "{\"status\":\"ERROR\","
	    "\"message\":\"%s\",\"code\":\"%s\"}\r\n\r\n",
	    wire_err_text(WIRE_DENIED), wire_err_code(WIRE_DENIED));

	conn_write(s->conn, text, (size_t)n);
	fail(s, why);
}

static void
succeed(struct handshake *s)
{
	struct handshake_handler h = s->set->handler;
	const struct handshake_peer *peer = s->peer;
	struct conn *c = s->conn;
	enum secret_end us = s->us;
	unsigned char session[SECRET_KEY_LEN];

	memcpy(session, s->session, sizeof session);
	conn_set_handler(c, &leaving, NULL);
	forget(s);
	h.done(h.arg, peer, c, session, us);
	secret_wipe(session, sizeof session);
}

static void
on_late(void *arg)
{
	fail(arg, "the handshake took too long");
}

/* ---- the dialer ------------------------------------------------------- */

static void
say_prove(struct handshake *s)
{
	unsigned char proof[SECRET_KEY_LEN];
	char hex[SECRET_HEX_CAP], text[LINE_CAP];
	int n;

	secret_prove(proof, s->session, SECRET_DIALER);
	secret_hex(proof, hex);
	n = snprintf(text, sizeof text, "prove %s\r\n", hex);
	conn_write(s->conn, text, (size_t)n);
}

/* False: there is no such member, or it is no key. */
static bool
key_of(const json_t *o, const char *name, unsigned char key[SECRET_KEY_LEN])
{
	const char *hex = json_text(o, name, SECRET_HEX_CAP);

	return hex != NULL && secret_unhex(hex, strlen(hex), key);
}

/* NULL: well.  Else what went wrong, or "" when it is all done. */
static const char *
dialer_hears(struct handshake *s, const json_t *o)
{
	unsigned char *theirs = s->seen.public[SECRET_ACCEPTOR];
	unsigned char proof[SECRET_KEY_LEN];
	const char *status = json_text(o, "status", WIRE_TAG_MAX);
	const char *code = json_text(o, "code", WIRE_TAG_MAX);

	if (status == NULL)
		return "the other side is no chat-server";
	if (code != NULL &&
	    strcmp(code, wire_err_code(WIRE_DENIED)) == 0)
		return "denied: do both sides have the same secret, and each "
		    "other's names?";
	if (strcmp(status, "OK") != 0)
		return "the other side takes no links";
	if (s->challenged)
		return key_of(o, "proof", proof) &&
		    secret_proved(proof, s->session, SECRET_ACCEPTOR) ? "" :
		    "the other side does not know the secret";
	if (!key_of(o, "key", theirs) ||
	    !secret_session(s->session, s->peer->link_key, &s->seen, &s->pair,
	    SECRET_DIALER))
		return "the other side's challenge is none";
	s->challenged = true;
	say_prove(s);
	return NULL;
}

static void
dialer_input(struct conn *c, void *arg)
{
	struct handshake *s = arg;
	const char *why;
	json_t *o;
	size_t n;
	char *p;

	do {
		switch (frame_next(&s->frame, conn_in(c), &p, &n)) {
		case FRAME_MORE:
			return;
		case FRAME_TOO_LONG:
			why = "the other side is no chat-server";
			break;
		case FRAME_READY:
			o = json_loadb(p, n, JSON_REJECT_DUPLICATES, NULL);
			why = dialer_hears(s, o);
			json_decref(o);
			frame_done(&s->frame, conn_in(c));
			break;
		}
	} while (why == NULL);
	if (*why == '\0')
		succeed(s);
	else
		fail(s, why);
}

/* ---- the acceptor ----------------------------------------------------- */

static void
say_challenge(struct handshake *s)
{
	char hex[SECRET_HEX_CAP], text[LINE_CAP];
	int n;

	secret_hex(s->pair.public, hex);
	n = snprintf(text, sizeof text,
	    "{\"status\":\"OK\",\"key\":\"%s\"}\r\n\r\n", hex);
	conn_write(s->conn, text, (size_t)n);
}

static void
say_proof(struct handshake *s)
{
	unsigned char proof[SECRET_KEY_LEN];
	char hex[SECRET_HEX_CAP], text[LINE_CAP];
	int n;

	secret_prove(proof, s->session, SECRET_ACCEPTOR);
	secret_hex(proof, hex);
	n = snprintf(text, sizeof text,
	    "{\"status\":\"OK\",\"proof\":\"%s\"}\r\n\r\n", hex);
	conn_write(s->conn, text, (size_t)n);
}

static bool
is_proof(const struct handshake *s, const char *line, size_t n)
{
	static const char word[] = "prove ";
	unsigned char proof[SECRET_KEY_LEN];
	size_t skip = sizeof word - 1;

	while (n > 0 && line[n - 1] == ' ')
		n--;
	return n > skip && memcmp(line, word, skip) == 0 &&
	    secret_unhex(line + skip, n - skip, proof) &&
	    secret_proved(proof, s->session, SECRET_DIALER);
}

static void
acceptor_input(struct conn *c, void *arg)
{
	struct handshake *s = arg;
	bool proved;
	size_t n;
	char *p;

	switch (frame_next(&s->frame, conn_in(c), &p, &n)) {
	case FRAME_MORE:
		return;
	case FRAME_TOO_LONG:
		proved = false;
		break;
	default:
		proved = is_proof(s, p, n);
		frame_done(&s->frame, conn_in(c));
		break;
	}
	/* Who is not linked cannot prove anything, whatever it sends. */
	if (s->peer == NULL)
		deny(s, s->why);
	else if (!proved)
		deny(s, "it does not know the secret");
	else {
		say_proof(s);
		succeed(s);
	}
}

/* ---- both ------------------------------------------------------------- */

static void
on_closed(struct conn *c, void *arg, enum conn_end end)
{
	struct handshake *s = arg;

	(void)c;
	(void)end;
	fail(s, s->challenged ?
	    "the connection was closed before the handshake was over" :
	    "the connection was closed in the handshake");
}

static const struct conn_handler dialer = {
	.input = dialer_input, .closed = on_closed
};

static const struct conn_handler acceptor = {
	.input = acceptor_input, .closed = on_closed
};

static struct handshake *
begin(struct shakes *set, int fd, enum secret_end us)
{
	struct handshake *s = xcalloc(1, sizeof *s);
	struct sockaddr_storage sa;

	s->set = set;
	s->us = us;
	secret_pair_make(&s->pair);
	memcpy(s->seen.public[us], s->pair.public, SECRET_KEY_LEN);
	frame_init(&s->frame,
	    us == SECRET_DIALER ? FRAME_OBJECTS : FRAME_LINES, LINE_CAP);
	if (us == SECRET_DIALER)
		TAILQ_INSERT_TAIL(&set->dialled, s, entry);
	else {
		TAILQ_INSERT_TAIL(&set->accepted, s, entry);
		set->strangers++;
	}
	s->conn = conn_open(
	    set->conns, fd, us == SECRET_DIALER ? &dialer : &acceptor, s);
	if (conn_peer(s->conn, &sa))
		resolve_format(&sa, s->addr);
	loop_timer_set(set->loop, &s->late, HANDSHAKE_MS, on_late, s);
	return s;
}

void
handshake_dialled(struct shakes *set, int fd, const struct handshake_peer *peer)
{
	struct handshake *s = begin(set, fd, SECRET_DIALER);
	char hex[SECRET_HEX_CAP], text[LINE_CAP];
	int n;

	s->peer = peer;
	s->seen.name[SECRET_DIALER] = set->own_key;
	s->seen.name[SECRET_ACCEPTOR] = peer->key;
	secret_hex(s->pair.public, hex);
	n = snprintf(text, sizeof text, "link 1 %s %s %s\r\n", set->own,
	    peer->name, hex);
	conn_write(s->conn, text, (size_t)n);
}

static void
refuse_peer(struct handshake *s, const char *why)
{
	s->peer = NULL;
	s->why = why;
}

/* Cuts copy in place.  NULL: well; what is wrong with it. */
static const char *
read_line(struct handshake *s, char *copy)
{
	const char *word[5] = { NULL }, *p;
	char meant[WIRE_NAME_CAP];
	size_t n = 0;

	while ((p = strsep(&copy, " \t\r\n")) != NULL)
		if (*p != '\0' && n < 5)
			word[n++] = p;
		else if (*p != '\0')
			return "its request is malformed";
	if (n < 5 || !secret_unhex(word[4], strlen(word[4]),
	    s->seen.public[SECRET_DIALER]) ||
	    !wire_name_key(word[2], strlen(word[2]), s->claimed) ||
	    !wire_name_key(word[3], strlen(word[3]), meant))
		return "its request is malformed";
	if (strcmp(word[1], "1") != 0)
		return "it speaks another version";
	s->peer = s->set->handler.find(s->set->handler.arg, s->claimed);
	if (s->peer == NULL)
		s->why = "there is no link of that name";
	else if (strcmp(meant, s->set->own_key) != 0)
		refuse_peer(s, "it takes this realm for another");
	return NULL;
}

/* Who is not linked gets a challenge that nothing answers. */
static void
challenge(struct handshake *s)
{
	unsigned char none[SECRET_KEY_LEN];

	secret_random(none);
	s->seen.name[SECRET_DIALER] = s->claimed;
	s->seen.name[SECRET_ACCEPTOR] = s->set->own_key;
	if (!secret_session(s->session,
	    s->peer != NULL ? s->peer->link_key : none, &s->seen, &s->pair,
	    SECRET_ACCEPTOR))
		refuse_peer(s, "its key is none");
	secret_wipe(none, sizeof none);
	say_challenge(s);
}

void
handshake_accepted(struct shakes *set, int fd, const char *line,
    const void *rest, size_t n)
{
	struct handshake *s;
	const char *why;
	char *copy;

	if (set->strangers == SHAKES_MAX)
		fail(TAILQ_FIRST(&set->accepted),
		    "others have come for whom it was put out");
	s = begin(set, fd, SECRET_ACCEPTOR);
	copy = xstrdup(line);
	why = read_line(s, copy);
	free(copy);
	if (why == NULL && !buf_add(conn_in(s->conn), rest, n))
		why = "it sends more than a link has to say";
	if (why != NULL) {
		deny(s, why);
		return;
	}
	challenge(s);
	if (n > 0)
		conn_kick(s->conn);
}

struct shakes *
shakes_new(struct loop *loop, struct conns *conns, const char *own,
    const char *own_key, const struct handshake_handler *h)
{
	struct shakes *set = xcalloc(1, sizeof *set);

	set->loop = loop;
	set->conns = conns;
	set->own = own;
	set->own_key = own_key;
	set->handler = *h;
	TAILQ_INIT(&set->dialled);
	TAILQ_INIT(&set->accepted);
	return set;
}

static void
drop_all(struct handshake_list *list)
{
	struct handshake *s, *next;

	for (s = TAILQ_FIRST(list); s != NULL; s = next) {
		next = TAILQ_NEXT(s, entry);
		conn_set_handler(s->conn, &leaving, NULL);
		conn_abort(s->conn);
		release(s);
	}
}

void
shakes_free(struct shakes *set)
{
	if (set == NULL)
		return;
	drop_all(&set->dialled);
	drop_all(&set->accepted);
	free(set);
}
