/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/answer.h"

#include "shared/buf.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/net/answer_group.h"
#include "tui/model/errors.h"
#include "tui/net/listing.h"
#include "tui/model/model.h"
#include "tui/model/namesake.h"
#include "tui/model/server_text.h"
#include "tui/net/json_in.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- errors ------------------------------------------------------------ */

/* Where two errors share a code, the message tells which it is.  NULL: none
 * that we know. */
static const char *
words_for(const char *code, const char *message)
{
	const char *text = NULL;

	for (int i = 1; i < WIRE_ERRS; i++) {
		enum wire_err err = (enum wire_err)i;

		if (strcmp(wire_err_code(err), code) != 0)
			continue;
		if (message != NULL &&
		    strcmp(wire_err_text(err), message) == 0)
			return errors_words(err);
		text = errors_words(err);
	}
	return text;
}

void
answer_why(const json_t *reply, char why[ANSWER_WHY_CAP])
{
	const char *code = json_in_string(reply, "code");
	const char *message = json_in_string(reply, "message");
	const char *text = code == NULL ? NULL : words_for(code, message);

	if (text != NULL)
		snprintf(why, ANSWER_WHY_CAP, "%s", text);
	else if (code != NULL)
		snprintf(why, ANSWER_WHY_CAP,
		    _("the server refused this (%.64s)"), code);
	else if (message != NULL)
		snprintf(why, ANSWER_WHY_CAP, _("the server says: %.200s"),
		    message);
	else
		snprintf(why, ANSWER_WHY_CAP, "%s",
		    _("the server refused this and does not say why"));
}

/* ---- lists ------------------------------------------------------------- */

/* "messi, neko" of an array of strings; false: it is none. */
static bool
put_names(const struct model *m, struct buf *b, const json_t *list)
{
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));
		char *name;

		if (s == NULL)
			return false;
		name = namesake_list(model_status(m), s);
		text_list(b, "%s", name);
		free(name);
	}
	return json_is_array(list);
}

static bool
print_names(struct model *m, int64_t now, const json_t *list, bool all)
{
	size_t n = json_array_size(list);
	struct buf b;
	bool good;

	buf_init(&b, LISTING_CAP);
	good = put_names(m, &b, list);
	if (good && all)
		listing_headf(m, now,
		    ngettext("all users (%zu): %s", "all users (%zu): %s", n),
		    n, buf_data(&b));
	else if (good)
		listing_headf(m, now,
		    ngettext("logged in (%zu): %s", "logged in (%zu): %s", n),
		    n, buf_data(&b));
	buf_release(&b);
	return good;
}

static bool
print_active(struct model *m, int64_t now, const char *names)
{
	char *all;

	if (names == NULL)
		return false;
	all = namesake_list(model_status(m), names);
	listing_headf(m, now, _("active: %s"), all);
	free(all);
	return true;
}

/* The older system's clients print it as it comes. */
static bool
print_list(struct model *m, int64_t now, const char *text)
{
	static const char head[] = "List user: ";
	char *all;

	if (text == NULL)
		return false;
	all = namesake_list(model_status(m), text);
	if (strncmp(all, head, sizeof(head) - 1) == 0)
		listing_headf(m, now, _("List user: %s"),
		    all + sizeof(head) - 1);
	else
		listing_headf(m, now, "%s", all);
	free(all);
	return true;
}

static void
print_seen(struct model *m, int64_t now, const char *who, bool online,
    int64_t since)
{
	char at[32];

	listing_when(since, at);
	if (online && since > 0)
		listing_rowf(m, now, _("* %s, here since %s"), who, at);
	else if (online)
		listing_rowf(m, now, "* %s", who);
	else if (since > 0)
		listing_rowf(m, now, _("- %s, last seen %s"), who, at);
	else
		listing_rowf(m, now, _("- %s, never seen"), who);
}

static bool
print_user(struct model *m, int64_t now, const json_t *u)
{
	const char *user = json_in_name(u, "user", WIRE_TARGET_CAP);
	const char *name = json_in_string(u, "name");
	char *who;

	if (user == NULL)
		return false;
	who = listing_who(user, name == NULL ? "" : name);
	print_seen(m, now, who, json_in_true(u, "online"),
	    json_in_time(u, "since", 0));
	free(who);
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
		online += json_in_true(json_array_get(list, i), "online");
	model_noticef(m, now,
	    ngettext("%zu online, %zu in all:", "%zu online, %zu in all:", n),
	    online, n);
	for (int pass = 1; pass >= 0; pass--)
		for (size_t i = 0; i < n && shown < LISTING_MAX; i++) {
			const json_t *u = json_array_get(list, i);

			if (json_in_true(u, "online") != (pass == 1))
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
	char at[32], *words = server_text(from, text);

	if (words != NULL)
		text = words;
	listing_when(time, at);
	if (to != NULL)
		listing_rowf(m, now, "%s <%s -> %s> %s", at, from, to, text);
	else
		listing_rowf(m, now, "%s <%s> %s", at, from, text);
	free(words);
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
		const char *text = json_in_string(o, "msg");

		if (text == NULL)
			return false;
		if (++*shown <= LISTING_MAX)
			print_line(m, now, json_in_time(o, "time", now), from,
			    NULL, text);
	}
	return true;
}

/* How many messages are of people who are ignored; *left: how many senders
 * there are else. */
static size_t
count_hidden(const struct model *m, json_t *by, size_t *left)
{
	const char *from;
	json_t *list;
	size_t n = 0;

	*left = 0;
	json_object_foreach(by, from, list)
		if (model_hides(m, from))
			n += json_array_size(list);
		else
			++*left;
	return n;
}

static bool
print_inbox(struct model *m, int64_t now, const json_t *reply)
{
	json_t *by = json_object_get(reply, "messages");
	const char *from;
	json_t *list;
	size_t shown = 0, senders, hidden = count_hidden(m, by, &senders);

	if (!json_is_object(by))
		return false;
	if (senders == 0)
		model_notice(m, now, _("no unread private messages"));
	else
		model_notice(m, now, _("unread private messages:"));
	json_object_foreach(by, from, list)
		if (!model_hides(m, from) &&
		    !print_inbox_of(m, now, from, list, &shown))
			return false;
	if (shown > LISTING_MAX)
		listing_left_out(m, now, LISTING_MAX, shown);
	listing_hidden(m, now, hidden);
	if (json_in_true(reply, "more"))
		model_notice_more(m, now, _("there are more: /inbox again"));
	return true;
}

static void
print_unread_of(struct model *m, int64_t now, const char *target,
    int64_t count)
{
	if (strcmp(target, "*") == 0)
		target = _("everyone");
	listing_rowf(m, now,
	    ngettext("%s: %lld unread", "%s: %lld unread",
	        (unsigned long)count),
	    target, (long long)count);
}

static bool
print_unread(struct model *m, int64_t now, const json_t *reply)
{
	json_t *by = json_object_get(reply, "unread");
	const char *target;
	json_t *one;
	size_t shown = 0, hidden = 0, left;
	int64_t count;

	if (!json_is_object(by))
		return false;
	(void)count_hidden(m, by, &left);
	model_notice(m, now, left == 0 ? _("nothing unread") : _("unread:"));
	json_object_foreach(by, target, one) {
		if (!json_in_id(one, "count", &count))
			return false;
		if (model_hides(m, target))
			hidden += (size_t)count;
		else if (++shown <= LISTING_MAX)
			print_unread_of(m, now, target, count);
	}
	if (shown > LISTING_MAX)
		listing_left_out(m, now, LISTING_MAX, shown);
	listing_hidden(m, now, hidden);
	return true;
}

/* The messages of people who are ignored go; how many. */
static size_t
take_hidden(const struct model *m, struct model_message *msg, size_t *n)
{
	size_t all = *n;

	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (!model_hides(m, msg[i].from))
			msg[(*n)++] = msg[i];
	return all - *n;
}

static void
print_found(struct model *m, int64_t now, const struct model_message *msg)
{
	const char *to = msg->target;

	if (strcmp(to, "*") == 0)
		to = NULL;
	else if (strcmp(to, msg->from) == 0)
		to = model_status(m)->user; /* a private one: the target is
		                             * the sender */
	print_line(m, now, msg->time, msg->from, to, msg->text);
}

/* before: the oldest of those that were found. */
static void
print_older(struct model *m, int64_t now, int64_t before)
{
	char *text = xasprintf(
	    /* TRANSLATORS: WORDS are those that were searched for; "/search
	     * before=" is typed as it stands. */
	    _("there are more: /search before=%lld WORDS"),
	    (long long)before);

	model_notice_more(m, now, text);
	free(text);
}

static bool
print_search(struct model *m, int64_t now, const json_t *reply)
{
	struct model_message *msg;
	size_t n, hidden;
	bool more = json_in_true(reply, "more");
	int64_t oldest;

	if (!json_in_messages(reply, &msg, &n))
		return false;
	oldest = n > 0 ? msg[0].id : 0;
	hidden = take_hidden(m, msg, &n);
	if (n == 0)
		model_notice(m, now, _("nothing found"));
	else if (more)
		model_noticef(m, now, ngettext("%zu found, the newest:",
		    "%zu found, the newest:", n), n);
	else
		model_noticef(m, now,
		    ngettext("%zu found:", "%zu found:", n), n);
	for (size_t i = 0; i < n; i++)
		print_found(m, now, &msg[i]);
	listing_hidden(m, now, hidden);
	if (more && oldest > 0)
		print_older(m, now, oldest);
	free(msg);
	return true;
}

/* Of a later server it may be another word. */
static const char *
registration_words(const char *wire)
{
	if (wire == NULL)
		return "?";
	if (strcmp(wire, "open") == 0)
		return C_("registration", "open");
	if (strcmp(wire, "closed") == 0)
		return C_("registration", "closed");
	return wire;
}

static bool
print_hello(struct model *m, int64_t now, const json_t *reply)
{
	const char *server = json_in_string(reply, "server");
	const char *realm = json_in_string(reply, "realm");

	/* TRANSLATORS: where it is, which program, which realm, and whether
	 * it takes new accounts. */
	listing_headf(m, now, _("%s: %s, realm %s, registration %s"),
	    model_status(m)->server, server == NULL ? "?" : server,
	    realm == NULL ? "?" : realm,
	    registration_words(json_in_string(reply, "registration")));
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

void
answer_command(enum client_ask ask, char name[ANSWER_COMMAND_CAP])
{
	const char *verb = ask == CLIENT_LINKS ? "realms" :
	    ask == CLIENT_HELLO ? "server" : verbs[ask];

	snprintf(name, ANSWER_COMMAND_CAP, "/%s", verb);
}

bool
answer_print(struct model *m, enum client_ask ask, const json_t *reply,
    int64_t now)
{
	switch (ask) {
	case CLIENT_WHO:
		return print_who(m, now, reply);
	case CLIENT_ACTIVE:
		return print_active(m, now, json_in_string(reply, "message"));
	case CLIENT_LIST:
		return print_list(m, now, json_in_string(reply, "message"));
	case CLIENT_USERS:
		return print_names(
		    m, now, json_object_get(reply, "messages"), false);
	case CLIENT_LIST_USER:
		return print_names(
		    m, now, json_object_get(reply, "list_user"), true);
	case CLIENT_INBOX:
		return print_inbox(m, now, reply);
	case CLIENT_UNREAD:
		return print_unread(m, now, reply);
	case CLIENT_SEARCH:
		return print_search(m, now, reply);
	case CLIENT_PASSWD:
		model_notice(m, now,
		    _("the password is changed; other devices are logged "
		      "out"));
		return true;
	case CLIENT_NAME:
		model_notice(m, now, _("your real name is changed"));
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

/* The caller frees it. */
static char *
done_words(enum client_ask deed, const char *whom, const char *where)
{
	switch (deed) {
	case CLIENT_KICK:
		return xasprintf(_("%s is out of %s"), whom, where);
	case CLIENT_BAN:
		return xasprintf(_("%s is banned from %s"), whom, where);
	case CLIENT_UNBAN:
		return xasprintf(
		    _("%s is not banned any more from %s"), whom, where);
	case CLIENT_MUTE:
		return xasprintf(
		    _("%s may not say anything in %s"), whom, where);
	case CLIENT_UNMUTE:
		return xasprintf(_("%s may speak in %s"), whom, where);
	case CLIENT_OP:
		return xasprintf(_("%s is a moderator of %s"), whom, where);
	case CLIENT_DEOP:
		return xasprintf(_("%s is no moderator of %s"), whom, where);
	case CLIENT_OWN:
		return xasprintf(_("%s is the owner of %s"), whom, where);
	case CLIENT_INVITE:
		return xasprintf(_("%s is invited to %s"), whom, where);
	case CLIENT_TOPIC:
		return xasprintf(_("%s has that topic"), where);
	case CLIENT_MODE:
		return xasprintf(_("%s has that mode"), where);
	case CLIENT_GRANT:
		return xasprintf(
		    _("%s is an administrator of %s"), whom, where);
	default: /* CLIENT_REVOKE: there are no other deeds */
		return xasprintf(
		    _("%s is no administrator of %s"), whom, where);
	}
}

void
answer_done(struct model *m, enum client_ask deed, const char *whom,
    const char *where, int64_t now)
{
	char *text = done_words(deed, whom,
	    strcmp(where, "*") == 0 ? _("the whole server") : where);

	model_notice(m, now, text);
	free(text);
}
