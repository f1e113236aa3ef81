/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands about groups: who is in which, and what is done to them and to
 * those in them.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "server/dialect/client_conn.h"
#include "server/dialect/cmd.h"
#include "server/dialect/dialect_priv.h"
#include "server/dialect/framed_conn.h"
#include "server/dialect/raw.h"
#include "server/dialect/render.h"
#include "server/dialect/reply.h"
#include "server/dialect/request.h"
#include "shared/xalloc.h"

static struct chat_who
asker(const struct request *rq)
{
	return (struct chat_who){ .session = rq->session };
}

/* A group, whose '#' may be left out where nothing else can be meant. */
static enum wire_err
group_named(const char *name, struct target *to)
{
	enum wire_err err = target_parse(to, name, strlen(name));

	if (err == WIRE_OK && to->kind == TARGET_EVERYONE)
		err = WIRE_BAD_TARGET;
	to->kind = TARGET_GROUP;
	return err;
}

/* As above; false: answered already. */
static bool
parse_group(struct request *rq, struct target *to)
{
	enum wire_err err = group_named(rq->arg[0], to);

	if (err != WIRE_OK)
		reply_error(rq->set, rq->id, err);
	return err == WIRE_OK;
}

/* As above, or everyone: the whole server. */
static bool
parse_where(struct request *rq, struct target *to)
{
	if (strcmp(rq->arg[0], "*") != 0)
		return parse_group(rq, to);
	*to = (struct target){ .kind = TARGET_EVERYONE };
	return true;
}

static void
set_string(json_t *o, const char *name, const char *s)
{
	json_object_set_new(o, name, json_string(s));
}

static void
set_target(json_t *o, const struct target *t)
{
	char text[WIRE_TARGET_CAP];

	target_format(t, text);
	set_string(o, "target", text);
}

static void
keep_target(struct request *rq, const struct target *t)
{
	char text[WIRE_TARGET_CAP];

	target_format(t, text);
	request_keep(rq, text);
}

/* ---- in and out ------------------------------------------------------- */

/* The note is the group's target. */
static void
moved(void *arg, uint64_t id, const struct chat_result *res, const char *how)
{
	const char *target = request_note(arg, id);
	char *text;
	json_t *o;

	if (res->err != WIRE_OK) {
		reply_failed(arg, id, res);
		return;
	}
	text = xasprintf("%s %s", how, target + (*target == '#'));
	o = render_ok_text(text);
	free(text);
	set_string(o, "target", target);
	reply(arg, id, o);
}

static void
join_done(void *arg, uint64_t id, const struct chat_result *res)
{
	moved(arg, id, res, "Telah bergabung dengan grup");
}

void
cmd_join(struct request *rq)
{
	struct chat_who who = asker(rq);
	struct target to;

	if (!parse_group(rq, &to))
		return;
	keep_target(rq, &to);
	chat_join(rq->chat, &who, &to, request_later(rq, join_done));
}

static void
leave_done(void *arg, uint64_t id, const struct chat_result *res)
{
	moved(arg, id, res, "Telah keluar dari grup");
}

void
cmd_leave(struct request *rq)
{
	struct chat_who who = asker(rq);
	struct target to;

	if (!parse_group(rq, &to))
		return;
	keep_target(rq, &to);
	chat_leave(rq->chat, &who, &to, request_later(rq, leave_done));
}

static bool
same_name(const char *s, const char *key)
{
	char other[WIRE_NAME_CAP];

	if (*s == '\0' || *key == '\0')
		return *s == *key;
	return wire_name_key(s, strlen(s), other) && strcmp(other, key) == 0;
}

/* The realm's key; "": ours, which names of ours are told without. */
static void
realm_key(const struct request *rq, const struct target *t,
    char key[WIRE_NAME_CAP])
{
	if (t->realm[0] == '\0' ||
	    !wire_name_key(t->realm, strlen(t->realm), key) ||
	    same_name(rq->set->rules.realm, key))
		key[0] = '\0';
}

/* `group NAME origin` */
void
cmd_group(struct request *rq)
{
	struct chat_who who = asker(rq);
	struct client_conn *cc = rq->from;
	struct target to;
	char realm[WIRE_NAME_CAP];
	enum wire_err err;

	if (strcmp(rq->arg[1], "origin") != 0) {
		reply_error(rq->set, rq->id, WIRE_BAD_PARAMETER);
		return;
	}
	/* Nothing but the line from here on: no events between. */
	framed_watch_end(rq);
	err = group_named(rq->arg[0], &to);
	if (err != WIRE_OK) {
		raw_refuse(cc, rq->id, rq->who.name, err);
		return;
	}
	realm_key(rq, &to, realm);
	raw_start(cc, rq->id, &who, rq->who.name, to.name, realm);
}

/* ---- what there is ---------------------------------------------------- */

/* Others decide how long these lists are: what would not fit into a reply is
 * left out, and "more" tells. */
struct list {
	json_t *all;
	size_t bytes;
	bool more;
};

/* Takes over the object. */
static void
list_add(struct list *l, json_t *o, bool always)
{
	size_t n = json_dumpb(o, NULL, 0, JSON_COMPACT | JSON_ENSURE_ASCII);

	if (!always && l->bytes + n > WIRE_REPLY_MAX / 2) {
		l->more = true;
		json_decref(o);
		return;
	}
	l->bytes += n;
	json_array_append_new(l->all, o);
}

static void
list_reply(struct request *rq, const struct target *of, const char *name,
    struct list *l)
{
	json_t *o = render_ok();

	if (of != NULL)
		set_target(o, of);
	json_object_set_new(o, name, l->all);
	if (l->more)
		json_object_set_new(o, "more", json_true());
	reply(rq->set, rq->id, o);
}

/* One's own are always there: they are no more than CHAT_GROUPS_MAX. */
static void
append_group(void *arg, const struct chat_group *g)
{
	char text[WIRE_TARGET_CAP];
	json_t *o;

	target_format(&g->target, text);
	o = json_pack("{s:s, s:s, s:s, s:s, s:I, s:b}", "target", text,
	    "group", text + 1, "topic", g->topic, "mode",
	    chat_mode_name(g->mode), "members", (json_int_t)g->members,
	    "member", (int)g->member);
	if (g->member)
		set_string(o, "role", chat_role_name(g->role));
	list_add(arg, o, g->member);
}

void
cmd_groups(struct request *rq)
{
	struct list l = { .all = json_array() };

	chat_each_group(rq->chat, rq->session, append_group, &l);
	list_reply(rq, NULL, "groups", &l);
}

static void
append_member(void *arg, const struct chat_member *m)
{
	json_t *o = render_user(&m->user);

	set_string(o, "role", chat_role_name(m->role));
	json_object_set_new(o, "muted", json_boolean(m->muted));
	if (m->line)
		json_object_set_new(o, "line", json_true());
	list_add(arg, o, false);
}

void
cmd_members(struct request *rq)
{
	struct list l = { 0 };
	struct target of;
	enum wire_err err;

	if (!parse_group(rq, &of))
		return;
	l.all = json_array();
	err = chat_each_member(
	    rq->chat, rq->session, &of, append_member, &l);
	if (err == WIRE_OK) {
		list_reply(rq, &of, "members", &l);
		return;
	}
	json_decref(l.all);
	reply_error(rq->set, rq->id, err);
}

static void
append_rule(void *arg, const struct chat_rule *r)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s}", "act",
	    chat_act_name(r->act), "user", r->user, "by",
	    r->by != NULL ? r->by : "", "reason",
	    r->reason != NULL ? r->reason : "");

	json_object_set_new(o, "time", render_time(r->time));
	list_add(arg, o, false);
}

void
cmd_rules(struct request *rq)
{
	struct list l = { 0 };
	struct target of;
	enum wire_err err;

	if (!parse_where(rq, &of))
		return;
	l.all = json_array();
	err = chat_each_rule(rq->chat, rq->session, &of, append_rule, &l);
	if (err == WIRE_OK) {
		list_reply(rq, &of, "rules", &l);
		return;
	}
	json_decref(l.all);
	reply_error(rq->set, rq->id, err);
}

/* ---- what is done to them --------------------------------------------- */

static void
act_done(void *arg, uint64_t id, const struct chat_result *res)
{
	json_t *o;

	if (res->err != WIRE_OK) {
		reply_failed(arg, id, res);
		return;
	}
	o = render_ok();
	set_string(o, "target", request_note(arg, id));
	reply(arg, id, o);
}

static void
act(struct request *rq, const struct chat_deed *deed)
{
	struct chat_who who = asker(rq);

	keep_target(rq, &deed->where);
	chat_do(rq->chat, &who, deed, request_later(rq, act_done));
}

/* What is done to somebody; the command is the act's name. */
static const struct {
	enum chat_act act;
	bool server; /* may be done on the whole server */
	bool group;  /* may be done in a group */
} acts[] = {
	{ CHAT_KICK, true, true },
	{ CHAT_BAN, true, true },
	{ CHAT_UNBAN, true, true },
	{ CHAT_MUTE, true, true },
	{ CHAT_UNMUTE, true, true },
	{ CHAT_OP, false, true },
	{ CHAT_DEOP, false, true },
	{ CHAT_OWN, false, true },
	{ CHAT_INVITE_USER, false, true },
	{ CHAT_GRANT, true, false },
	{ CHAT_REVOKE, true, false },
};

/* The place in the table of the command's name, which every row that has
 * cmd_act has. */
static size_t
act_of(const char *name)
{
	size_t i = 0;

	while (strcmp(chat_act_name(acts[i].act), name) != 0) {
		i++;
		assert(i < sizeof acts / sizeof acts[0]);
	}
	return i;
}

void
cmd_act(struct request *rq)
{
	size_t i = act_of(rq->command->name);
	struct chat_deed deed = { .act = acts[i].act };
	int whom = 0; /* where no group is named, the first */

	if (acts[i].group) {
		if (!(acts[i].server ? parse_where : parse_group)(
		    rq, &deed.where))
			return;
		whom = 1;
	}
	if (rq->args > whom + 1)
		deed.text = rq->arg[whom + 1];
	/* What is no name is nobody's. */
	if (target_parse(&deed.whom, rq->arg[whom], strlen(rq->arg[whom])) !=
	    WIRE_OK || deed.whom.kind != TARGET_USER)
		reply_error(rq->set, rq->id, WIRE_NO_SUCH_USER);
	else
		act(rq, &deed);
}

void
cmd_mode(struct request *rq)
{
	struct chat_deed deed = { .act = CHAT_MODE };

	if (!parse_group(rq, &deed.where))
		return;
	if (!chat_mode_named(rq->arg[1], &deed.mode))
		reply_error(rq->set, rq->id, WIRE_BAD_PARAMETER);
	else
		act(rq, &deed);
}

/* ---- the topic -------------------------------------------------------- */

static void
tell_topic(struct request *rq, const struct target *of)
{
	struct chat_group g;
	json_t *o;

	if (!chat_find_group(rq->chat, rq->session, of, &g)) {
		reply_error(rq->set, rq->id, WIRE_NO_SUCH_GROUP);
		return;
	}
	o = render_ok();
	set_target(o, of);
	set_string(o, "topic", g.topic);
	reply(rq->set, rq->id, o);
}

void
cmd_topic(struct request *rq)
{
	struct chat_deed deed = { .act = CHAT_TOPIC };

	if (!parse_group(rq, &deed.where))
		return;
	if (rq->args < 2) {
		tell_topic(rq, &deed.where);
		return;
	}
	deed.text = strcmp(rq->arg[1], "-") == 0 ? "" : rq->arg[1];
	act(rq, &deed);
}
