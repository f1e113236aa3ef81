/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exactly once.  The sender numbers items as it commits them and keeps each
 * until it is told that all up to it is durable; the receiver notes in the
 * commit of what an item does how far it came, says so in its hello, and takes
 * nothing at or below that.  So whatever is cut or killed, the sender begins
 * again behind what was taken.
 */
#include "server/realm/realm_priv.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "server/realm/item.h"
#include "shared/conn.h"

enum {
	AGAIN_MS = 500,   /* when the store would not */
	STORE_WAIT = 2,   /* seconds, when the disk refuses what came */
	HEAD_CAP = 64
};

/* ---- the outbox ------------------------------------------------------- */

static void
stream_name(char name[STREAM_CAP])
{
	unsigned char key[SECRET_KEY_LEN];
	char hex[SECRET_HEX_CAP];

	secret_random(key);
	secret_hex(key, hex);
	memcpy(name, hex, STREAM_CAP - 1);
	name[STREAM_CAP - 1] = '\0';
}

static void new_stream(void *arg);

static void
new_stream_done(void *arg, const struct store_written *w)
{
	struct link *l = arg;
	struct outbox *o = &l->out;

	if (!w->ok) {
		o->stream[0] = '\0';
		if (!l->set->closed)
			loop_timer_set(l->set->loop, &o->again, AGAIN_MS,
			    new_stream, l);
		return;
	}
	o->ready = true;
	o->known = o->seen = w->id;
	o->acked = o->sent = o->dropped = 0;
	link_hail(l);
}

/* Until it is there nothing can be said of how far the peer came. */
static void
new_stream(void *arg)
{
	struct link *l = arg;
	struct outbox *o = &l->out;

	o->ready = false;
	stream_name(o->stream);
	if (!txn_commit(store_new_stream(TXN(l->set->store), l->key, o->stream),
		new_stream_done, l))
		loop_timer_set(
		    l->set->loop, &o->again, AGAIN_MS, new_stream, l);
}

/* One that is too long for a frame cannot have been made here. */
static size_t
envelope(const struct store_item *it, char *text, size_t cap)
{
	size_t n = (size_t)snprintf(
	    text, cap, "{\"n\":%lld,\"item\":", (long long)it->number);

	if (it->len + n + 1 > cap)
		return n + (size_t)snprintf(text + n, cap - n, "{}}");
	memcpy(text + n, it->body, it->len);
	n += it->len;
	text[n++] = '}';
	return n;
}

static void
send_item(struct link *l, const struct store_item *it)
{
	char text[SECURE_FRAME_TEXT_MAX];
	struct outbox *o = &l->out;
	size_t n = envelope(it, text, sizeof text);
	size_t at = (o->first + o->count) % WINDOW_ITEMS;

	assert(o->count < WINDOW_ITEMS);
	o->under_way[at].number = it->number;
	o->under_way[at].len = n;
	o->count++;
	o->bytes += n;
	o->sent = it->number;
	if (it->number > o->seen)
		o->seen = it->number;
	if (it->number > o->known)
		o->known = it->number;
	secure_frame_send(&l->frames, text, n);
}

static void
pump_again(void *arg)
{
	stream_pump(arg);
}

static void
on_items(void *arg, const struct store_items *items)
{
	struct link *l = arg;
	struct outbox *o = &l->out;

	o->reading = false;
	if (l->gen != o->read_gen || !l->greeted) {
		stream_pump(l);
		return;
	}
	if (!items->ok) {
		o->more = true;
		loop_timer_set(
		    l->set->loop, &o->again, AGAIN_MS, pump_again, l);
		return;
	}
	for (size_t i = 0; i < items->count && l->gen == o->read_gen; i++)
		send_item(l, &items->item[i]);
	/* Empty, unless something was put in while it was read. */
	if (items->count > 0)
		o->more = true;
	else if (!o->more)
		o->known = o->seen;
	stream_pump(l);
}

void
stream_pump(struct link *l)
{
	struct outbox *o = &l->out;

	if (!l->greeted || o->reading || !o->more ||
	    o->count == WINDOW_ITEMS || o->bytes >= WINDOW_BYTES)
		return;
	o->more = false;
	o->read_gen = l->gen;
	o->reading = store_read_out(l->set->store, l->key, o->sent,
	    WINDOW_ITEMS - o->count, WINDOW_BYTES - o->bytes, on_items, l);
	if (o->reading)
		return;
	o->more = true;
	loop_timer_set(l->set->loop, &o->again, AGAIN_MS, pump_again, l);
}

void
stream_wake(struct link *l, size_t items)
{
	l->out.known += (int64_t)items;
	l->out.more = true;
	stream_pump(l);
}

int64_t
stream_waiting(const struct link *l)
{
	return l->out.known > l->out.acked ? l->out.known - l->out.acked : 0;
}

const char *
stream_ack(struct link *l, const json_t *m)
{
	struct outbox *o = &l->out;
	int64_t n;

	if (!json_number(m, "ack", 0, o->sent, &n))
		return "it acknowledges what it was not sent";
	if (n <= o->acked)
		return NULL;
	o->acked = n;
	while (o->count > 0 && o->under_way[o->first].number <= n) {
		o->bytes -= o->under_way[o->first].len;
		o->first = (o->first + 1) % WINDOW_ITEMS;
		o->count--;
	}
	link_settle_later(l);
	stream_pump(l);
	return NULL;
}

/* What it says of the stream that we send. */
static const char *
greeted_out(struct link *l, const char *from, int64_t taken)
{
	struct outbox *o = &l->out;

	if (strcmp(from, o->stream) == 0 && taken > o->seen) {
		/* An older copy of our data was put back: the numbers that
		 * come now would be taken for known ones. */
		new_stream(l);
		link_drop(l, "our data is older than what the other side has "
		    "of us: what waits for it goes out under new numbers", 0);
		return NULL;
	}
	if (strcmp(from, o->stream) == 0 && taken > o->acked)
		o->acked = taken;
	o->sent = o->acked;
	o->more = true;
	link_settle_later(l);
	return NULL;
}

/* ---- what comes in ---------------------------------------------------- */

/* How far all is settled; what failed is begun again from there. */
static void
advance(struct inbox *in)
{
	while (in->count > 0 && in->ring[in->first].state != TAKING) {
		int64_t n = in->ring[in->first].number;

		if (in->ring[in->first].state == NOT_TAKEN)
			in->torn = true;
		else if (!in->torn)
			in->taken = n;
		else if (in->aheads < WINDOW_ITEMS)
			in->ahead[in->aheads++] = n;
		in->bytes -= in->ring[in->first].len;
		in->first = (in->first + 1) % WINDOW_ITEMS;
		in->count--;
	}
	if (in->count == 0)
		in->torn = false;
	if (in->aheads > 0 && in->taken >= in->ahead[in->aheads - 1])
		in->aheads = 0;
}

static void
settle_item(struct link *l, uint64_t id, enum wire_err err)
{
	struct inbox *in = &l->in;
	size_t i = (size_t)(id - (in->next_id - in->count));

	assert(i < in->count);
	in->ring[(in->first + i) % WINDOW_ITEMS].state =
	    err == WIRE_OK ? TAKEN : NOT_TAKEN;
	advance(in);
	if (err != WIRE_OK && l->greeted && !l->set->closed)
		link_drop(l, wire_err_code(err), STORE_WAIT);
	link_settle_later(l);
}

static void
item_done(void *arg, uint64_t id, const struct chat_result *res)
{
	settle_item(arg, id, res->err);
}

static bool
was_ahead(const struct inbox *in, int64_t number)
{
	for (size_t i = 0; i < in->aheads; i++)
		if (in->ahead[i] == number)
			return true;
	return false;
}

static uint64_t
push(struct inbox *in, int64_t number, size_t len)
{
	size_t at = (in->first + in->count) % WINDOW_ITEMS;

	in->ring[at].number = number;
	in->ring[at].len = len;
	in->ring[at].state = TAKING;
	in->count++;
	in->bytes += len;
	in->came = number;
	return in->next_id++;
}

/* The newest, which the chat has not taken at all. */
static void
unpush(struct inbox *in)
{
	in->count--;
	in->next_id--;
	in->bytes -= in->ring[(in->first + in->count) % WINDOW_ITEMS].len;
}

/* A later version's, or of no form: what it was is told, and it is over. */
static void
pass_over(struct link *l, uint64_t id, enum item_read why)
{
	l->set->log.often(why == ITEM_UNKNOWN ?
	    "an item of a kind that is not known was passed over" :
	    "an item of no known form was passed over", l->name);
	settle_item(l, id, WIRE_OK);
}

const char *
stream_item(struct link *l, const json_t *m, size_t len)
{
	struct inbox *in = &l->in;
	struct chat_origin origin = { l->key, in->from, 0 };
	struct chat_item it;
	enum item_read read;
	const char *wrong;
	uint64_t id;

	if (!json_number(m, "n", 1, INT64_MAX, &origin.number))
		return "an item has no number";
	if (origin.number <= in->taken) {
		in->told = 0; /* it does not seem to know: again */
		link_settle_later(l);
		return NULL;
	}
	if (origin.number <= in->came)
		return "the numbers of its items do not rise";
	if (in->count == WINDOW_ITEMS ||
	    in->bytes >= WINDOW_BYTES + SECURE_FRAME_TEXT_MAX)
		return "it sends more than it may before it is answered";
	id = push(in, origin.number, len);
	read = item_unpack(&it, json_object_get(m, "item"));
	if (was_ahead(in, origin.number)) {
		settle_item(l, id, WIRE_OK);
		return NULL;
	}
	if (read != ITEM_OK) {
		pass_over(l, id, read);
		return NULL;
	}
	wrong = chat_receive(l->set->chat, &origin, &it,
	    (struct chat_done){ item_done, l, id });
	if (wrong != NULL)
		unpush(in);
	return wrong;
}

static void
greeted_in(struct link *l, const char *stream)
{
	struct inbox *in = &l->in;

	if (strcmp(stream, in->from) != 0) {
		snprintf(in->from, sizeof in->from, "%s", stream);
		in->taken = 0;
		in->aheads = 0;
	}
	in->came = in->told = in->taken; /* as our hello has it */
}

/* ---- both ------------------------------------------------------------- */

void
stream_init(struct link *l, const struct store_realm *row)
{
	struct outbox *o = &l->out;

	if (row == NULL) {
		new_stream(l);
		return;
	}
	snprintf(o->stream, sizeof o->stream, "%s", row->stream);
	o->ready = o->stream[0] != '\0';
	o->known = o->seen = row->last;
	o->acked = o->dropped = row->last - row->waiting;
	snprintf(l->in.from, sizeof l->in.from, "%s", row->from);
	l->in.taken = row->taken;
	if (!o->ready)
		new_stream(l);
}

bool
stream_ready(const struct link *l)
{
	return l->out.ready && l->in.count == 0;
}

void
stream_hello(const struct link *l, json_t *m)
{
	json_put(m, "stream", l->out.stream);
	json_put(m, "from", l->in.from);
	json_put_number(m, "taken", l->in.taken);
}

const char *
stream_greeted(struct link *l, const json_t *m)
{
	const char *stream = json_text(m, "stream", STREAM_CAP - 1);
	const char *from = json_text(m, "from", STREAM_CAP - 1);
	int64_t taken;

	if (stream == NULL || from == NULL || *stream == '\0' ||
	    !json_number(m, "taken", 0, INT64_MAX, &taken))
		return "its hello is malformed";
	greeted_in(l, stream);
	return greeted_out(l, from, taken);
}

void
stream_stop(struct link *l)
{
	struct outbox *o = &l->out;

	o->first = o->count = o->bytes = 0;
	o->sent = o->acked;
	o->more = true;
	if (o->ready)
		loop_timer_unset(l->set->loop, &o->again);
}

/* One acknowledgement a turn for all that became durable in it, and one write
 * for all that the peer acknowledged. */
void
stream_settle(struct link *l)
{
	struct outbox *o = &l->out;
	struct inbox *in = &l->in;
	json_t *m;

	if (l->greeted && in->taken > in->told) {
		in->told = in->taken;
		m = json_object();
		json_put_number(m, "ack", in->told);
		link_send(l, m);
	}
	if (o->ready && o->acked > o->dropped &&
	    txn_commit(store_drop_out(TXN(l->set->store), l->key, o->acked),
		NULL, NULL))
		o->dropped = o->acked;
	link_hail(l);
}
