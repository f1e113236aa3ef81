/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/dialect.h"

#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "server/dialect/guest.h"
#include "server/dialect/inner.h"
#include "server/dialect/raw.h"
#include "server/dialect/render.h"
#include "server/dialect/speaker.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

const char *
dialect_name(enum dialect_kind kind)
{
	return kind == DIALECT_FRAMED ? "command protocol" : "plain text";
}

struct blob *
removed_text(const struct chat_event *e, const char *end)
{
	struct buf b;
	struct blob *blob;

	buf_init(&b, 8 * WIRE_TOPIC_MAX + WIRE_TARGET_CAP + 64);
	buf_addf(&b, "Anda dikeluarkan dari server oleh %s", e->by);
	if (*e->text != '\0') {
		buf_adds(&b, ": ");
		utf8_clean(&b, e->text, strlen(e->text));
	}
	buf_adds(&b, end);
	blob = blob_new(buf_data(&b), b.len);
	buf_release(&b);
	return blob;
}

/* Its sessions have ended already; what is queued for it still goes out. */
static void
cut_one(struct conn *c, void *arg)
{
	struct speaker *s = conn_arg(c);
	const struct chat_event *e = arg;

	if (strcmp(s->user, e->user.name) != 0)
		return;
	s->speech->cut(s, e);
	conn_close(c);
}

static void
cut(void *arg, const struct chat_event *e)
{
	struct dialects *set = arg;
	struct chat_event copy = *e;

	if (set->conns != NULL)
		conns_each(set->conns, cut_one, &copy);
}

struct dialects *
dialects_new(struct loop *loop, struct chat *chat,
    const struct chat_rules *rules, size_t max_memory,
    void (*log)(const char *cause, const char *detail))
{
	static const struct conn_limits limits = {
		IN_CAP, OUT_LOW, OUT_HIGH, OUT_HARD
	};
	struct dialects *set = xcalloc(1, sizeof *set);

	set->loop = loop;
	set->chat = chat;
	set->rules = *rules;
	set->log = log;
	set->conns = conns_new(loop, &limits, max_memory);
	set->guests = guests_new();
	framed_sink_init(set);
	text_sink_init(set);
	raw_init(set);
	chat_on_cut(chat, cut, set);
	return set;
}

void
dialects_close(struct dialects *set)
{
	struct conns *conns = set->conns;

	/* Whoever is looked up from here on is gone. */
	set->conns = NULL;
	conns_free(conns);
}

void
dialects_free(struct dialects *set)
{
	if (set == NULL)
		return;
	guests_free(set->guests);
	free(set);
}

struct conn *
dialects_find(const struct dialects *set, uint64_t id)
{
	return set->conns != NULL ? conn_find(set->conns, id) : NULL;
}

void
dialects_set_peers(struct dialects *set, const struct peers *peers)
{
	set->peers = *peers;
}

void
dialects_set_rules(struct dialects *set, const struct chat_rules *rules)
{
	set->rules = *rules;
}

void
dialects_set_limits(
    struct dialects *set, const struct dialect_limits *limits)
{
	guests_limit(set->guests, limits->strangers, limits->registrations);
}

size_t
dialects_count(const struct dialects *set)
{
	return conns_count(set->conns);
}

void
dialects_log_slow(const struct dialects *set, const char *user)
{
	set->log("a client that does not read was cut off",
	    *user != '\0' ? user : NULL);
}

/* A name that is nobody's may be a password that was typed too early: it is
 * not written down. */
void
dialects_log_refused_login(
    const struct dialects *set, enum wire_err err, const char *name)
{
	if (err == WIRE_WRONG_PASSWORD)
		set->log("login with a wrong password", name);
	else if (err == WIRE_RATE_LIMITED)
		set->log("too many wrong passwords", name);
	else if (err == WIRE_NO_ACCOUNT)
		set->log("login with a name that is nobody's", NULL);
}

bool
dialects_open(struct dialects *set, enum dialect_kind kind, int fd,
    const char *origin)
{
	return kind == DIALECT_FRAMED ? framed_open(set, fd, origin) :
	    text_open(set, fd, origin);
}

void
dialect_refuse(enum dialect_kind kind, int fd)
{
	const char *text = wire_err_text(WIRE_TOO_MANY_CONNECTIONS);
	struct blob *b;

	/* A fresh socket's buffer takes it, or the peer goes without. */
	if (kind == DIALECT_FRAMED)
		b = render_blob(render_error(WIRE_TOO_MANY_CONNECTIONS, 0));
	else
		b = blob_join(text, strlen(text), "\n", 1);
	send(fd, b->data, b->len, MSG_DONTWAIT | MSG_NOSIGNAL);
	blob_unref(b);
}

static void
kick(struct conn *c, void *arg)
{
	(void)arg;
	conn_kick(c);
}

void
dialects_stop(struct dialects *set)
{
	set->stopping = true;
	conns_each(set->conns, kick, NULL);
}

bool
first_bytes_foreign(const char *p, size_t n)
{
	return (n >= 2 && memcmp(p, "\x16\x03", 2) == 0) ||
	    (n >= 4 && memcmp(p, "SSH-", 4) == 0);
}

/* METHOD PATH HTTP/1.1, or 2.0 and the like.  All methods are in capitals (RFC
 * 9110, 16.1.1) and no word of ours is: a text may well end in HTTP/1.1. */
static bool
is_http(const char *p, size_t n)
{
	static const char version[] = " HTTP/";
	const size_t len = sizeof version - 1 + 3;
	size_t method = 0;

	while (method < n && p[method] >= 'A' && p[method] <= 'Z')
		method++;
	return method > 0 && n > method + len && p[method] == ' ' &&
	    memcmp(p + n - len, version, sizeof version - 1) == 0;
}

bool
first_line_foreign(const char *p, size_t n)
{
	size_t controls = 0;

	if (is_http(p, n))
		return true;
	if (utf8_valid(p, n))
		return false;
	for (size_t i = 0; i < n; i++)
		controls += (unsigned char)p[i] < 0x20 && p[i] != '\t' &&
		    p[i] != '\0';
	return controls >= 2;
}
