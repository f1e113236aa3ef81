/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/client.h"

#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/dial.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/resolve.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/answer.h"
#include "tui/clock.h"
#include "tui/model.h"
#include "tui/outbox.h"
#include "tui/parse.h"

#include <sys/random.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

enum {
	CONNECT_MS = 15000, /* to find, connect and be greeted */
	IDLE_MS = 30000,    /* nothing heard for so long: ask */
	DEAD_MS = 20000,    /* and so long after it: lost */
	PAUSE_MIN_MS = 250,
	PAUSE_MAX_MS = 30000,
	STEADY_MS = 5000, /* a connection that held so long was a good one */
	AGAIN_MS = 1000,  /* busy, or no retry_ms given */
	READ_MS = 1000,   /* between two read marks of a conversation */
	PENDING_MAX = 256 /* requests on their way */
};

/* A request that waits for its reply.  Replies are found by tag. */
struct request {
	struct request *next;
	uint64_t tag;
	void (*done)(struct client *, const struct request *, json_t *reply);
	uint64_t convo;      /* history: whose */
	enum client_ask ask; /* a question of the person's */
};

struct client {
	struct loop *loop;
	struct model *model;
	const struct client_events *events;
	void *arg;

	struct conns *conns;
	struct dial *dial; /* looking up and connecting */
	uint64_t conn;     /* 0: none */
	struct frame frame;

	char host[RESOLVE_HOST_CAP], port[8];
	enum model_link link;
	char why[160]; /* of the last loss */

	/* What to log in with: a token, or a name and password. */
	char *user, *token, *password, *real_name;
	bool registering;
	bool logout_wanted;
	char last_user[WIRE_NAME_CAP]; /* whose conversations are shown */

	struct request *requests, **last_request;
	size_t request_count;
	uint64_t tag;
	uint64_t login_tag; /* only the newest try to log in counts */

	struct outbox outbox;
	bool sending; /* its first is on its way */

	bool lazy; /* see client_lazy */
	bool said_lost;
	bool unread_asked;
	int64_t online_at, read_at;
	unsigned failures; /* in a row: how long to pause */
	int64_t retry_at;

	struct loop_timer pause;  /* LOST: try again */
	struct loop_timer alive;  /* see IDLE_MS, DEAD_MS, CONNECT_MS */
	struct loop_timer resend; /* rate-limited: the outbox goes on */
	struct loop_timer relogin;
	struct loop_timer reads;
};

static void start(struct client *);
static void log_in(struct client *);
static void pump(struct client *);
static void ask_unread(struct client *);
static void done_logout(
    struct client *, const struct request *, json_t *reply);

/* ---- small things ------------------------------------------------------ */

static void
notice(struct client *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
notice(struct client *c, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	model_notice(c->model, clock_ms(), text);
	free(text);
	c->events->changed(c->arg);
}

static void
wipe(char **secret)
{
	if (*secret == NULL)
		return;
	explicit_bzero(*secret, strlen(*secret));
	free(*secret);
	*secret = NULL;
}

static void
replace(char **slot, const char *s)
{
	char *copy = s == NULL ? NULL : xstrdup(s);

	wipe(slot);
	*slot = copy;
}

/* What the model shows of us. */
static void
publish(struct client *c)
{
	struct model_status s = *model_status(c->model);

	s.link = c->link;
	s.retry_at = c->link == LINK_LOST ? c->retry_at : 0;
	snprintf(s.why, sizeof(s.why), "%s",
	    c->link == LINK_LOST ? c->why : "");
	snprintf(s.user, sizeof(s.user), "%s",
	    c->token != NULL && c->user != NULL ? c->user : "");
	model_set_status(c->model, &s);
	c->events->changed(c->arg);
}

static void
set_link(struct client *c, enum model_link link)
{
	c->link = link;
	publish(c);
}

static struct conn *
conn_of(const struct client *c)
{
	return c->conn == 0 ? NULL : conn_find(c->conns, c->conn);
}

static bool
watching(const struct client *c)
{
	return c->link == LINK_ONLINE || c->link == LINK_CATCHING;
}

/* ---- losing it, and trying again --------------------------------------- */

/* What is on its way brings nothing any more. */
static void
nothing_comes(struct client *c)
{
	c->sending = c->unread_asked = false;
	loop_timer_unset(c->loop, &c->resend);
	loop_timer_unset(c->loop, &c->reads);
	for (size_t i = 0; i < model_convos(c->model); i++)
		model_fetching(c->model, model_convo(c->model, i), false);
}

static void
drop_requests(struct client *c)
{
	while (c->requests != NULL) {
		struct request *rq = c->requests;

		c->requests = rq->next;
		free(rq);
	}
	c->last_request = &c->requests;
	c->request_count = 0;
	nothing_comes(c);
}

/* No connection behind it, no timer, no request; what is to be said stays. */
static void
hang_up(struct client *c)
{
	struct conn *cn = conn_of(c);

	c->conn = 0;
	if (cn != NULL)
		conn_abort(cn);
	if (c->dial != NULL)
		dial_cancel(c->dial);
	c->dial = NULL;
	loop_timer_unset(c->loop, &c->pause);
	loop_timer_unset(c->loop, &c->alive);
	loop_timer_unset(c->loop, &c->relogin);
	drop_requests(c);
}

static void
on_pause_over(void *arg)
{
	start(arg);
}

/* Doubled with each failure; then between half and all of it, so that the
 * clients of a server that comes back do not all come at once. */
static int64_t
next_pause(struct client *c)
{
	int64_t full = PAUSE_MIN_MS;
	uint32_t r = 0;

	for (unsigned i = 0; i < c->failures && full < PAUSE_MAX_MS; i++)
		full *= 2;
	if (full > PAUSE_MAX_MS)
		full = PAUSE_MAX_MS;
	c->failures++;
	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
		r = (uint32_t)clock_ms();
	return full / 2 + r % (full / 2 + 1);
}

static void
lost(struct client *c, const char *why)
{
	int64_t pause, now = loop_now(c->loop);
	bool was_on = watching(c);

	if (c->online_at != 0 && now - c->online_at >= STEADY_MS)
		c->failures = 0;
	c->online_at = 0;
	hang_up(c);
	snprintf(c->why, sizeof(c->why), "%s", why);
	pause = next_pause(c);
	c->retry_at = now + pause;
	loop_timer_set(c->loop, &c->pause, pause, on_pause_over, c);
	c->link = LINK_LOST;
	if (was_on) {
		c->said_lost = true;
		notice(c, "connection lost: %s; trying again", why);
	}
	publish(c);
	c->events->lost(c->arg, why);
}

/* The server broke the protocol: nothing that it says now can be trusted. */
static void
protocol_error(struct client *c, const char *what)
{
	notice(c, "the server does not speak this protocol: %s", what);
	c->online_at = 0; /* however long it held */
	lost(c, what);
}

/* ---- staying in touch -------------------------------------------------- */

static void request(struct client *, const struct request *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

static void
on_dead(void *arg)
{
	lost(arg, "no answer");
}

static void
done_ping(struct client *c, const struct request *rq, json_t *reply)
{
	(void)c;
	(void)rq;
	(void)reply;
}

/*
 * While logged in the question is one that needs the token: so a logout from
 * elsewhere, which ends the watch without a word, is noticed too.
 */
static void
on_idle(void *arg)
{
	struct client *c = arg;

	loop_timer_set(c->loop, &c->alive, DEAD_MS, on_dead, c);
	if (c->link == LINK_ONLINE)
		ask_unread(c);
	else
		request(c, &(struct request){ .done = done_ping }, "ping");
}

static void
heard(struct client *c)
{
	loop_timer_set(c->loop, &c->alive, IDLE_MS, on_idle, c);
}

/* ---- requests and replies ---------------------------------------------- */

static void vrequest(struct client *c, const struct request *like,
    const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));

static void
vrequest(struct client *c, const struct request *like, const char *fmt,
    va_list ap)
{
	struct conn *cn = conn_of(c);
	struct request *rq;
	struct buf line;

	if (cn == NULL)
		return;
	buf_init(&line, WIRE_LINE_MAX + 256);
	rq = xmalloc(sizeof(*rq));
	*rq = *like;
	rq->next = NULL;
	rq->tag = ++c->tag;
	(void)buf_addf(&line, "@q%" PRIu64 " ", rq->tag);
	(void)buf_vaddf(&line, fmt, ap);
	(void)buf_adds(&line, "\r\n");
	*c->last_request = rq;
	c->last_request = &rq->next;
	c->request_count++;
	(void)conn_write(cn, buf_data(&line), line.len);
	explicit_bzero(buf_data(&line), line.len); /* it may be a password */
	buf_release(&line);
}

static void
request(struct client *c, const struct request *like, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vrequest(c, like, fmt, ap);
	va_end(ap);
}

static bool
is_ok(const json_t *reply)
{
	const char *status = parse_string(reply, "status");

	return status != NULL && strcmp(status, "OK") == 0;
}

static bool
has_code(const json_t *reply, enum wire_err err)
{
	const char *code = parse_string(reply, "code");

	return code != NULL && strcmp(code, wire_err_code(err)) == 0;
}

/* Worth asking again in *ms. */
static bool
for_now(const json_t *reply, int64_t *ms)
{
	if (!has_code(reply, WIRE_RATE_LIMITED) && !has_code(reply, WIRE_BUSY))
		return false;
	if (!parse_id(reply, "retry_ms", ms))
		*ms = AGAIN_MS;
	if (*ms < 10)
		*ms = 10;
	if (*ms > 600000)
		*ms = 600000;
	return true;
}

/* ---- logging in -------------------------------------------------------- */

static void
need_login(struct client *c, enum client_why why, const char *text)
{
	wipe(&c->password);
	wipe(&c->token);
	c->registering = false;
	if (c->conn != 0)
		c->link = LINK_LOGIN;
	publish(c);
	c->events->need_login(c->arg, why, text);
}

static void
expired(struct client *c)
{
	if (c->token == NULL)
		return;
	nothing_comes(c);
	c->events->forget(c->arg);
	need_login(c, CLIENT_EXPIRED,
	    "you are not logged in any more: log in again");
}

static void
on_relogin(void *arg)
{
	log_in(arg);
}

/* True: the server is busy, log_in() runs again later. */
static bool
login_later(struct client *c, const json_t *reply)
{
	int64_t ms;

	if (!for_now(reply, &ms))
		return false;
	if (ms >= AGAIN_MS)
		notice(c, "the server lets us wait %.0f s", (double)ms / 1000);
	loop_timer_set(c->loop, &c->relogin, ms, on_relogin, c);
	return true;
}

static void
refused(struct client *c, const json_t *reply)
{
	const char *code = parse_string(reply, "code");
	enum client_why what = CLIENT_REFUSED;
	char why[ANSWER_WHY_CAP];

	switch (code == NULL ? WIRE_ERRS : wire_err_from_code(code)) {
	case WIRE_NO_ACCOUNT:
	case WIRE_NAME_TAKEN:
	case WIRE_BAD_NAME:
		what = CLIENT_BAD_NAME;
		break;
	case WIRE_BAD_REAL_NAME:
		what = CLIENT_BAD_REAL_NAME;
		break;
	default:
		break;
	}
	answer_why(reply, why);
	need_login(c, what, why);
}

/* Another person's conversations are not for this one. */
static void
settle_user(struct client *c)
{
	if (c->user == NULL)
		return;
	if (c->last_user[0] != '\0' && strcmp(c->last_user, c->user) != 0) {
		outbox_release(&c->outbox);
		outbox_init(&c->outbox);
		model_reset(c->model);
	}
	snprintf(c->last_user, sizeof(c->last_user), "%s", c->user);
}

static void
done_auth(struct client *c, const struct request *rq, json_t *reply)
{
	const char *token = parse_name(reply, "tokenid", 256);
	const char *user = parse_name(reply, "user", WIRE_NAME_CAP);

	if (rq->tag != c->login_tag)
		return;
	if (!is_ok(reply)) {
		if (!login_later(c, reply))
			refused(c, reply);
		return;
	}
	if (token == NULL || strpbrk(token, " \r\n") != NULL) {
		protocol_error(c, "a login without a token");
		return;
	}
	wipe(&c->password);
	replace(&c->token, token);
	if (user != NULL)
		replace(&c->user, user);
	settle_user(c);
	publish(c);
	c->events->logged_in(c->arg, c->user, c->token);
	log_in(c);
}

static void
done_register(struct client *c, const struct request *rq, json_t *reply)
{
	if (rq->tag != c->login_tag)
		return;
	if (!is_ok(reply)) {
		if (!login_later(c, reply))
			refused(c, reply);
		return;
	}
	c->registering = false; /* from here on it is a login */
	notice(c, "welcome, %s: the account is made", c->user);
	log_in(c);
}

/* ---- what is shown of people ------------------------------------------- */

/* Logged in as Messi, called messi by the server: its spelling is the one that
 * own messages carry. */
static void
learn_own_name(struct client *c)
{
	char mine[WIRE_NAME_CAP], key[WIRE_NAME_CAP];

	if (c->user == NULL || model_user_by_name(c->model, c->user) != NULL ||
	    !wire_name_key(c->user, strlen(c->user), mine))
		return;
	for (size_t i = 0; i < model_users(c->model); i++) {
		const char *user = model_user(c->model, i)->user;

		if (!wire_name_key(user, strlen(user), key) ||
		    strcmp(key, mine) != 0)
			continue;
		replace(&c->user, user);
		snprintf(c->last_user, sizeof(c->last_user), "%s", user);
		publish(c);
		return;
	}
}

static bool
put_users(struct client *c, const json_t *list)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return false;
	model_users_begin(c->model);
	for (size_t i = 0; i < n; i++) {
		const json_t *u = json_array_get(list, i);
		const char *user = parse_name(u, "user", WIRE_NAME_CAP);
		const char *name = parse_string(u, "name");

		if (user == NULL)
			return false;
		model_user_set(c->model, user, name == NULL ? "" : name,
		    parse_true(u, "online"), parse_time(u, "since", 0));
	}
	model_users_end(c->model);
	learn_own_name(c);
	return true;
}

static void
done_who(struct client *c, const struct request *rq, json_t *reply)
{
	(void)rq;
	if (is_ok(reply) && !put_users(c, json_object_get(reply, "users")))
		protocol_error(c, "a bad list of users");
}

static bool
put_unread(struct client *c, json_t *by)
{
	const char *target;
	json_t *one;

	if (!json_is_object(by) || json_object_size(by) > MODEL_USERS_MAX)
		return false;
	model_unread_begin(c->model);
	json_object_foreach(by, target, one) {
		int64_t count, first = 0;

		if (!parse_id(one, "count", &count))
			return false;
		(void)parse_id(one, "first", &first);
		model_unread(c->model, target, count, first);
	}
	model_unread_end(c->model);
	return true;
}

static void
done_unread(struct client *c, const struct request *rq, json_t *reply)
{
	(void)rq;
	c->unread_asked = false;
	if (!is_ok(reply))
		return;
	if (!put_unread(c, json_object_get(reply, "unread"))) {
		protocol_error(c, "a bad list of unread counts");
		return;
	}
	if (c->link != LINK_CATCHING)
		return;
	set_link(c, LINK_ONLINE);
	if (c->said_lost)
		notice(c, "connected again");
	c->said_lost = false;
}

static void
ask_unread(struct client *c)
{
	if (c->unread_asked)
		return;
	c->unread_asked = true;
	request(c, &(struct request){ .done = done_unread }, "unread -");
}

/* ---- read marks -------------------------------------------------------- */

static void
done_quietly(struct client *c, const struct request *rq, json_t *reply)
{
	(void)c;
	(void)rq;
	(void)reply; /* a mark that was refused is told again with the next */
}

static void
on_reads(void *arg)
{
	struct client *c = arg;

	if (!watching(c))
		return;
	c->read_at = loop_now(c->loop);
	for (size_t i = 0; i < model_convos(c->model); i++) {
		struct convo *cv = model_convo(c->model, i);
		int64_t id = convo_take_read(cv);

		if (id > 0)
			request(c, &(struct request){ .done = done_quietly },
			    "read - %s %" PRId64, convo_target(cv), id);
	}
}

/* A busy room is read many times a second; the server is told once. */
static void
tell_reads(struct client *c)
{
	int64_t wait = c->read_at + READ_MS - loop_now(c->loop);

	if (!watching(c) || c->reads.slot != 0)
		return;
	if (c->read_at == 0 || wait < 0)
		wait = 0;
	loop_timer_set(c->loop, &c->reads, wait, on_reads, c);
}

/* ---- history ----------------------------------------------------------- */

static void
done_history(struct client *c, const struct request *rq, json_t *reply)
{
	struct convo *cv = model_convo_by_serial(c->model, rq->convo);
	struct model_message *msg;
	size_t n;
	char why[ANSWER_WHY_CAP];

	if (cv == NULL)
		return; /* closed meanwhile */
	model_fetching(c->model, cv, false);
	if (!is_ok(reply)) {
		answer_why(reply, why);
		notice(c, "%s: %s", convo_target(cv), why);
		/* Nothing to come: the pane would ask with every frame. */
		model_page(c->model, cv, NULL, 0, true);
		return;
	}
	if (!parse_messages(reply, &msg, &n)) {
		protocol_error(c, "a bad page of history");
		return;
	}
	model_page(c->model, cv, msg, n, !parse_true(reply, "more") || n == 0);
	free(msg);
	tell_reads(c);
}

void
client_older(struct client *c, struct convo *cv, int limit)
{
	struct request rq = { .done = done_history };
	int64_t before = convo_first(cv);

	if (!watching(c) || convo_begin(cv) || convo_fetching(cv) ||
	    convo_full(cv) || c->request_count >= PENDING_MAX)
		return;
	if (limit < 1 || limit > WIRE_PAGE_MAX)
		limit = WIRE_PAGE_DEFAULT;
	rq.convo = convo_serial(cv);
	model_fetching(c->model, cv, true);
	if (before > 0)
		request(c, &rq, "history - %s before=%" PRId64 " limit=%d",
		    convo_target(cv), before, limit);
	else
		request(c, &rq, "history - %s limit=%d", convo_target(cv),
		    limit);
	c->events->changed(c->arg);
}

void
client_show(struct client *c, struct convo *cv)
{
	model_switch(c->model, cv);
	if (!c->lazy && convo_count(cv) < WIRE_PAGE_DEFAULT)
		client_older(c, cv, WIRE_PAGE_DEFAULT);
	c->events->changed(c->arg);
}

void
client_look(struct client *c, bool looked)
{
	model_look(c->model, looked);
	if (looked)
		tell_reads(c);
}

/* ---- watching ---------------------------------------------------------- */

static void
done_watch(struct client *c, const struct request *rq, json_t *reply)
{
	char why[ANSWER_WHY_CAP];
	int64_t last;

	if (rq->tag != c->login_tag)
		return;
	if (!is_ok(reply)) {
		answer_why(reply, why);
		if (has_code(reply, WIRE_NO_SESSION))
			expired(c);
		else if (!login_later(c, reply))
			lost(c, why); /* the token may be as good as ever */
		return;
	}
	if (!parse_id(reply, "last", &last)) {
		protocol_error(c, "a watch without its last id");
		return;
	}
	/*
	 * The first time, what is older than the start comes from history.
	 * When resuming, what was replayed counts as seen only as it comes:
	 * the line may be cut again before all of it is here.
	 */
	if (model_last_seen(c->model) == 0)
		model_seen(c->model, last);
	else if (parse_true(reply, "gap")) {
		model_gap(c->model);
		notice(c, "more was missed than the server sends again; "
		          "older messages come as you scroll up");
	}
	c->online_at = loop_now(c->loop);
	set_link(c, LINK_CATCHING);
	ask_unread(c);
	request(c, &(struct request){ .done = done_who }, "who -");
	client_show(c, model_current(c->model));
	pump(c);
}

/* The next step towards watching, with what there is to log in with. */
static void
log_in(struct client *c)
{
	int64_t after = model_last_seen(c->model);
	struct request rq = { .done = done_auth };

	if (c->conn == 0)
		return; /* when connected */
	set_link(c, LINK_LOGIN);
	if (c->token != NULL) {
		rq.done = done_watch;
		if (after > 0)
			request(c, &rq, "watch %s %" PRId64, c->token, after);
		else
			request(c, &rq, "watch %s", c->token);
	} else if (c->password != NULL && c->registering) {
		rq.done = done_register;
		request(c, &rq, "register %s %s%s%s", c->user, c->password,
		    c->real_name == NULL ? "" : " ",
		    c->real_name == NULL ? "" : c->real_name);
	} else if (c->password != NULL)
		request(c, &rq, "auth %s %s", c->user, c->password);
	else
		need_login(c, CLIENT_NO_LOGIN, "");
	c->login_tag = c->tag;
}

static void
done_hello(struct client *c, const struct request *rq, json_t *reply)
{
	struct model_status s = *model_status(c->model);
	const char *realm = parse_name(reply, "realm", sizeof(s.realm));

	(void)rq;
	if (has_code(reply, WIRE_TOO_MANY_CONNECTIONS)) {
		lost(c, "the server is full");
		return;
	}
	/* An older server does not know hello; it may know the rest. */
	snprintf(s.realm, sizeof(s.realm), "%s", realm == NULL ? "" : realm);
	model_set_status(c->model, &s);
	log_in(c);
}

/* ---- sending ----------------------------------------------------------- */

static void
on_resend(void *arg)
{
	struct client *c = arg;

	c->sending = false;
	pump(c);
}

static void
finish_logout(struct client *c)
{
	c->logout_wanted = false;
	client_logout(c);
}

static void
pump(struct client *c)
{
	struct conn *cn = conn_of(c);
	const struct outbox_item *first = c->outbox.first;

	if (cn == NULL || !watching(c) || c->sending)
		return;
	if (first == NULL) {
		if (c->logout_wanted)
			finish_logout(c);
		return;
	}
	c->sending = true;
	(void)conn_write(cn, first->line, first->len);
}

static void
answered(struct client *c, bool ok, const char *why)
{
	outbox_done(&c->outbox);
	c->sending = false;
	c->events->changed(c->arg);
	pump(c);
	c->events->answered(c->arg, ok, why);
}

/* It stands where it was typed; who looks elsewhere is told too. */
static void
tell_failure(struct client *c, const char *target, const char *why)
{
	if (!c->lazy &&
	    model_find(c->model, target) != model_current(c->model))
		notice(c, "%s: not sent: %s", target, why);
}

/* The reply to the first of the outbox. */
static void
done_say(struct client *c, json_t *reply)
{
	const char *tag = c->outbox.first->tag;
	char why[ANSWER_WHY_CAP];
	int64_t id, ms;

	if (is_ok(reply)) {
		if (!parse_id(reply, "id", &id) || id == 0) {
			protocol_error(c, "a message without an id");
			return;
		}
		model_settle(c->model, tag, id,
		    parse_time(reply, "time", clock_ms()));
		answered(c, true, NULL);
	} else if (for_now(reply, &ms))
		loop_timer_set(c->loop, &c->resend, ms, on_resend, c);
	else if (has_code(reply, WIRE_NO_SESSION))
		expired(c); /* it waits for the next login */
	else {
		answer_why(reply, why);
		model_fail(c->model, tag, why);
		tell_failure(c, c->outbox.first->target, why);
		answered(c, false, why);
	}
}

bool
client_say(struct client *c, const char *target, const char *text)
{
	const struct outbox_item *item;
	const char *why;
	struct target t;

	if (target_parse(&t, target, strlen(target)) != WIRE_OK) {
		notice(c, "%s: that is nobody's name", target);
		return false;
	}
	if (*text == '\0')
		return false;
	if (strlen(text) > WIRE_TEXT_MAX) {
		notice(c, "that is %zu bytes; a message holds at most %d",
		    strlen(text), WIRE_TEXT_MAX);
		return false;
	}
	if ((item = outbox_add(&c->outbox, target, text, &why)) == NULL) {
		notice(c, "%s", why);
		return false;
	}
	if (!model_typed(c->model, target, item->tag, text, clock_ms())) {
		outbox_undo(&c->outbox);
		notice(c, "not taken: %d messages wait to be sent already",
		    MODEL_WAITING);
		return false;
	}
	c->events->changed(c->arg);
	pump(c);
	return true;
}

size_t
client_unanswered(const struct client *c)
{
	return c->outbox.count;
}

char *
client_unsent(const struct client *c)
{
	return outbox_dump(&c->outbox);
}

void
client_take_back(struct client *c, const char *unsent)
{
	char *copy = xstrdup(unsent), *rest = copy, *line, *text;
	const struct outbox_item *item;

	while ((line = strsep(&rest, "\n")) != NULL) {
		item = outbox_take_back(&c->outbox, line, &text);
		if (item != NULL && !model_typed(c->model, item->target,
		    item->tag, text, clock_ms()))
			outbox_undo(&c->outbox);
		free(text);
	}
	free(copy);
	if (c->outbox.count > 0)
		notice(c, "%zu messages of last time are sent now",
		    c->outbox.count);
	pump(c);
}

/* ---- questions --------------------------------------------------------- */

static void
done_ask(struct client *c, const struct request *rq, json_t *reply)
{
	char why[ANSWER_WHY_CAP];
	bool token;

	if (!is_ok(reply)) {
		answer_why(reply, why);
		notice(c, "%s: %s", answer_verb(rq->ask, &token), why);
		return;
	}
	if (!answer_print(c->model, rq->ask, reply, clock_ms())) {
		protocol_error(c, "a bad answer");
		return;
	}
	if (rq->ask == CLIENT_WHO &&
	    !put_users(c, json_object_get(reply, "users")))
		protocol_error(c, "a bad list of users");
	else if (rq->ask == CLIENT_INBOX)
		ask_unread(c);
	else if (rq->ask == CLIENT_NAME)
		request(c, &(struct request){ .done = done_who }, "who -");
}

void
client_ask(struct client *c, enum client_ask ask, const char *params)
{
	struct request rq = { .done = done_ask, .ask = ask };
	bool token;
	const char *verb = answer_verb(ask, &token);

	if (params == NULL)
		params = "";
	if (conn_of(c) == NULL || c->link == LINK_CONNECTING)
		notice(c, "%s: not connected", verb);
	else if (token && !watching(c))
		notice(c, "%s: log in first", verb);
	else if (c->request_count >= PENDING_MAX)
		notice(c, "%s: too much is on its way already", verb);
	else if (strlen(params) > WIRE_LINE_MAX - 64 ||
	    strpbrk(params, "\r\n") != NULL ||
	    !utf8_valid(params, strlen(params)))
		notice(c, "%s: that cannot be asked", verb);
	else
		request(c, &rq, "%s%s%s%s", verb, token ? " -" : "",
		    *params == '\0' ? "" : " ", params);
}

/* ---- what comes -------------------------------------------------------- */

static void
event_message(struct client *c, json_t *o)
{
	struct model_message msg;

	if (!parse_message(o, &msg)) {
		protocol_error(c, "a bad message");
		return;
	}
	(void)model_add(c->model, &msg, MODEL_LIVE);
	tell_reads(c);
}

static void
event_presence(struct client *c, json_t *o)
{
	const char *user = parse_name(o, "user", WIRE_NAME_CAP);
	const char *name = parse_string(o, "name");
	const struct user *old;

	if (user == NULL) {
		protocol_error(c, "a bad presence");
		return;
	}
	old = model_user_by_name(c->model, user);
	if (name == NULL)
		name = old == NULL ? "" : old->name;
	model_user_set(c->model, user, name, parse_true(o, "online"),
	    parse_time(o, "since", clock_ms()));
}

static void
event_read(struct client *c, json_t *o)
{
	const char *target = parse_name(o, "target", WIRE_TARGET_CAP);
	int64_t id;

	if (target == NULL || !parse_id(o, "id", &id))
		protocol_error(c, "a bad read mark");
	else if (!model_read(c->model, target, id))
		ask_unread(c);
}

static void
event_shutdown(struct client *c, json_t *o)
{
	const char *text = parse_string(o, "message");

	notice(c, "the server is going down%s%.200s",
	    text == NULL ? "" : ": ", text == NULL ? "" : text);
}

static void
handle_event(struct client *c, const char *event, json_t *o)
{
	static const struct {
		const char *name;
		void (*run)(struct client *, json_t *);
	} events[] = {
		{ "message", event_message },
		{ "presence", event_presence },
		{ "read", event_read },
		{ "shutdown", event_shutdown },
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (strcmp(events[i].name, event) == 0) {
			events[i].run(c, o);
			return;
		}
	/* Others are a later server's: not for us. */
}

/* Takes the request out of the list.  Replies come in order, so it is the
 * first, unless the reply is to the outbox. */
static struct request *
take_request(struct client *c, const char *tag)
{
	char text[32];

	for (struct request **at = &c->requests; *at != NULL;
	    at = &(*at)->next) {
		struct request *rq = *at;

		snprintf(text, sizeof(text), "q%" PRIu64, rq->tag);
		if (strcmp(text, tag) != 0)
			continue;
		*at = rq->next;
		if (c->last_request == &rq->next)
			c->last_request = at;
		c->request_count--;
		return rq;
	}
	return NULL;
}

static void
handle_untagged(struct client *c, json_t *o)
{
	char why[ANSWER_WHY_CAP];

	if (is_ok(o))
		return;
	answer_why(o, why);
	if (has_code(o, WIRE_NO_SESSION))
		expired(c);
	else if (has_code(o, WIRE_TOO_MANY_CONNECTIONS))
		lost(c, why);
	else
		notice(c, "%s", why);
}

static void
handle_reply(struct client *c, json_t *o)
{
	const char *tag = parse_string(o, "tag");
	struct request *rq;

	if (tag == NULL) {
		handle_untagged(c, o);
		return;
	}
	if (c->sending && c->outbox.first != NULL &&
	    strcmp(c->outbox.first->tag, tag) == 0) {
		done_say(c, o);
		return;
	}
	if ((rq = take_request(c, tag)) == NULL)
		return; /* asked by somebody who does not care any more */
	if (is_ok(o) || !has_code(o, WIRE_NO_SESSION) ||
	    rq->done == done_watch || rq->done == done_logout)
		rq->done(c, rq, o);
	else if (watching(c))
		expired(c);
	free(rq);
}

static void
handle_frame(struct client *c, const char *p, size_t n)
{
	json_t *o = parse_object(p, n);
	const char *event;

	if (o == NULL) {
		protocol_error(c, "what it sends is no JSON");
		return;
	}
	if (parse_string(o, "status") != NULL)
		handle_reply(c, o);
	else if ((event = parse_string(o, "event")) != NULL)
		handle_event(c, event, o);
	else
		protocol_error(c, "neither a reply nor an event");
	json_decref(o);
}

static void
on_input(struct conn *cn, void *arg)
{
	struct client *c = arg;
	uint64_t id = conn_id(cn);
	char *p;
	size_t n;

	if (c->conn != id)
		return;
	heard(c);
	/* Any frame may end the connection. */
	while (c->conn == id)
		switch (frame_next(&c->frame, conn_in(cn), &p, &n)) {
		case FRAME_MORE:
			c->events->changed(c->arg);
			return;
		case FRAME_TOO_LONG:
			protocol_error(c, "an object that has no end");
			return;
		case FRAME_READY:
			handle_frame(c, p, n);
			break;
		}
}

static void
on_closed(struct conn *cn, void *arg, enum conn_end end)
{
	struct client *c = arg;

	if (c->conn != conn_id(cn))
		return; /* one that we left */
	c->conn = 0;
	if (end == CONN_FAILED)
		lost(c, strerror(conn_errno(cn)));
	else if (end == CONN_SLOW)
		lost(c, "the server does not read");
	else
		lost(c, "the server closed it");
}

static const struct conn_handler handler = {
	.input = on_input,
	.closed = on_closed,
};

/* ---- connecting -------------------------------------------------------- */

static void
on_dialed(void *arg, int fd, const char *why)
{
	struct client *c = arg;
	struct conn *cn;

	c->dial = NULL;
	if (fd == -1) {
		lost(c, why);
		return;
	}
	cn = conn_open(c->conns, fd, &handler, c);
	c->conn = conn_id(cn);
	frame_init(&c->frame, FRAME_OBJECTS, WIRE_REPLY_MAX);
	request(c, &(struct request){ .done = done_hello }, "hello");
}

static void
on_connect_timeout(void *arg)
{
	lost(arg, "no answer");
}

static void
start(struct client *c)
{
	hang_up(c);
	set_link(c, LINK_CONNECTING);
	loop_timer_set(
	    c->loop, &c->alive, CONNECT_MS, on_connect_timeout, c);
	c->dial = dial_start(c->loop, c->host, c->port, on_dialed, c);
}

bool
client_connect(struct client *c, const char *server)
{
	char host[RESOLVE_HOST_CAP], port[8];
	struct model_status s = *model_status(c->model);

	if (strlen(server) >= sizeof(s.server) ||
	    !resolve_split(server, "8889", host, port))
		return false;
	hang_up(c);
	/* Names, tokens and ids mean nothing at another server. */
	if (strcmp(host, c->host) != 0 || strcmp(port, c->port) != 0) {
		if (c->host[0] != '\0') {
			outbox_release(&c->outbox);
			outbox_init(&c->outbox);
			model_reset(c->model);
			wipe(&c->token);
			wipe(&c->password);
		}
		c->last_user[0] = '\0';
		s.realm[0] = '\0';
	}
	memcpy(c->host, host, sizeof(host));
	memcpy(c->port, port, sizeof(port));
	snprintf(s.server, sizeof(s.server), "%s", server);
	model_set_status(c->model, &s);
	c->failures = 0;
	c->online_at = 0;
	c->logout_wanted = false;
	start(c);
	return true;
}

void
client_retry(struct client *c)
{
	if (c->link != LINK_LOST)
		return;
	c->failures = 0;
	start(c);
}

/* A word of a request: no blank can be in it. */
static bool
is_word(const char *s)
{
	return *s != '\0' && strpbrk(s, " \r\n") == NULL &&
	    strlen(s) <= WIRE_PASSWORD_MAX && utf8_valid(s, strlen(s));
}

static void
credentials(struct client *c, const char *user, const char *password,
    const char *real_name, bool registering)
{
	if (c->token != NULL) {
		notice(c, "you are logged in as %s; /logout first", c->user);
		return;
	}
	if (!is_word(user) || !is_word(password) ||
	    strlen(user) >= WIRE_NAME_CAP) {
		need_login(c, CLIENT_REFUSED,
		    "a name and a password hold no blanks and are not empty");
		return;
	}
	if (real_name != NULL && (*real_name == '\0' || !registering))
		real_name = NULL;
	if (real_name != NULL &&
	    !wire_real_name_ok(real_name, strlen(real_name))) {
		need_login(c, CLIENT_BAD_REAL_NAME,
		    "that cannot be a real name: 1 to 64 characters");
		return;
	}
	replace(&c->user, user);
	replace(&c->password, password);
	replace(&c->real_name, real_name);
	c->registering = registering;
	loop_timer_unset(c->loop, &c->relogin);
	if (c->link == LINK_LOGIN)
		log_in(c);
	else if (c->link == LINK_LOST)
		client_retry(c);
}

void
client_login(struct client *c, const char *user, const char *password)
{
	credentials(c, user, password, NULL, false);
}

void
client_register(struct client *c, const char *user, const char *password,
    const char *real_name)
{
	credentials(c, user, password, real_name, true);
}

void
client_resume(struct client *c, const char *user, const char *token)
{
	wipe(&c->password);
	replace(&c->user, user);
	replace(&c->token, token);
	settle_user(c);
	publish(c);
	if (c->link == LINK_LOGIN)
		log_in(c);
}

void
client_lazy(struct client *c)
{
	c->lazy = true;
}

bool
client_logged_in(const struct client *c)
{
	return c->token != NULL;
}

bool
client_hopeful(const struct client *c)
{
	return c->token != NULL || c->password != NULL;
}

bool
client_busy(const struct client *c)
{
	switch (c->link) {
	case LINK_OFFLINE:
		return false;
	case LINK_LOST:
	case LINK_CONNECTING:
	case LINK_CATCHING:
		return true;
	case LINK_LOGIN:
		return client_hopeful(c) || c->requests != NULL;
	case LINK_ONLINE:
		return c->requests != NULL || c->outbox.first != NULL;
	}
	return false;
}

/* ---- logging out ------------------------------------------------------- */

static void
logged_out(struct client *c, const char *text)
{
	c->sending = false;
	c->events->forget(c->arg);
	/* Whoever sits here next is not to read it; unsent words stay. */
	if (c->outbox.count == 0) {
		model_reset(c->model);
		c->last_user[0] = '\0';
	}
	need_login(c, CLIENT_LOGGED_OUT, text);
}

static void
done_logout(struct client *c, const struct request *rq, json_t *reply)
{
	(void)rq;
	(void)reply; /* not known any more: that is as good */
	logged_out(c, "you are logged out");
}

void
client_logout(struct client *c)
{
	if (c->token == NULL) {
		notice(c, "nobody is logged in");
		return;
	}
	if (!watching(c)) {
		logged_out(c, "you are logged out here; the server could not "
		              "be told, its token lives until it expires");
		return;
	}
	if (c->outbox.count > 0) {
		c->logout_wanted = true; /* pump() comes back */
		return;
	}
	request(c, &(struct request){ .done = done_logout }, "logout -");
}

/* ---- life -------------------------------------------------------------- */

struct client *
client_new(struct loop *loop, struct model *model,
    const struct client_events *events, void *arg)
{
	static const struct conn_limits limits = {
		.in_cap = WIRE_REPLY_MAX + (64 << 10),
		.out_low = 64 << 10,
		.out_high = 1 << 20,
		.out_hard = 8 << 20,
	};
	struct client *c = xcalloc(1, sizeof(*c));

	c->loop = loop;
	c->model = model;
	c->events = events;
	c->arg = arg;
	c->conns = conns_new(loop, &limits, 16 << 20);
	c->last_request = &c->requests;
	outbox_init(&c->outbox);
	return c;
}

void
client_free(struct client *c)
{
	if (c == NULL)
		return;
	hang_up(c);
	conns_free(c->conns);
	outbox_release(&c->outbox);
	wipe(&c->user);
	wipe(&c->token);
	wipe(&c->password);
	wipe(&c->real_name);
	free(c);
}
