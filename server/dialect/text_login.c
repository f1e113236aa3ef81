/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/text_login.h"

#include <string.h>

#include "server/dialect/dialect_priv.h"
#include "server/dialect/text_peer.h"
#include "server/dialect/text_watch.h"
#include "shared/buf.h"
#include "shared/conn.h"

#define LOGGED_IN "Anda telah melakukan login sebelumnya."

/* A line that follows `login NAME` by itself has come by then. */
enum { PASSWORD_WAIT_MS = 200 };

static bool
in_elsewhere(const struct dialects *set, const char *user)
{
	for (const struct text_peer *t = set->texts; t != NULL; t = t->next)
		if (strcmp(t->cc.user, user) == 0)
			return true;
	return false;
}

static void
login_refused(struct text_peer *t, enum wire_err err)
{
	client_conn_log_refused_login(t->cc.set, err, t->asked_name);
	if (err == WIRE_NO_ACCOUNT || err == WIRE_WRONG_PASSWORD)
		text_line(t, "Username atau Password anda Salah");
	else
		text_line(t, wire_err_text(err));
	text_answered(t);
}

static void
login_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct dialects *set = arg;
	struct text_peer *t = text_find(set, id);
	struct chat_user who;

	if (res->err != WIRE_OK) {
		if (t != NULL)
			login_refused(t, res->err);
		return;
	}
	/* Where the connection has gone the session ends by itself. */
	if (t == NULL || !chat_session_user(set->chat, res->session, &who))
		return;
	/* Asked after the password was found right: nobody else learns it.
	 * Two logins under way come here one after the other. */
	if (in_elsewhere(set, who.name)) {
		chat_logout(set->chat, res->session,
		    (struct chat_done){ text_nobody_asked, NULL, 0 });
		text_line(t,
		    "Username tersebut telah melakukan login sebelumnya.");
		text_answered(t);
		return;
	}
	text_enter(t, res->session, who.name);
	text_ask_inbox(t);
}

static void
register_done(void *arg, uint64_t id, const struct chat_result *res)
{
	struct text_peer *t = text_find(arg, id);

	if (t == NULL)
		return;
	if (res->err != WIRE_OK)
		conn_limit_unregister(&t->cc.limit);
	text_line(t, res->err == WIRE_OK ? "Anda berhasil terdaftar" :
	    wire_err_text(res->err));
	text_answered(t);
}

/* One that does not fit is nobody's, and none to register. */
static void
keep_name(struct text_peer *t, const char *name, enum wire_err err)
{
	size_t n = strlen(name);

	if (n >= sizeof t->asked_name) {
		name = "-";
		n = 1;
	}
	memcpy(t->asked_name, name, n + 1);
	t->asked_err = err;
}

static void
log_in(struct text_peer *t, const char *password)
{
	if (text_logged_in(t))
		text_line(t, LOGGED_IN);
	else if (t->asked_err != WIRE_OK)
		text_line(t, wire_err_text(t->asked_err));
	else
		chat_login(t->cc.set->chat, t->asked_name, password,
		    CHAT_ATTACHED, text_later(t, login_done));
}

static void
sign_up(struct text_peer *t, const char *password)
{
	if (t->asked_err != WIRE_OK)
		text_line(t, wire_err_text(t->asked_err));
	else if (strchr(password, ' ') != NULL)
		text_line(t, "Password tidak boleh memuat spasi");
	else if (conn_limit_register(
	    &t->cc.limit, loop_now(t->cc.set->loop)) > 0)
		text_line(t, wire_err_text(WIRE_RATE_LIMITED));
	else
		chat_register(t->cc.set->chat, t->asked_name, password, NULL,
		    text_later(t, register_done));
}

static void
take_password(struct text_peer *t, const char *password)
{
	t->asking = ASK_NOTHING;
	loop_timer_unset(t->cc.set->loop, &t->patience);
	loop_defer_cancel(t->cc.set->loop, &t->late);
	if (t->asked_login)
		log_in(t, password);
	else
		sign_up(t, password);
}

static void
ask_password(void *arg)
{
	struct text_peer *t = arg;
	const struct buf *in = conn_in(t->cc.conn);

	/* One that is there waits for its turn only. */
	if (memchr(buf_data(in), '\n', in->len) == NULL)
		text_say(t, "Password : ");
}

/* What has come meanwhile is read behind the timers of a turn. */
static void
out_of_patience(void *arg)
{
	struct text_peer *t = arg;

	loop_defer(t->cc.set->loop, &t->late, ask_password, t);
}

/* The next line is the password. */
static void
await_password(struct text_peer *t)
{
	t->asking = ASK_PASSWORD;
	loop_timer_set(t->cc.set->loop, &t->patience, PASSWORD_WAIT_MS,
	    out_of_patience, t);
}

void
text_take_answer(struct text_peer *t, char *s, size_t n, enum wire_err err)
{
	if (t->asking == ASK_PASSWORD) {
		if (err != WIRE_OK)
			t->asked_err = err;
		take_password(t, s + strspn(s, " "));
		return;
	}
	while (n > 0 && s[n - 1] == ' ')
		s[--n] = '\0';
	keep_name(t, s + strspn(s, " "), err);
	t->asking = ASK_PASSWORD;
	text_say(t, "Password : ");
}

void
text_take_account(
    struct text_peer *t, bool login, char *rest, enum wire_err err)
{
	char *name = strsep(&rest, TEXT_BLANKS);
	const char *password = "";

	if (rest != NULL)
		password = rest + strspn(rest, " ");
	if (strchr(password, ' ') != NULL) {
		text_line(t, !text_logged_in(t) ? TEXT_LOGIN_FIRST :
		    login ? LOGGED_IN : "Perintah yang anda ketikkan salah");
		return;
	}
	t->asked_login = login;
	keep_name(t, name, err);
	if (*password != '\0')
		take_password(t, password);
	else if (*name != '\0')
		await_password(t);
	else {
		t->asking = ASK_NAME;
		text_say(t, "Username : ");
	}
}
