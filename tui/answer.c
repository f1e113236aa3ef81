/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/answer.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "tui/answer_group.h"
#include "tui/listing.h"
#include "tui/model.h"
#include "tui/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- errors ------------------------------------------------------------ */

static const struct {
	enum wire_err err;
	const char *text;
} words[] = {
	{ WIRE_NO_SESSION, "you are not logged in any more" },
	{ WIRE_WRONG_PASSWORD, "wrong password" },
	{ WIRE_NO_ACCOUNT, "there is no user of that name" },
	{ WIRE_NO_SUCH_GROUP, "there is no such group here" },
	{ WIRE_NO_SUCH_REALM, "there is no such realm here" },
	{ WIRE_NAME_TAKEN, "that name is taken" },
	{ WIRE_BAD_NAME, "that cannot be a name: letters of one script, digits "
	                 "and _ - . , at most 32" },
	{ WIRE_BAD_REAL_NAME, "that cannot be a real name: 1 to 64 characters" },
	{ WIRE_WEAK_PASSWORD, "that password is too short for this server" },
	{ WIRE_REGISTRATION_CLOSED, "this server takes no new accounts" },
	{ WIRE_TEXT_TOO_LONG, "that is too long for one message" },
	{ WIRE_LINE_TOO_LONG, "that is too long for one message" },
	{ WIRE_TEXT_EMPTY, "an empty text is no message" },
	{ WIRE_BAD_TARGET, "that is nobody's name" },
	{ WIRE_BAD_PARAMETER, "the server does not take these parameters" },
	{ WIRE_UNKNOWN_COMMAND, "the server does not know this command" },
	{ WIRE_RATE_LIMITED, "too many at once" },
	{ WIRE_TOO_MANY_CONNECTIONS, "the server is full" },
	{ WIRE_TOO_MANY_SESSIONS, "you are logged in too often" },
	{ WIRE_NO_SUCH_USER, "there is no user of that name" },
	{ WIRE_NO_SUCH_MEMBER, "that is nobody in the group" },
	{ WIRE_NOT_MEMBER, "you are no member of that group" },
	{ WIRE_INVITE_ONLY, "only who was invited may join that group" },
	{ WIRE_BANNED, "you are banned" },
	{ WIRE_MUTED, "you are muted" },
	{ WIRE_GROUP_FULL, "that group is full" },
	{ WIRE_TOO_MANY_GROUPS, "you are in too many groups already" },
	{ WIRE_DENIED, "you may not do that" },
	{ WIRE_REALM_UNREACHABLE, "that realm cannot be reached now" },
	{ WIRE_BUSY, "the server is busy" },
	{ WIRE_STORAGE, "the server's disk refused it: nothing was sent" },
};

/* Where two errors share a code, the message tells which it is.  NULL: none
 * that we know. */
static const char *
words_for(const char *code, const char *message)
{
	const char *text = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(wire_err_code(words[i].err), code) != 0)
			continue;
		if (message != NULL &&
		    strcmp(wire_err_text(words[i].err), message) == 0)
			return words[i].text;
		text = words[i].text;
	}
	return text;
}

void
answer_why(const json_t *reply, char why[ANSWER_WHY_CAP])
{
	const char *code = parse_string(reply, "code");
	const char *message = parse_string(reply, "message");
	const char *text = code == NULL ? NULL : words_for(code, message);

	if (text != NULL) {
		snprintf(why, ANSWER_WHY_CAP, "%s", text);
		return;
	}
	if (message == NULL)
		message = code != NULL ? code : "refused without a reason";
	snprintf(why, ANSWER_WHY_CAP, "the server says: %.200s", message);
}

/* ---- lists ------------------------------------------------------------- */

/* "messi, neko" of an array of strings. */
static bool
print_names(struct model *m, int64_t now, const char *head, const json_t *list)
{
	struct buf b;
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return false;
	buf_init(&b, LISTING_CAP);
	(void)buf_addf(&b, "%s (%zu):", head, n);
	for (size_t i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (s == NULL) {
			buf_release(&b);
			return false;
		}
		(void)buf_adds(&b, i == 0 ? " " : ", ");
		listing_flat(&b, s);
	}
	listing_head(m, now, &b);
	return true;
}

static bool
print_string(struct model *m, int64_t now, const char *head, const char *s)
{
	struct buf b;

	if (s == NULL)
		return false;
	buf_init(&b, LISTING_CAP);
	(void)buf_adds(&b, head);
	listing_flat(&b, s);
	listing_head(m, now, &b);
	return true;
}

static bool
print_user(struct model *m, int64_t now, const json_t *u)
{
	const char *user = parse_name(u, "user", WIRE_TARGET_CAP);
	const char *name = parse_string(u, "name");
	bool online = parse_true(u, "online");
	int64_t since = parse_time(u, "since", 0);
	char at[32];
	struct buf b;

	if (user == NULL)
		return false;
	buf_init(&b, LISTING_CAP);
	(void)buf_addf(&b, "  %s ", online ? "*" : "-");
	listing_flat(&b, user);
	if (name != NULL && *name != '\0') {
		(void)buf_adds(&b, " [");
		listing_flat(&b, name);
		(void)buf_adds(&b, "]");
	}
	listing_when(since, at);
	if (online && since > 0)
		(void)buf_addf(&b, ", here since %s", at);
	else if (!online)
		(void)buf_addf(&b, ", %s%s", since > 0 ? "last seen " :
		    "never seen", since > 0 ? at : "");
	listing_row(m, now, &b);
	return true;
}

static bool
print_who(struct model *m, int64_t now, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "users");
	size_t n = json_array_size(list), online = 0, shown = 0;

	if (!json_is_array(list))
		return false;
	for (size_t i = 0; i < n; i++)
		online += parse_true(json_array_get(list, i), "online");
	model_noticef(m, now, "%zu online, %zu in all:", online, n);
	for (int pass = 1; pass >= 0; pass--)
		for (size_t i = 0; i < n && shown < LISTING_MAX; i++) {
			const json_t *u = json_array_get(list, i);

			if (parse_true(u, "online") != (pass == 1))
				continue;
			if (!print_user(m, now, u))
				return false;
			shown++;
		}
	listing_left_out(m, now, shown, n);
	return true;
}

static void
print_line(struct model *m, int64_t now, int64_t time, const char *from,
    const char *to, const char *text)
{
	char at[32];
	struct buf b;

	listing_when(time, at);
	buf_init(&b, LISTING_CAP);
	(void)buf_addf(&b, "  %s <", at);
	listing_flat(&b, from);
	if (to != NULL) {
		(void)buf_adds(&b, " -> ");
		listing_flat(&b, to);
	}
	(void)buf_adds(&b, "> ");
	listing_flat(&b, text);
	listing_row(m, now, &b);
}

static bool
print_inbox_of(struct model *m, int64_t now, const char *from,
    const json_t *list, size_t *shown)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return false;
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		const char *text = parse_string(o, "msg");

		if (text == NULL)
			return false;
		if (++*shown <= LISTING_MAX)
			print_line(m, now, parse_time(o, "time", now), from,
			    NULL, text);
	}
	return true;
}

static bool
print_inbox(struct model *m, int64_t now, const json_t *reply)
{
	json_t *by = json_object_get(reply, "messages");
	const char *from;
	json_t *list;
	size_t shown = 0;

	if (!json_is_object(by))
		return false;
	if (json_object_size(by) == 0)
		model_notice(m, now, "no unread private messages");
	else
		model_notice(m, now, "unread private messages:");
	json_object_foreach(by, from, list)
		if (!print_inbox_of(m, now, from, list, &shown))
			return false;
	if (shown > LISTING_MAX)
		listing_left_out(m, now, LISTING_MAX, shown);
	if (parse_true(reply, "more"))
		model_notice_more(m, now, "there are more: /inbox again");
	return true;
}

static bool
print_unread(struct model *m, int64_t now, const json_t *reply)
{
	json_t *by = json_object_get(reply, "unread");
	const char *target;
	json_t *one;
	size_t shown = 0;

	if (!json_is_object(by))
		return false;
	model_notice(m, now,
	    json_object_size(by) == 0 ? "nothing unread" : "unread:");
	json_object_foreach(by, target, one) {
		int64_t count;
		struct buf b;

		if (!parse_id(one, "count", &count))
			return false;
		if (++shown > LISTING_MAX)
			continue;
		buf_init(&b, LISTING_CAP);
		(void)buf_adds(&b, "  ");
		listing_flat(&b, strcmp(target, "*") == 0 ? "everyone" : target);
		(void)buf_addf(&b, ": %lld unread", (long long)count);
		listing_row(m, now, &b);
	}
	if (shown > LISTING_MAX)
		listing_left_out(m, now, LISTING_MAX, shown);
	return true;
}

static bool
print_search(struct model *m, int64_t now, const json_t *reply)
{
	struct model_message *msg;
	size_t n;
	const char *me = model_status(m)->user;

	if (!parse_messages(reply, &msg, &n))
		return false;
	if (n == 0)
		model_notice(m, now, "nothing found");
	else
		model_noticef(m, now, "%zu found%s:", n,
		    parse_true(reply, "more") ? ", the newest" : "");
	for (size_t i = 0; i < n; i++) {
		const char *to = msg[i].target;

		if (strcmp(to, "*") == 0)
			to = NULL;
		else if (strcmp(to, msg[i].from) == 0)
			to = me; /* a private one: the target is the sender */
		print_line(m, now, msg[i].time, msg[i].from, to, msg[i].text);
	}
	free(msg);
	return true;
}

static bool
print_hello(struct model *m, int64_t now, const json_t *reply)
{
	const char *server = parse_string(reply, "server");
	const char *realm = parse_string(reply, "realm");
	const char *registration = parse_string(reply, "registration");
	struct buf b;

	buf_init(&b, LISTING_CAP);
	(void)buf_addf(&b, "%s: ", model_status(m)->server);
	listing_flat(&b, server == NULL ? "?" : server);
	(void)buf_adds(&b, ", realm ");
	listing_flat(&b, realm == NULL ? "?" : realm);
	(void)buf_adds(&b, ", registration ");
	listing_flat(&b, registration == NULL ? "?" : registration);
	listing_head(m, now, &b);
	return true;
}

/* ---- the table --------------------------------------------------------- */

static const char *const verbs[] = {
	[CLIENT_WHO] = "who",
	[CLIENT_ACTIVE] = "user_aktif",
	[CLIENT_LIST] = "list",
	[CLIENT_USERS] = "users",
	[CLIENT_LIST_USER] = "list_user",
	[CLIENT_INBOX] = "inbox",
	[CLIENT_UNREAD] = "unread",
	[CLIENT_SEARCH] = "search",
	[CLIENT_PASSWD] = "passwd",
	[CLIENT_NAME] = "name",
	[CLIENT_HELLO] = "hello",
	[CLIENT_GROUPS] = "groups",
	[CLIENT_MEMBERS] = "members",
	[CLIENT_TOPIC_OF] = "topic",
	[CLIENT_RULES] = "rules",
	[CLIENT_LINKS] = "links",
	[CLIENT_JOIN] = "join",
	[CLIENT_LEAVE] = "leave",
	[CLIENT_KICK] = "kick",
	[CLIENT_BAN] = "ban",
	[CLIENT_UNBAN] = "unban",
	[CLIENT_MUTE] = "mute",
	[CLIENT_UNMUTE] = "unmute",
	[CLIENT_OP] = "op",
	[CLIENT_DEOP] = "deop",
	[CLIENT_OWN] = "own",
	[CLIENT_INVITE] = "invite",
	[CLIENT_TOPIC] = "topic",
	[CLIENT_MODE] = "mode",
	[CLIENT_GRANT] = "grant",
	[CLIENT_REVOKE] = "revoke",
};

const char *
answer_verb(enum client_ask ask, bool *token)
{
	*token = ask != CLIENT_HELLO;
	return verbs[ask];
}

bool
answer_print(struct model *m, enum client_ask ask, const json_t *reply,
    int64_t now)
{
	switch (ask) {
	case CLIENT_WHO:
		return print_who(m, now, reply);
	case CLIENT_ACTIVE:
		return print_string(
		    m, now, "active: ", parse_string(reply, "message"));
	case CLIENT_LIST:
		return print_string(m, now, "", parse_string(reply, "message"));
	case CLIENT_USERS:
		return print_names(m, now, "logged in",
		    json_object_get(reply, "messages"));
	case CLIENT_LIST_USER:
		return print_names(m, now, "all users",
		    json_object_get(reply, "list_user"));
	case CLIENT_INBOX:
		return print_inbox(m, now, reply);
	case CLIENT_UNREAD:
		return print_unread(m, now, reply);
	case CLIENT_SEARCH:
		return print_search(m, now, reply);
	case CLIENT_PASSWD:
		model_notice(m, now,
		    "the password is changed; other devices are logged out");
		return true;
	case CLIENT_NAME:
		model_notice(m, now, "your real name is changed");
		return true;
	case CLIENT_HELLO:
		return print_hello(m, now, reply);
	case CLIENT_GROUPS:
		return answer_groups(m, now, reply);
	case CLIENT_MEMBERS:
		return answer_members(m, now, reply);
	case CLIENT_TOPIC_OF:
		return answer_topic(m, now, reply);
	case CLIENT_RULES:
		return answer_rules(m, now, reply);
	case CLIENT_LINKS:
		return answer_links(m, now, reply);
	default:
		return false; /* a deed: answer_done */
	}
}

void
answer_done(struct model *m, enum client_ask deed, const char *whom,
    const char *where, int64_t now)
{
	static const char *const is[] = {
		[CLIENT_KICK] = "is out of",
		[CLIENT_BAN] = "is banned from",
		[CLIENT_UNBAN] = "is not banned any more from",
		[CLIENT_MUTE] = "may not say anything in",
		[CLIENT_UNMUTE] = "may speak in",
		[CLIENT_OP] = "is a moderator of",
		[CLIENT_DEOP] = "is no moderator of",
		[CLIENT_OWN] = "is the owner of",
		[CLIENT_INVITE] = "is invited to",
		[CLIENT_TOPIC] = "has that topic",
		[CLIENT_MODE] = "has that mode",
		[CLIENT_GRANT] = "is an administrator of",
		[CLIENT_REVOKE] = "is no administrator of",
	};

	if (strcmp(where, "*") == 0)
		where = "the whole server";
	if (deed == CLIENT_TOPIC || deed == CLIENT_MODE)
		model_noticef(m, now, "%s %s", where, is[deed]);
	else
		model_noticef(m, now, "%s %s %s", whom, is[deed], where);
}
