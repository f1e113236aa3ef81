/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/chat/peer_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const kinds[CHAT_ITEM_KINDS] = { "letter", "bounce",
	"said", "group", "member", "gone", "leave", "invite", "line" };

static void note(struct peer *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
note(struct peer *p, const char *fmt, ...)
{
	size_t n = strlen(p->log);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->log + n, sizeof(p->log) - n, fmt, ap);
	va_end(ap);
}

const char *
peered(struct peer *p)
{
	static char log[sizeof(p->log)];

	memcpy(log, p->log, sizeof(log));
	p->log[0] = '\0';
	return log;
}

/* ---- the router ------------------------------------------------------- */

static enum chat_reach
reach(void *arg, const char *realm)
{
	const struct peer *p = arg;

	if (strcmp(realm, "nowhere") == 0)
		return CHAT_NO_REALM;
	return strcmp(realm, "legacy") == 0 ? CHAT_REALM_LEGACY : p->reach;
}

static const char *
or_none(const char *s)
{
	return s != NULL ? s : "\001";
}

static size_t
pack(void *arg, const struct chat_item *item, void *to, size_t cap)
{
	int n;

	(void)arg;
	n = snprintf(to, cap, "%d\n%s\n%d\n%s\n%s\n%s\n%s\n%lld\n%d\n%d\n%d"
			      "\n%d\n%d\n%d\n%d\n",
	    (int)item->kind, or_none(item->group), item->home,
	    or_none(item->from), or_none(item->to), or_none(item->name),
	    or_none(item->text), (long long)item->time, (int)item->role,
	    (int)item->mode, (int)item->act, (int)item->err, item->muted,
	    item->quiet, item->here);
	assert_true(n > 0 && (size_t)n < cap);
	return (size_t)n;
}

/* Cuts the bytes up. */
static struct chat_item
unpack(char *body)
{
	const char *field[15];
	struct chat_item item;
	size_t i;

	for (i = 0; i < 15; i++) {
		field[i] = strsep(&body, "\n");
		assert_non_null(field[i]);
		if (field[i][0] == '\001')
			field[i] = NULL;
	}
	item = (struct chat_item){ .kind = (enum chat_item_kind)atoi(field[0]),
		.group = field[1],
		.home = atoi(field[2]) != 0,
		.from = field[3],
		.to = field[4],
		.name = field[5],
		.text = field[6],
		.time = atoll(field[7]),
		.role = (enum chat_role)atoi(field[8]),
		.mode = (enum chat_mode)atoi(field[9]),
		.act = (enum chat_act)atoi(field[10]),
		.err = (enum wire_err)atoi(field[11]),
		.muted = atoi(field[12]) != 0,
		.quiet = atoi(field[13]) != 0,
		.here = atoi(field[14]) != 0 };
	return item;
}

static void
wake(void *arg, const char *realm, size_t items)
{
	assert_true(items > 0);
	if (items == 1)
		note(arg, "wake %s\n", realm);
	else
		note(arg, "wake %s for %zu\n", realm, items);
}

static void
find(void *arg, const struct chat_letter *l, chat_found_fn *fn, void *with)
{
	struct peer *p = arg;

	note(p, "find %s@%s from %s: %s\n", l->user, l->realm, l->from,
	    l->text);
	assert_true(p->finds < PEER_WAITS);
	p->find[p->finds++] = (struct peer_find){ fn, with };
}

static void
plead(void *arg, const char *realm, const struct chat_plea *plea,
    struct chat_done done)
{
	struct peer *p = arg;
	struct peer_plea *at = &p->plea[p->pleas++];

	assert_true(p->pleas <= PEER_WAITS);
	note(p, "%s%s #%s@%s by %s\n", plea->there ? "visit, " : "",
	    plea->join ? "join" : chat_act_name(plea->deed.act), plea->group,
	    realm, plea->user);
	at->plea = *plea;
	at->done = done;
	snprintf(at->realm, sizeof(at->realm), "%s", realm);
	snprintf(at->group, sizeof(at->group), "%s", plea->group);
	snprintf(at->user, sizeof(at->user), "%s", plea->user);
	snprintf(at->real_name, sizeof(at->real_name), "%s", plea->real_name);
	if (plea->deed.text == NULL)
		return;
	assert_true(strlen(plea->deed.text) < sizeof(at->text));
	snprintf(at->text, sizeof(at->text), "%s", plea->deed.text);
}

static void
presence(void *arg, const struct chat_user *user)
{
	note(arg, "%c%s\n", user->online ? '+' : '-', user->name);
}

static void
want(void *arg, const char *realm, const char *user)
{
	note(arg, "want %s@%s\n", user, realm);
}

void
peer_link(struct peer *p, struct world *w)
{
	const struct chat_router router = { .arg = p,
		.reach = reach,
		.pack = pack,
		.wake = wake,
		.find = find,
		.plead = plead,
		.presence = presence,
		.want = want };

	p->w = w;
	chat_set_router(w->chat, &router);
}

/* ---- answers ---------------------------------------------------------- */

void
peer_found(struct peer *p, enum wire_err err, const char *user,
    const char *realm, bool delivered)
{
	struct peer_find at = p->find[0];

	assert_true(p->finds > 0);
	memmove(p->find, p->find + 1, --p->finds * sizeof(*p->find));
	at.fn(at.with,
	    &(struct chat_found){ .err = err,
		.user = user,
		.realm = realm,
		.real_name = user,
		.delivered = delivered });
}

static struct peer_plea
take_plea(struct peer *p)
{
	struct peer_plea at = p->plea[0];

	assert_true(p->pleas > 0);
	memmove(p->plea, p->plea + 1, --p->pleas * sizeof(*p->plea));
	return at;
}

void
peer_pleaded(struct peer *p, enum wire_err err)
{
	struct peer_plea at = take_plea(p);

	at.done.fn(
	    at.done.arg, at.done.id, &(struct chat_result){ .err = err });
}

void
peer_pass_plea(struct peer *from, struct peer *to)
{
	peer_hand_plea(from, to);
	world_run(to->w);
}

static void
handed_answered(void *arg, uint64_t id, const struct chat_result *res)
{
	struct peer *p = arg;
	struct chat_done done = p->handed[id];

	p->handed[id].fn = NULL;
	if (done.fn != NULL)
		done.fn(done.arg, done.id, res);
}

void
peer_cut(struct peer *p)
{
	size_t i;

	while (p->pleas > 0)
		peer_pleaded(p, WIRE_REALM_UNREACHABLE);
	for (i = 0; i < p->handeds; i++)
		handed_answered(p, i,
		    &(struct chat_result){ .err = WIRE_REALM_UNREACHABLE });
}

void
peer_hand_plea(struct peer *from, struct peer *to)
{
	struct peer_plea at = take_plea(from);
	size_t id = from->handeds++;

	assert_true(id < PEER_HANDED);
	from->handed[id] = at.done;
	assert_string_equal(at.realm, to->w->rules.realm);
	at.plea.group = at.group;
	at.plea.user = at.user;
	at.plea.real_name = at.real_name;
	if (at.plea.deed.text != NULL)
		at.plea.deed.text = at.text;
	assert_null(chat_receive_plea(
	    to->w->chat, from->w->rules.realm, &at.plea,
	    (struct chat_done){ handed_answered, from, id }));
}

/* ---- items ------------------------------------------------------------ */

static void
describe(const struct chat_item *item, char *out, size_t cap)
{
	const char *by = item->from != NULL ? item->from : "-";
	const char *text = item->text != NULL ? item->text : "-";
	int n = snprintf(out, cap, "%s%s%s ", kinds[item->kind],
	    item->group != NULL ? " #" : "",
	    item->group != NULL ? item->group : "");

	out += n;
	cap -= (size_t)n;
	switch (item->kind) {
	case CHAT_ITEM_LETTER:
		snprintf(out, cap, "%s > %s (%s): %s", by, item->to,
		    item->name, text);
		break;
	case CHAT_ITEM_BOUNCE:
		snprintf(out, cap, "%s > %s %s: %s", by, item->to,
		    wire_err_code(item->err), text);
		break;
	case CHAT_ITEM_SAID:
		snprintf(out, cap, "%s%s (%s): %s", item->home ? "home " : "",
		    by, item->name, text);
		break;
	case CHAT_ITEM_GROUP:
		snprintf(out, cap, "%s by %s: %s", chat_mode_name(item->mode),
		    by, text);
		break;
	case CHAT_ITEM_MEMBER:
		snprintf(out, cap, "%s (%s) %s%s%s by %s", item->to,
		    item->name, chat_role_name(item->role),
		    item->muted ? " muted" : "", item->quiet ? " quiet" : "",
		    by);
		break;
	case CHAT_ITEM_GONE:
		snprintf(out, cap, "%s by %s %s: %s", item->to, by,
		    item->from != NULL ? chat_act_name(item->act) : "-",
		    text);
		break;
	case CHAT_ITEM_LEAVE:
		snprintf(out, cap, "%s", by);
		break;
	case CHAT_ITEM_INVITE:
		snprintf(out, cap, "%s by %s", item->to, by);
		break;
	case CHAT_ITEM_LINE:
		snprintf(out, cap, "%s (%s) %s", item->to, item->name,
		    item->here ? "here" : "gone");
		break;
	case CHAT_ITEM_KINDS:
		break;
	}
}

static void
copy_body(const struct store_item *item, char *body, size_t cap)
{
	assert_true(item->len < cap);
	memcpy(body, item->body, item->len);
	body[item->len] = '\0';
}

const char *
peer_out(const struct peer *p, const char *realm, size_t i)
{
	static char line[PEER_ITEM_MAX];
	char body[PEER_ITEM_MAX];
	const struct store_item *at = store_fake_out(p->w->store, realm, i);
	struct chat_item item;

	if (at == NULL)
		return "";
	copy_body(at, body, sizeof(body));
	item = unpack(body);
	describe(&item, line, sizeof(line));
	return line;
}

const char *
peer_receive(struct peer *p, const char *realm, int64_t number,
    const struct chat_item *item, struct answer *a)
{
	struct chat_origin origin = { .realm = realm,
		.stream = "0123456789abcdef",
		.number = number };

	return chat_receive(p->w->chat, &origin, item, told(a));
}

const char *
peer_receive_packed(struct peer *p, const char *realm,
    const struct store_item *item, struct answer *a)
{
	char body[PEER_ITEM_MAX];
	struct chat_item cut;

	copy_body(item, body, sizeof(body));
	cut = unpack(body);
	return peer_receive(p, realm, item->number, &cut, a);
}

static void
carry_one(struct peer *from, struct peer *to, const struct store_item *item)
{
	struct answer a = { 0 };

	assert_null(
	    peer_receive_packed(to, from->w->rules.realm, item, &a));
	world_run(to->w);
	assert_int_equal(a.times, 1);
	assert_int_equal(a.result.err, WIRE_OK);
	assert_int_equal(
	    store_fake_taken(to->w->store, from->w->rules.realm),
	    item->number);
}

size_t
peer_carry(struct peer *from, struct peer *to)
{
	const char *realm = to->w->rules.realm;
	const struct store_item *item;
	size_t n = 0;

	while ((item = store_fake_out(from->w->store, realm, 0)) != NULL) {
		carry_one(from, to, item);
		assert_true(txn_commit(
		    store_drop_out(TXN(from->w->store), realm, item->number),
		    NULL, NULL));
		world_run(from->w);
		n++;
	}
	return n;
}
