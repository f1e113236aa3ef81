/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two streams of a link, with a store, a chat and a connection that only
 * note what they are told.
 */
#include "server/realm/realm_priv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "server/realm/item.h"

enum { TAKE_MAX = WINDOW_ITEMS + 8 };

/* What the fakes were told. */
static struct {
	char new_stream[STREAM_CAP];
	store_written_fn *made;
	unsigned news;
	bool refuse;

	int64_t read_after;
	size_t read_limit, read_bytes;
	store_items_fn *read;

	int64_t dropped;

	int64_t given[TAKE_MAX]; /* to the chat */
	struct chat_done done[TAKE_MAX];
	size_t gives;
	const char *wrong;
	enum wire_err at_once; /* the chat says so before it returns */

	int64_t sent[TAKE_MAX]; /* to the peer */
	size_t sends;
	char last[256];

	json_t *said;
	unsigned hails;
	bool settle;
	char why[REASON_CAP];
	unsigned drops, noted;
} was;

struct txn *
txn_begin(struct txn *t, struct store *s)
{
	*t = (struct txn){ .store = s };
	return t;
}

/* What is dropped from an outbox is not waited for. */
bool
txn_commit(struct txn *t, store_written_fn *fn, void *arg)
{
	(void)t;
	(void)arg;
	if (fn != NULL)
		was.made = fn;
	return !was.refuse;
}

struct txn *
store_new_stream(struct txn *t, const char *realm, const char *stream)
{
	assert_string_equal(realm, "medan");
	snprintf(was.new_stream, sizeof was.new_stream, "%s", stream);
	was.news++;
	return t;
}

bool
store_read_out(struct store *s, const char *realm, int64_t after,
    size_t limit, size_t bytes, store_items_fn *fn, void *arg)
{
	(void)s;
	(void)arg;
	assert_string_equal(realm, "medan");
	assert_null(was.read);
	was.read_after = after;
	was.read_limit = limit;
	was.read_bytes = bytes;
	was.read = was.refuse ? NULL : fn;
	return !was.refuse;
}

struct txn *
store_drop_out(struct txn *t, const char *realm, int64_t upto)
{
	(void)realm;
	was.dropped = upto;
	return t;
}

const char *
chat_receive(struct chat *chat, const struct chat_origin *origin,
    const struct chat_item *item, struct chat_done done)
{
	(void)chat;
	assert_string_equal(origin->realm, "medan");
	assert_int_equal(item->kind, CHAT_ITEM_LEAVE);
	assert_true(was.gives < TAKE_MAX);
	was.given[was.gives] = origin->number;
	was.done[was.gives++] = done;
	if (was.at_once != WIRE_OK)
		done.fn(done.arg, done.id,
		    &(struct chat_result){ .err = was.at_once });
	return was.wrong;
}

bool
secure_frame_send(struct secure_frame *s, const void *p, size_t n)
{
	long long number;

	(void)s;
	assert_true(was.sends < TAKE_MAX && n > 0);
	snprintf(was.last, sizeof was.last, "%.*s",
	    (int)(n < 200 ? n : 200), (const char *)p);
	assert_int_equal(
	    sscanf(was.last, "{\"n\":%lld,\"item\":", &number), 1);
	was.sent[was.sends++] = number;
	return true;
}

void
link_hail(struct link *l)
{
	(void)l;
	was.hails++;
}

void
link_send(struct link *l, json_t *m)
{
	(void)l;
	json_decref(was.said);
	was.said = m;
}

void
link_drop(struct link *l, const char *why, int wait)
{
	(void)wait;
	snprintf(was.why, sizeof was.why, "%s", why);
	was.drops++;
	l->greeted = false;
	l->gen++;
	stream_stop(l);
}

void
link_settle_later(struct link *l)
{
	(void)l;
	was.settle = true;
}

static void
often(const char *cause, const char *detail)
{
	(void)cause;
	(void)detail;
	was.noted++;
}

/* ---- a link ----------------------------------------------------------- */

static struct realms realms;

static struct link *
link_with(const struct store_realm *row)
{
	struct link *l = calloc(1, sizeof *l);

	assert_non_null(l);
	memset(&was, 0, sizeof was);
	realms.loop = loop_new();
	realms.log.often = often;
	l->set = &realms;
	snprintf(l->name, sizeof l->name, "Medan");
	snprintf(l->key, sizeof l->key, "medan");
	stream_init(l, row);
	return l;
}

/* One that has sent 10 items, of which 4 wait, and taken 7. */
static const struct store_realm usual = { .realm = "medan",
	.stream = "ours", .last = 10, .waiting = 4, .from = "theirs",
	.taken = 7 };

static void
link_end(struct link *l)
{
	loop_timer_unset(realms.loop, &l->out.again);
	loop_free(realms.loop);
	json_decref(was.said);
	free(l);
}

static const char *
greet(struct link *l, const char *stream, const char *from, int64_t taken)
{
	json_t *m = json_pack("{s:s,s:s,s:I}", "stream", stream, "from", from,
	    "taken", (json_int_t)taken);
	const char *wrong;

	wrong = stream_greeted(l, m);
	json_decref(m);
	if (wrong == NULL && was.drops == 0) {
		l->greeted = true;
		stream_pump(l);
	}
	return wrong;
}

static struct link *
link_usual(void)
{
	struct link *l = link_with(&usual);

	assert_null(greet(l, "theirs", "ours", 6));
	return l;
}

static const char *
item(struct link *l, int64_t number, const char *kind, size_t len)
{
	json_t *m = json_pack("{s:I,s:{s:s,s:s,s:s}}", "n",
	    (json_int_t)number, "item", "kind", kind, "group", "batak",
	    "from", "james@medan");
	const char *wrong;

	wrong = stream_item(l, m, len);
	json_decref(m);
	return wrong;
}

static const char *
leaves(struct link *l, int64_t number)
{
	return item(l, number, "leave", 100);
}

static void
done(size_t i, enum wire_err err)
{
	was.done[i].fn(was.done[i].arg, was.done[i].id,
	    &(struct chat_result){ .err = err });
}

/* The end of a turn: what was acknowledged in it, or 0. */
static int64_t
acknowledged(struct link *l)
{
	int64_t n = 0;

	json_decref(was.said);
	was.said = NULL;
	stream_settle(l);
	if (was.said != NULL)
		assert_true(json_number(was.said, "ack", 1, INT64_MAX, &n));
	return n;
}

static const char *
ack(struct link *l, int64_t n)
{
	json_t *m = json_pack("{s:I}", "ack", (json_int_t)n);
	const char *wrong = stream_ack(l, m);

	json_decref(m);
	return wrong;
}

/* Answers what is being read with items from..to. */
static void
read_gives(struct link *l, int64_t from, int64_t to, size_t len)
{
	struct store_item *it = calloc((size_t)(to - from + 2), sizeof *it);
	char *body = malloc(len + 1);
	store_items_fn *fn = was.read;
	size_t n = 0;

	assert_non_null(it);
	assert_non_null(body);
	assert_non_null(fn);
	memset(body, ' ', len);
	memcpy(body, "{}", 2);
	for (int64_t i = from; i <= to; i++)
		it[n++] = (struct store_item){ i, body, len };
	was.read = NULL;
	fn(l, &(struct store_items){ true, it, n });
	free(body);
	free(it);
}

/* ---- what goes out ---------------------------------------------------- */

static void
what_waits_goes_out_from_where_the_peer_stands(void **state)
{
	struct link *l = link_usual();

	(void)state;
	assert_int_equal(stream_waiting(l), 4);
	assert_int_equal(was.read_after, 6);
	read_gives(l, 7, 10, 20);
	assert_int_equal(was.sends, 4);
	assert_int_equal(was.sent[3], 10);
	/* The rest is asked for, and there is none. */
	assert_int_equal(was.read_after, 10);
	read_gives(l, 11, 10, 20);
	assert_null(was.read);
	assert_null(ack(l, 9));
	assert_int_equal(stream_waiting(l), 1);
	assert_null(ack(l, 10));
	assert_int_equal(stream_waiting(l), 0);
	acknowledged(l);
	assert_int_equal(was.dropped, 10);
	stream_wake(l, 1);
	assert_int_equal(stream_waiting(l), 1);
	assert_int_equal(was.read_after, 10);
	link_end(l);
}

static void
what_the_peer_has_taken_meanwhile_is_not_sent_again(void **state)
{
	struct link *l = link_with(&usual);

	(void)state;
	assert_null(greet(l, "theirs", "ours", 9));
	assert_int_equal(was.read_after, 9);
	assert_int_equal(stream_waiting(l), 1);
	acknowledged(l);
	assert_int_equal(was.dropped, 9);
	link_end(l);
}

static void
a_peer_that_was_set_up_anew_gets_what_is_there(void **state)
{
	struct link *l = link_with(&usual);

	(void)state;
	assert_null(greet(l, "fresh", "", 0));
	assert_int_equal(was.read_after, 6);
	link_end(l);
}

static void
no_more_is_under_way_than_the_window_holds(void **state)
{
	struct link *l = link_usual();

	(void)state;
	assert_int_equal(was.read_limit, WINDOW_ITEMS);
	read_gives(l, 7, 6 + WINDOW_ITEMS, 20);
	assert_int_equal(was.sends, WINDOW_ITEMS);
	assert_null(was.read);
	stream_wake(l, 1);
	assert_null(was.read);
	assert_null(ack(l, 16));
	assert_int_equal(was.read_limit, 10);
	assert_int_equal(was.read_after, 6 + WINDOW_ITEMS);
	link_end(l);
}

static void
no_more_bytes_are_under_way_than_the_window_holds(void **state)
{
	struct link *l = link_usual();
	size_t n = WINDOW_BYTES / PEER_ITEM_MAX;

	(void)state;
	assert_int_equal(was.read_bytes, WINDOW_BYTES);
	read_gives(l, 7, 6 + (int64_t)n, PEER_ITEM_MAX);
	assert_null(was.read);
	assert_null(ack(l, 7));
	assert_non_null(was.read);
	assert_true(was.read_bytes <= PEER_ITEM_MAX);
	link_end(l);
}

static void
an_acknowledgement_of_what_was_not_sent_is_wrong(void **state)
{
	struct link *l = link_usual();

	(void)state;
	assert_non_null(ack(l, 7));
	read_gives(l, 7, 8, 20);
	assert_non_null(ack(l, 9));
	assert_non_null(ack(l, -1));
	assert_null(ack(l, 8));
	assert_null(ack(l, 7)); /* late, and no matter */
	link_end(l);
}

static void
what_was_read_for_a_connection_that_is_gone_is_not_sent(void **state)
{
	struct link *l = link_usual();

	(void)state;
	link_drop(l, "cut", 0);
	was.drops = 0;
	read_gives(l, 7, 10, 20);
	assert_int_equal(was.sends, 0);
	assert_null(greet(l, "theirs", "ours", 6));
	assert_int_equal(was.read_after, 6);
	read_gives(l, 7, 10, 20);
	assert_int_equal(was.sends, 4);
	link_end(l);
}

static void
a_peer_that_has_more_than_we_sent_gets_a_new_stream(void **state)
{
	struct link *l = link_with(&usual);

	(void)state;
	assert_null(greet(l, "theirs", "ours", 11));
	assert_int_equal(was.drops, 1);
	assert_int_equal(was.news, 1);
	assert_int_equal(strlen(was.new_stream), STORE_STREAM_LEN);
	assert_false(stream_ready(l));
	was.made(l, &(struct store_written){ .ok = true, .id = 4 });
	assert_true(stream_ready(l));
	assert_int_equal(was.hails, 1);
	was.drops = 0;
	assert_null(greet(l, "theirs", "ours", 11));
	assert_int_equal(was.drops, 0);
	assert_int_equal(was.read_after, 0);
	assert_int_equal(stream_waiting(l), 4);
	link_end(l);
}

static void
a_realm_that_is_new_says_nothing_before_its_stream_is_there(void **state)
{
	struct link *l = link_with(NULL);

	(void)state;
	assert_int_equal(was.news, 1);
	assert_false(stream_ready(l));
	was.made(l, &(struct store_written){ .ok = false });
	assert_false(stream_ready(l));
	assert_int_not_equal(l->out.again.slot, 0); /* it is tried again */
	was.made(l, &(struct store_written){ .ok = true, .id = 0 });
	assert_true(stream_ready(l));
	link_end(l);
}

/* ---- what comes in ---------------------------------------------------- */

static void
items_are_acknowledged_when_they_are_durable(void **state)
{
	struct link *l = link_usual();

	(void)state;
	assert_null(leaves(l, 8));
	assert_null(leaves(l, 9));
	assert_int_equal(acknowledged(l), 0);
	done(0, WIRE_OK);
	assert_int_equal(acknowledged(l), 8);
	assert_int_equal(acknowledged(l), 0);
	done(1, WIRE_OK);
	assert_int_equal(acknowledged(l), 9);
	assert_int_equal(was.gives, 2);
	link_end(l);
}

static void
what_was_taken_is_not_taken_again(void **state)
{
	struct link *l = link_usual();

	(void)state;
	assert_null(leaves(l, 6));
	assert_null(leaves(l, 7));
	assert_int_equal(was.gives, 0);
	assert_int_equal(acknowledged(l), 7);
	assert_null(leaves(l, 8));
	assert_non_null(leaves(l, 8));
	link_end(l);
}

static void
numbers_must_rise_and_may_leave_gaps(void **state)
{
	struct link *l = link_usual();

	(void)state;
	assert_null(leaves(l, 20));
	assert_non_null(leaves(l, 19));
	assert_non_null(leaves(l, 0));
	assert_non_null(leaves(l, -5));
	done(0, WIRE_OK);
	assert_int_equal(acknowledged(l), 20);
	link_end(l);
}

static void
an_item_that_is_not_known_is_passed_over_in_its_turn(void **state)
{
	struct link *l = link_usual();

	(void)state;
	assert_null(leaves(l, 8));
	assert_null(item(l, 9, "poll", 100));
	assert_null(item(l, 10, "letter", 100)); /* not all of one */
	assert_int_equal(was.noted, 2);
	assert_int_equal(was.gives, 1);
	assert_int_equal(acknowledged(l), 0);
	done(0, WIRE_OK);
	assert_int_equal(acknowledged(l), 10);
	link_end(l);
}

static void
who_sends_more_than_it_may_is_told(void **state)
{
	struct link *l = link_usual();
	int64_t n = 8;

	(void)state;
	while (n < 8 + WINDOW_ITEMS)
		assert_null(leaves(l, n++));
	assert_non_null(leaves(l, n));
	link_end(l);
	l = link_usual();
	for (n = 8; item(l, n, "leave", 50000) == NULL; n++)
		assert_true((n - 8) * 50000 < WINDOW_BYTES + SECURE_FRAME_TEXT_MAX);
	/* What the sender's window may hold was taken. */
	assert_true((n - 8) * 50000 > WINDOW_BYTES + PEER_ITEM_MAX);
	link_end(l);
}

static void
what_a_realm_must_not_say_is_not_taken(void **state)
{
	struct link *l = link_usual();

	(void)state;
	assert_null(leaves(l, 8));
	was.wrong = "somebody of another realm leaves";
	assert_string_equal(leaves(l, 9), was.wrong);
	done(0, WIRE_OK);
	assert_int_equal(acknowledged(l), 8);
	assert_true(stream_ready(l));
	link_end(l);
}

/* One in the middle was refused by the disk, those behind it were not. */
static void
after_a_refusal_each_is_still_taken_once(void **state)
{
	struct link *l = link_usual();

	(void)state;
	for (int64_t n = 8; n <= 11; n++)
		assert_null(leaves(l, n));
	done(0, WIRE_OK);
	done(1, WIRE_STORAGE);
	assert_int_equal(was.drops, 1);
	assert_false(stream_ready(l)); /* no hello yet: two are on their way */
	done(2, WIRE_OK);
	done(3, WIRE_OK);
	assert_true(stream_ready(l));
	assert_int_equal(l->in.taken, 8);

	was.drops = 0;
	was.read = NULL;
	l->out.reading = false;
	assert_null(greet(l, "theirs", "ours", 6));
	for (int64_t n = 9; n <= 12; n++)
		assert_null(leaves(l, n));
	/* 9, and 12, which is new. */
	assert_int_equal(was.gives, 6);
	assert_int_equal(was.given[4], 9);
	assert_int_equal(was.given[5], 12);
	assert_int_equal(acknowledged(l), 0);
	done(4, WIRE_OK);
	assert_int_equal(acknowledged(l), 11);
	done(5, WIRE_OK);
	assert_int_equal(acknowledged(l), 12);
	link_end(l);
}

static void
a_refusal_before_the_call_returns_is_met_as_well(void **state)
{
	struct link *l = link_usual();

	(void)state;
	was.at_once = WIRE_BUSY;
	assert_null(leaves(l, 8));
	assert_int_equal(was.drops, 1);
	assert_string_equal(was.why, "busy");
	assert_true(stream_ready(l));
	assert_int_equal(l->in.taken, 7);
	link_end(l);
}

static void
a_peer_with_another_stream_begins_anew(void **state)
{
	struct link *l = link_with(&usual);
	json_t *m;

	(void)state;
	m = json_object();
	stream_hello(l, m);
	assert_string_equal(json_text(m, "from", 99), "theirs");
	assert_string_equal(json_text(m, "stream", 99), "ours");
	json_decref(m);
	assert_null(greet(l, "fresh", "ours", 6));
	assert_null(leaves(l, 1));
	assert_int_equal(was.gives, 1);
	done(0, WIRE_OK);
	assert_int_equal(acknowledged(l), 1);
	link_end(l);
}

static void
a_hello_that_is_malformed_is_told(void **state)
{
	struct link *l = link_with(&usual);

	(void)state;
	assert_non_null(greet(l, "", "ours", 6));
	assert_non_null(greet(l, "theirs", "ours", -1));
	assert_non_null(greet(l, "a stream of a far too long name", "", 0));
	assert_non_null(greet(l, "theirs", "a far too long one again", 0));
	link_end(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_waits_goes_out_from_where_the_peer_stands),
		cmocka_unit_test(
		    what_the_peer_has_taken_meanwhile_is_not_sent_again),
		cmocka_unit_test(
		    a_peer_that_was_set_up_anew_gets_what_is_there),
		cmocka_unit_test(no_more_is_under_way_than_the_window_holds),
		cmocka_unit_test(
		    no_more_bytes_are_under_way_than_the_window_holds),
		cmocka_unit_test(
		    an_acknowledgement_of_what_was_not_sent_is_wrong),
		cmocka_unit_test(
		    what_was_read_for_a_connection_that_is_gone_is_not_sent),
		cmocka_unit_test(
		    a_peer_that_has_more_than_we_sent_gets_a_new_stream),
		cmocka_unit_test(
		    a_realm_that_is_new_says_nothing_before_its_stream_is_there),
		cmocka_unit_test(
		    items_are_acknowledged_when_they_are_durable),
		cmocka_unit_test(what_was_taken_is_not_taken_again),
		cmocka_unit_test(numbers_must_rise_and_may_leave_gaps),
		cmocka_unit_test(
		    an_item_that_is_not_known_is_passed_over_in_its_turn),
		cmocka_unit_test(who_sends_more_than_it_may_is_told),
		cmocka_unit_test(what_a_realm_must_not_say_is_not_taken),
		cmocka_unit_test(after_a_refusal_each_is_still_taken_once),
		cmocka_unit_test(
		    a_refusal_before_the_call_returns_is_met_as_well),
		cmocka_unit_test(a_peer_with_another_stream_begins_anew),
		cmocka_unit_test(a_hello_that_is_malformed_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
