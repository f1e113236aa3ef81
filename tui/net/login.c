/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/login.h"

#include "shared/utf8.h"
#include "shared/wire.h"
#include "tui/net/answer.h"
#include "tui/model/clock.h"
#include "tui/net/client_priv.h"
#include "tui/net/outgoing.h"
#include "tui/model/names.h"
#include "tui/net/backfill.h"
#include "tui/net/json_in.h"
#include "tui/text.h"
#include "tui/net/events.h"
#include "tui/net/uplink.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TELL_MS = 1000 }; /* a wait so long is told */

/* ---- with a password, or a new account --------------------------------- */

static void
need_login(struct client *c, enum client_why why, const char *text)
{
	client_wipe(&c->password);
	client_wipe(&c->token);
	c->registering = false;
	c->needing = true;
	if (uplink_is_up(c->uplink))
		c->link = LINK_LOGIN;
	client_publish(c);
	c->events->need_login(c->arg, why, text);
}

static void
token_ended(struct client *c, enum client_why why, const char *text)
{
	if (c->token == NULL)
		return;
	client_nothing_comes(c);
	c->events->forget(c->arg);
	need_login(c, why, text);
}

void
login_expired(struct client *c)
{
	token_ended(c, CLIENT_EXPIRED,
	    _("you are not logged in any more: log in again"));
}

void
login_removed(struct client *c, const char *text)
{
	token_ended(c, CLIENT_REMOVED, text);
	/* The server ends this connection, which is no loss to be told of. */
	uplink_start(c->uplink);
}

static void
on_relogin(void *arg)
{
	login_step(arg);
}

/* True: the server is busy, login_step() runs again later. */
static bool
login_later(struct client *c, const json_t *reply)
{
	int64_t ms;

	if (!json_in_later(reply, &ms))
		return false;
	if (ms >= TELL_MS)
		client_notice(c, _("the server lets us wait %.0f s"),
		    (double)ms / 1000);
	loop_timer_set(c->loop, &c->relogin, ms, on_relogin, c);
	return true;
}

static void
refused(struct client *c, const json_t *reply)
{
	const char *code = json_in_string(reply, "code");
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

/* Another person's conversations are not for this one; but logged in as Messi
 * it is messi who was here before. */
static void
settle_user(struct client *c)
{
	if (c->user == NULL)
		return;
	if (c->last_user[0] != '\0' && !names_same(c->last_user, c->user)) {
		outgoing_forget(c);
		model_reset(c->model);
	}
	snprintf(c->last_user, sizeof(c->last_user), "%s", c->user);
}

static void
done_auth(struct client *c, const struct request *rq, json_t *reply)
{
	const char *token = json_in_name(reply, "tokenid", 256);
	const char *user = json_in_name(reply, "user", WIRE_NAME_CAP);

	if (rq->tag != c->login_tag)
		return;
	if (!json_in_ok(reply)) {
		if (!login_later(c, reply))
			refused(c, reply);
		return;
	}
	if (token == NULL || strpbrk(token, " \r\n") != NULL) {
		client_broken(c, _("a login without a token"));
		return;
	}
	client_wipe(&c->password);
	client_replace(&c->token, token);
	if (user != NULL)
		client_replace(&c->user, user);
	settle_user(c);
	client_publish(c);
	c->events->logged_in(c->arg, c->user, c->token);
	login_step(c);
}

static void
done_register(struct client *c, const struct request *rq, json_t *reply)
{
	if (rq->tag != c->login_tag)
		return;
	if (!json_in_ok(reply)) {
		if (!login_later(c, reply))
			refused(c, reply);
		return;
	}
	c->registering = false; /* from here on it is a login */
	client_notice(c, _("welcome, %s: the account is made"), c->user);
	login_step(c);
}

/* ---- watching ---------------------------------------------------------- */

/*
 * Its ids are held here for something else: what is held goes, and the watch
 * begins as the first time.  Who prints what comes is sent all there is.
 */
static void
begin_anew(struct client *c)
{
	const char *text =
	    _("the server has begun anew: what was said before is gone there");

	c->begun_anew = true;
	/* Who sees one conversation at a time is told in each. */
	for (size_t i = 0; !c->lazy && i < model_convos(c->model); i++)
		model_notice_in(c->model, model_convo(c->model, i), clock_ms(),
		    text);
	if (c->lazy)
		client_notice(c, "%s", text);
	model_anew(c->model, c->lazy ? 0 : -1);
	login_step(c);
}

void
login_check_ids(struct client *c)
{
	if (model_contradicted(c->model) && !c->begun_anew && client_watching(c))
		begin_anew(c);
}

static void
done_watch(struct client *c, const struct request *rq, json_t *reply)
{
	char why[ANSWER_WHY_CAP];
	int64_t last;

	if (rq->tag != c->login_tag)
		return;
	if (!json_in_ok(reply)) {
		answer_why(reply, why);
		if (json_in_code(reply, WIRE_NO_SESSION))
			login_expired(c);
		else if (!login_later(c, reply))
			/* The token may be as good as ever. */
			uplink_lose(c->uplink, why);
		return;
	}
	if (!json_in_id(reply, "last", &last)) {
		client_broken(c, _("a watch without its last id"));
		return;
	}
	if (last < model_top(c->model) && !c->begun_anew) {
		begin_anew(c);
		return;
	}
	/*
	 * The first time, what is older than the start comes from history.
	 * When resuming, what was replayed counts as seen only as it comes:
	 * the line may be cut again before all of it is here.
	 */
	model_watched(c->model, last);
	if (model_last_seen(c->model) < 0)
		model_seen(c->model, last);
	else if (c->missed == NULL && json_in_true(reply, "gap")) {
		model_gap(c->model);
		client_notice(c,
		    _("more was missed than the server sends again; older "
		      "messages come as you scroll up"));
	}
	uplink_useful(c->uplink);
	client_set_link(c, LINK_CATCHING);
	events_watching(c);
	events_ask(c);
	if (c->missed != NULL)
		backfill_watching(c->missed, json_in_true(reply, "gap"), last);
	client_show(c, model_current(c->model));
	outgoing_pump(c);
}

void
login_step(struct client *c)
{
	int64_t after = model_last_seen(c->model);
	struct request rq = { .done = done_auth };

	if (!uplink_is_up(c->uplink))
		return; /* when connected */
	client_set_link(c, LINK_LOGIN);
	if (c->token != NULL) {
		rq.done = done_watch;
		rq.bad_token = true;
		if (after >= 0)
			client_request(
			    c, &rq, "watch %s %" PRId64, c->token, after);
		else
			client_request(c, &rq, "watch %s", c->token);
	} else if (c->password != NULL && c->registering) {
		rq.done = done_register;
		client_request(c, &rq, "register %s %s%s%s", c->user, c->password,
		    c->real_name == NULL ? "" : " ",
		    c->real_name == NULL ? "" : c->real_name);
	} else if (c->password != NULL)
		client_request(c, &rq, "auth %s %s", c->user, c->password);
	else if (!c->needing)
		need_login(c, CLIENT_NO_LOGIN, "");
	c->login_tag = c->requests.tag;
}

static void
done_hello(struct client *c, const struct request *rq, json_t *reply)
{
	struct model_status s = *model_status(c->model);
	const char *realm = json_in_name(reply, "realm", sizeof(s.realm));

	(void)rq;
	if (json_in_code(reply, WIRE_TOO_MANY_CONNECTIONS)) {
		uplink_lose(c->uplink, _("the server is full"));
		return;
	}
	/* An older server does not know hello; it may know the rest. */
	snprintf(s.realm, sizeof(s.realm), "%s", realm == NULL ? "" : realm);
	model_set_status(c->model, &s);
	login_step(c);
}

void
login_begin(struct client *c)
{
	c->begun_anew = false;
	client_request(c, &(struct request){ .done = done_hello }, "hello");
}

/* ---- what to log in with ----------------------------------------------- */

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
		client_notice(
		    c, _("you are logged in as %s; /logout first"), c->user);
		return;
	}
	if (!is_word(user) || !is_word(password) ||
	    strlen(user) >= WIRE_NAME_CAP) {
		need_login(c, CLIENT_REFUSED,
		    _("a name and a password hold no blanks and are not empty"));
		return;
	}
	if (real_name != NULL && (*real_name == '\0' || !registering))
		real_name = NULL;
	if (real_name != NULL &&
	    !wire_real_name_ok(real_name, strlen(real_name))) {
		need_login(c, CLIENT_BAD_REAL_NAME,
		    _("that cannot be a real name: 1 to 64 characters"));
		return;
	}
	client_replace(&c->user, user);
	client_replace(&c->password, password);
	client_replace(&c->real_name, real_name);
	c->registering = registering;
	c->needing = false;
	loop_timer_unset(c->loop, &c->relogin);
	if (c->link == LINK_LOGIN)
		login_step(c);
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
	client_wipe(&c->password);
	client_replace(&c->user, user);
	client_replace(&c->token, token);
	c->needing = false;
	settle_user(c);
	client_publish(c);
	if (c->link == LINK_LOGIN)
		login_step(c);
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
	logged_out(c, _("you are logged out"));
}

void
client_logout(struct client *c)
{
	if (c->token == NULL) {
		client_notice(c, _("nobody is logged in"));
		return;
	}
	if (!client_watching(c)) {
		logged_out(c,
		    _("you are logged out here; the server could not be "
		      "told, its token lives until it expires"));
		return;
	}
	if (c->outbox.count > 0) {
		c->logout_wanted = true; /* login_nothing_waits */
		return;
	}
	client_request(c,
	    &(struct request){ .done = done_logout, .bad_token = true },
	    "logout -");
}

void
login_nothing_waits(struct client *c)
{
	if (!c->logout_wanted)
		return;
	c->logout_wanted = false;
	client_logout(c);
}

void
login_release(struct client *c)
{
	client_wipe(&c->user);
	client_wipe(&c->token);
	client_wipe(&c->password);
	client_wipe(&c->real_name);
}
