/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw group lines, the seams to other realms, and a list that others make
 * long: one real connection of the dialects, with a chat and peers that are
 * played here.
 */
#include <sys/socket.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#define CHAT_FAKE_LINES
#include "server/dialect/dialect.h"
#include "server/dialect/raw.h"
#include "server/peers.h"
#include "shared/blob.h"
#include "shared/buf.h"
#include "shared/loop.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tests/unit/dialect/chat_fake.h"

enum { DEADLINE_MS = 20000, LINE = 77, BRIDGE = 88, SAID_MAX = 64 };

struct world {
	struct loop *loop;
	struct dialects *set;
	int peer; /* the client's end */
	struct buf got;
	const char *log;

	/* The chat. */
	void (*cut)(void *arg, const struct chat_event *);
	void *cut_arg;
	enum wire_err refuse;
	bool there, hold; /* hold: answers to what is said wait */
	bool admin;
	const struct chat_sink *sink;
	uint64_t line_id;
	char who[WIRE_TARGET_CAP], group[WIRE_NAME_CAP];
	char *said[SAID_MAX];
	int saids, closes;
	enum wire_err answer;
	struct chat_done done;
	char letter[512];
	struct target visited;
	struct chat_done visit;

	/* The peers. */
	struct peers_line bridge;
	uint64_t bridge_id;
	char bridged[512];
	int bridge_closes, drops, asked;
	bool logged_out;
	int connections;
	bool legacy;
	char link[256];
};

static struct world *
world_of(const struct chat *c)
{
	return (struct world *)(uintptr_t)c;
}

/* ---- the chat --------------------------------------------------------- */

uint64_t
chat_session_of_token(struct chat *c, const char *t, size_t n)
{
	(void)c;
	return n == 5 && memcmp(t, "token", n) == 0;
}

bool
chat_session_user(const struct chat *c, uint64_t s, struct chat_user *u)
{
	*u = (struct chat_user){ .name = "messi",
		.real_name = "Lionel Messi",
		.admin = world_of(c)->admin };
	return s == 1 && !world_of(c)->logged_out;
}

void
chat_connected(struct chat *c, uint64_t s)
{
	assert_int_equal(s, 1);
	world_of(c)->connections++;
}

void
chat_disconnected(struct chat *c, uint64_t s)
{
	assert_int_equal(s, 1);
	world_of(c)->connections--;
}

enum wire_err
chat_may_say(struct chat *c, uint64_t s, int64_t *retry_ms)
{
	struct world *w = world_of(c);
	enum wire_err err = w->logged_out ? WIRE_NO_SESSION : w->answer;

	assert_int_equal(s, 1);
	w->answer = WIRE_OK;
	*retry_ms = 20;
	return err;
}

void
chat_on_cut(struct chat *c,
    void (*fn)(void *arg, const struct chat_event *), void *arg)
{
	world_of(c)->cut = fn;
	world_of(c)->cut_arg = arg;
}

bool
chat_group_there(
    const struct chat *c, const struct chat_who *who, const char *group)
{
	(void)who;
	(void)group;
	return world_of(c)->there;
}

uint64_t
chat_line_open(struct chat *c, const struct chat_who *who, const char *group,
    const struct chat_sink *sink, uint64_t id, enum wire_err *err)
{
	struct world *w = world_of(c);

	*err = w->refuse;
	if (w->refuse != WIRE_OK)
		return 0;
	snprintf(w->who, sizeof w->who, "%s%s%s",
	    who->session != 0 ? "messi" : who->user,
	    who->session != 0 ? "" : "@", who->session != 0 ? "" : who->realm);
	snprintf(w->group, sizeof w->group, "%s", group);
	w->sink = sink;
	w->line_id = id;
	return LINE;
}

void
chat_line_visit(struct chat *c, const struct chat_who *who,
    const struct target *group, const struct chat_sink *sink, uint64_t id,
    struct chat_done done)
{
	struct world *w = world_of(c);

	assert_int_equal(who->session, 1);
	w->visited = *group;
	w->visit = done;
	w->sink = sink;
	w->line_id = id;
}

void
chat_line_say(
    struct chat *c, uint64_t line, const char *text, struct chat_done done)
{
	struct world *w = world_of(c);
	struct chat_result res = { .err = w->answer, .retry_ms = 20 };

	assert_int_equal(line, LINE);
	assert_true(utf8_valid(text, strlen(text)));
	assert_true(strlen(text) <= WIRE_TEXT_MAX);
	assert_true(w->saids < SAID_MAX);
	assert_null(w->done.fn); /* one at a time */
	w->said[w->saids++] = xstrdup(text);
	w->answer = WIRE_OK;
	if (w->hold)
		w->done = done;
	else
		done.fn(done.arg, done.id, &res);
}

void
chat_line_close(struct chat *c, uint64_t line)
{
	assert_int_equal(line, LINE);
	world_of(c)->closes++;
}

bool
chat_find_user(const struct chat *c, const char *name, struct chat_user *out)
{
	(void)c;
	*out = (struct chat_user){ .name = "james",
		.real_name = "James Maranata" };
	return strcmp(name, "james") == 0;
}

void
chat_receive_letter(struct chat *c, const char *realm, const char *from,
    const char *to, const char *text, struct chat_done done)
{
	static const struct chat_result res = { .id = 1 };
	struct world *w = world_of(c);

	snprintf(w->letter, sizeof w->letter, "%s %s %s %s", realm, from, to,
	    text);
	done.fn(done.arg, done.id, &res);
}

void
chat_foreign_name(const char *from, char out[WIRE_NAME_CAP])
{
	snprintf(out, WIRE_NAME_CAP, "%s", from);
}

enum { GROUPS = 5000 };

/* Others' with the longest topics there are, then one's own. */
void
chat_each_group(
    const struct chat *c, uint64_t session, chat_group_fn *fn, void *arg)
{
	char topic[WIRE_TOPIC_MAX + 1];
	struct chat_group g = { .target = { TARGET_GROUP, "batak", "" },
		.topic = topic };

	(void)c;
	(void)session;
	memset(topic, 1, WIRE_TOPIC_MAX); /* six bytes each in JSON */
	topic[WIRE_TOPIC_MAX] = '\0';
	for (int i = 0; i < GROUPS; i++)
		fn(arg, &g);
	g.member = true;
	fn(arg, &g);
}

static void
event(struct world *w, const struct chat_event *e)
{
	struct blob *encoded[CHAT_DIALECTS] = { 0 };
	struct chat_event copy = *e;

	copy.encoded = encoded;
	w->sink->event(w->sink->arg, w->line_id, &copy);
	for (int i = 0; i < CHAT_DIALECTS; i++)
		blob_unref(encoded[i]);
}

static void
hear(struct world *w, const char *from, const char *text)
{
	event(w, &(struct chat_event){ .kind = CHAT_EV_MESSAGE,
	    .message = { .from = from, .text = text } });
}

/* ---- the peers -------------------------------------------------------- */

static const char *
legacy(void *arg, const struct sockaddr_storage *sa)
{
	struct world *w = arg;

	(void)sa;
	return w->legacy ? "medan" : NULL;
}

static void
take_link(void *arg, int fd, const char *line, const void *rest, size_t n)
{
	struct world *w = arg;

	snprintf(w->link, sizeof w->link, "%s|%.*s", line, (int)n,
	    (const char *)rest);
	assert_int_equal(write(fd, "mine", 4), 4);
	close(fd);
}

static void
each_link(void *arg, peers_link_fn *fn, void *with)
{
	struct peers_link l = { .realm = "medan",
		.state = "up",
		.since = 1795230245678,
		.queued = 3,
		.error = "" };

	(void)arg;
	fn(with, &l);
	l = (struct peers_link){ .realm = "its", .legacy = true,
		.state = "ready", .error = "no route\xc3" };
	fn(with, &l);
}

static uint64_t
line_open(void *arg, const char *user, const char *group,
    const struct peers_line *line, uint64_t id)
{
	struct world *w = arg;

	assert_string_equal(user, "messi");
	assert_string_equal(group, "batak");
	w->asked++;
	w->bridge = *line;
	w->bridge_id = id;
	return BRIDGE;
}

static void
line_say(void *arg, uint64_t line, const char *p, size_t n)
{
	struct world *w = arg;
	size_t len = strlen(w->bridged);

	assert_int_equal(line, BRIDGE);
	snprintf(w->bridged + len, sizeof w->bridged - len, "[%.*s]", (int)n,
	    p);
}

static void
line_close(void *arg, uint64_t line)
{
	assert_int_equal(line, BRIDGE);
	((struct world *)arg)->bridge_closes++;
}

static void
line_drop(void *arg, uint64_t line)
{
	assert_int_equal(line, BRIDGE);
	((struct world *)arg)->drops++;
}

static void
with_peers(struct world *w)
{
	struct peers p = { w, legacy, take_link, each_link, line_open,
		line_say, line_close, line_drop };

	dialects_set_peers(w->set, &p);
}

/* ---- the client ------------------------------------------------------- */

static struct world *logging;

static void
on_log(const char *cause, const char *detail)
{
	(void)detail;
	logging->log = cause;
}

static int
set_up(void **state)
{
	static const struct chat_rules rules = { .realm = "surabaya" };
	struct world *w = xcalloc(1, sizeof *w);
	int fd[2], size = 4096;

	logging = w;
	w->loop = loop_new();
	w->set = dialects_new(
	    w->loop, (struct chat *)w, &rules, 1 << 24, on_log);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	fcntl(fd[1], F_SETFL, O_NONBLOCK);
	w->peer = fd[1];
	assert_true(dialects_open(w->set, DIALECT_FRAMED, fd[0], ""));
	buf_init(&w->got, 1 << 20);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	dialects_close(w->set);
	dialects_free(w->set);
	loop_free(w->loop);
	if (w->peer != -1)
		close(w->peer);
	for (int i = 0; i < w->saids; i++)
		free(w->said[i]);
	buf_release(&w->got);
	free(w);
	return 0;
}

static void
turns(struct world *w, int64_t ms)
{
	int64_t until;

	loop_turn(w->loop, 0);
	for (until = loop_now(w->loop) + ms; loop_now(w->loop) < until;)
		loop_turn(w->loop, 5);
	loop_turn(w->loop, 0);
	loop_turn(w->loop, 0);
}

static void
put(struct world *w, const char *s)
{
	assert_int_equal(write(w->peer, s, strlen(s)), (ssize_t)strlen(s));
	turns(w, 0);
}

/* What one read gives; false: nothing (yet). */
static bool
get(struct world *w)
{
	size_t room = 1 << 16;
	char *p = buf_reserve(&w->got, &room);
	ssize_t n = read(w->peer, p, room);

	if (n > 0)
		buf_grew(&w->got, (size_t)n);
	return n > 0;
}

/* The next read gives these bytes and no more. */
static void
expect_read(struct world *w, const char *s)
{
	int64_t until = loop_now(w->loop) + DEADLINE_MS;

	buf_clear(&w->got);
	while (!get(w)) {
		loop_turn(w->loop, 5);
		assert_true(loop_now(w->loop) < until);
	}
	assert_string_equal(buf_data(&w->got), s);
}

static void
expect_nothing(struct world *w)
{
	turns(w, 0);
	buf_clear(&w->got);
	assert_false(get(w));
	assert_string_equal(buf_data(&w->got), "");
}

static void
expect_end(struct world *w)
{
	int64_t until = loop_now(w->loop) + DEADLINE_MS;
	char byte;

	while (read(w->peer, &byte, 1) != 0) {
		loop_turn(w->loop, 5);
		assert_true(loop_now(w->loop) < until);
	}
	close(w->peer);
	w->peer = -1;
	turns(w, 0);
	assert_int_equal(dialects_count(w->set), 0);
}

static void
expect_saids(struct world *w, int n)
{
	int64_t until = loop_now(w->loop) + DEADLINE_MS;

	while (w->saids < n) {
		loop_turn(w->loop, 5);
		assert_true(loop_now(w->loop) < until);
	}
	turns(w, 0);
	assert_int_equal(w->saids, n);
}

static void
answer(struct world *w, enum wire_err err)
{
	struct chat_result res = { .err = err };
	struct chat_done done = w->done;

	assert_non_null(done.fn);
	w->done = (struct chat_done){ 0 };
	done.fn(done.arg, done.id, &res);
	turns(w, 0);
}

static void
line_of_batak(struct world *w)
{
	put(w, "@t1 group token batak origin \r\n");
	assert_int_equal(w->sink->dialect, DIALECT_RAW);
}

#define PARTED \
	"{\"status\":\"OK\",\"message\":\"Telah keluar dari grup batak\"," \
	"\"tag\":\"t1\"}\r\n\r\n"
#define PONG "{\"status\":\"OK\",\"message\":\"pong\"}\r\n\r\n"

static void
expect_parting(struct world *w)
{
	expect_read(w, "exit");
	expect_read(w, PARTED);
	assert_int_equal(w->closes, 1);
}

/* ---- cutting ---------------------------------------------------------- */

static void
expect_cut(const char *s, bool whole, size_t n, size_t eat)
{
	struct raw_chat c = raw_cut(s, strlen(s), whole);

	assert_int_equal(c.n, n);
	assert_int_equal(c.eat, eat);
	assert_true(c.end);
}

static void
a_chat_ends_with_its_line_or_when_nothing_follows(void **state)
{
	(void)state;
	expect_cut("", false, 0, 0);
	expect_cut("halo", false, 0, 0);
	expect_cut("halo", true, 4, 4);
	expect_cut("halo\napa", false, 4, 5);
	expect_cut("halo\r\napa", false, 4, 6);
	expect_cut("halo\r", false, 0, 0);
	expect_cut("halo\r", true, 4, 5);
	expect_cut("\nhalo", false, 0, 1);
}

static void
what_is_too_long_is_cut_where_a_character_begins(void **state)
{
	static char s[3 * WIRE_TEXT_MAX];
	struct raw_chat c;

	(void)state;
	memset(s, 'a', sizeof s);
	/* As long as it may be: with either end. */
	s[WIRE_TEXT_MAX] = '\n';
	c = raw_cut(s, WIRE_TEXT_MAX + 1, false);
	assert_true(c.end && c.n == WIRE_TEXT_MAX && c.eat == c.n + 1);
	memcpy(s + WIRE_TEXT_MAX, "\r\n", 2);
	c = raw_cut(s, WIRE_TEXT_MAX + 2, false);
	assert_true(c.end && c.n == WIRE_TEXT_MAX && c.eat == c.n + 2);
	c = raw_cut(s, WIRE_TEXT_MAX + 1, false);
	assert_int_equal(c.eat, 0);
	/* One byte more. */
	memcpy(s + WIRE_TEXT_MAX, "a\n", 2);
	c = raw_cut(s, WIRE_TEXT_MAX + 2, false);
	assert_true(!c.end && c.n == WIRE_TEXT_MAX && c.eat == c.n);
	memcpy(s + WIRE_TEXT_MAX - 2, "\xf0\x9f\x91\x8b", 4);
	c = raw_cut(s, sizeof s, true);
	assert_true(!c.end && c.n == WIRE_TEXT_MAX - 2 && c.eat == c.n);
	/* Where no character begins, anywhere. */
	memset(s, 0x80, sizeof s);
	c = raw_cut(s, sizeof s, false);
	assert_true(!c.end && c.n == WIRE_TEXT_MAX);
	assert_int_equal(raw_piece("abc", 3, 4), 3);
	assert_int_equal(raw_piece("a\xc3\xa9", 3, 2), 1);
}

static void
a_terminal_gets_one_line_and_no_controls(void **state)
{
	static const char s[] = "a\r\nb\nc\rd\x1b[2J\n";
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	raw_clean(&b, s, sizeof s - 1);
	assert_string_equal(buf_data(&b), "a b c d\xe2\x90\x9b[2J ");
	buf_release(&b);
}

/* ---- in --------------------------------------------------------------- */

static void
lines_and_reads_are_chats_one_after_the_other(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	assert_string_equal(w->who, "messi");
	assert_string_equal(w->group, "batak");
	w->hold = true;
	put(w, "satu\r\n\r\n  \ndua\ntiga");
	assert_int_equal(w->saids, 1);
	assert_string_equal(w->said[0], "satu");
	turns(w, 2 * RAW_WHOLE_MS);
	assert_int_equal(w->saids, 1);
	answer(w, WIRE_OK);
	assert_string_equal(w->said[1], "dua");
	answer(w, WIRE_OK);
	assert_int_equal(w->saids, 2);
	expect_saids(w, 3);
	assert_string_equal(w->said[2], "tiga");
	answer(w, WIRE_OK);
	expect_nothing(w);
}

static void
a_chat_may_come_in_two_reads(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	put(w, "selamat p\xc3");
	assert_int_equal(w->saids, 0);
	put(w, "\xa9"
	       "gi");
	expect_saids(w, 1);
	assert_string_equal(w->said[0], "selamat p\xc3\xa9gi");
	put(w, "apa ka");
	put(w, "bar\nbaik");
	assert_string_equal(w->said[1], "apa kabar");
	expect_saids(w, 3);
	assert_string_equal(w->said[2], "baik");
}

static void
bytes_that_are_no_utf8_are_mended_one_by_one(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	put(w, "a\xff\xfe" "b\n");
	assert_string_equal(w->said[0], "a\xef\xbf\xbd\xef\xbf\xbd" "b");
}

static void
a_long_text_becomes_several_and_nothing_is_lost(void **state)
{
	struct world *w = *state;
	enum { LEN = 3 * WIRE_TEXT_MAX + 4 };
	char s[LEN + 2];
	size_t n = 0;

	line_of_batak(w);
	memset(s, 'x', LEN);
	/* No word of its own, for it is the end of a text. */
	memcpy(s + LEN - 4, "exit\n", 6);
	put(w, s);
	expect_saids(w, 4);
	for (int i = 0; i < 4; i++)
		n += strlen(w->said[i]);
	assert_int_equal(n, LEN);
	assert_string_equal(w->said[3], "exit");
	assert_int_equal(w->closes, 0);
	/* So with bytes that grow when they are mended. */
	memset(s, 0xff, WIRE_TEXT_MAX);
	memcpy(s + WIRE_TEXT_MAX, "\n", 2);
	put(w, s);
	expect_saids(w, 8);
	for (n = 0; w->saids-- > 4; free(w->said[w->saids]))
		n += strlen(w->said[w->saids]);
	w->saids++;
	assert_int_equal(n, 3 * WIRE_TEXT_MAX);
}

static void
what_comes_too_fast_is_said_again(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	w->answer = WIRE_RATE_LIMITED;
	put(w, "satu\ndua\n");
	expect_saids(w, 3);
	assert_string_equal(w->said[0], "satu");
	assert_string_equal(w->said[1], "satu");
	assert_string_equal(w->said[2], "dua");
	expect_nothing(w);
}

static void
other_errors_are_told_in_plain_words(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	w->answer = WIRE_MUTED;
	put(w, "satu\ndua\n");
	assert_int_equal(w->saids, 2);
	expect_read(w, wire_err_text(WIRE_MUTED));
}

/* ---- out -------------------------------------------------------------- */

static void
events_have_no_ends_and_no_controls(void **state)
{
	struct world *w = *state;
	struct chat_event e = { .kind = CHAT_EV_JOIN,
		.user = { .name = "lineker" } };

	line_of_batak(w);
	event(w, &e);
	expect_read(w, "lineker telah bergabung");
	hear(w, "james@medan", "halo\nsemua\a");
	expect_read(w, "james@medan: halo semua\xe2\x90\x87");
	e.kind = CHAT_EV_LEAVE;
	event(w, &e);
	expect_read(w, "lineker meninggalkan group");
	e.kind = CHAT_EV_MEMBER;
	event(w, &e);
	expect_nothing(w);
}

static void
who_does_not_read_is_cut_off(void **state)
{
	struct world *w = *state;
	char text[WIRE_TEXT_MAX + 1];

	line_of_batak(w);
	memset(text, 'x', WIRE_TEXT_MAX);
	text[WIRE_TEXT_MAX] = '\0';
	for (int i = 0; i < 20; i++)
		hear(w, "lineker", text);
	turns(w, 0);
	assert_int_equal(w->closes, 0);
	for (int i = 0; i < 80; i++)
		hear(w, "lineker", text);
	turns(w, 0);
	assert_string_equal(w->log, "a client that does not read was cut off");
	assert_int_equal(w->closes, 1);
	assert_int_equal(dialects_count(w->set), 0);
}

/* ---- the end ---------------------------------------------------------- */

static void
exit_ends_it_and_the_rest_is_framed_again(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	hear(w, "lineker", "halo");
	put(w, "satu\nexit\r\nping\r\n");
	assert_string_equal(w->said[0], "satu");
	assert_int_equal(w->saids, 1);
	expect_read(w, "lineker: halo");
	expect_read(w, "exit");
	expect_read(w, PARTED);
	expect_read(w, PONG);
	assert_int_equal(w->closes, 1);
	/* And once more on the same connection. */
	line_of_batak(w);
	put(w, "dua\n");
	assert_string_equal(w->said[1], "dua");
}

static void
exit_needs_no_line_end(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	put(w, "ex");
	put(w, "it");
	expect_parting(w);
	put(w, "ping\r\n");
	expect_read(w, PONG);
	/* A line end that comes late is no request. */
	line_of_batak(w);
	put(w, " exit ");
	expect_read(w, "exit");
	put(w, "\r\n");
	expect_read(w, PARTED);
	expect_nothing(w);
}

static void
who_is_put_out_gets_the_error_framed(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	w->hold = true;
	put(w, "satu\n");
	w->sink->ended(w->sink->arg, w->line_id, WIRE_BANNED);
	answer(w, WIRE_NOT_MEMBER);
	expect_read(w, "exit");
	expect_read(w, "{\"status\":\"ERROR\",\"message\":\"Anda dilarang "
		       "masuk\",\"code\":\"banned\",\"tag\":\"t1\"}\r\n\r\n");
	assert_int_equal(w->closes, 0);
}

static void
an_answer_to_an_older_line_is_not_the_next_ones(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	w->hold = true;
	put(w, "satu\n");
	w->sink->ended(w->sink->arg, w->line_id, WIRE_BANNED);
	expect_read(w, "exit");
	turns(w, 2 * RAW_PAUSE_MS);
	get(w);
	line_of_batak(w);
	answer(w, WIRE_MUTED);
	expect_nothing(w);
}

static void
what_is_no_request_for_a_line_is_an_ordinary_answer(void **state)
{
	struct world *w = *state;

	put(w, "group tok batak origin\r\n");
	expect_read(w, "{\"status\":\"ERROR\",\"message\":\"Informasi tidak "
		       "ditemukan\",\"code\":\"bad-token\"}\r\n\r\n");
	put(w, "group token batak other\r\n");
	expect_read(w, "{\"status\":\"ERROR\",\"message\":\"Parameter tidak "
		       "benar, lihat: help COMMAND\",\"code\":"
		       "\"bad-parameter\"}\r\n\r\n");
	put(w, "group token batak\r\n");
	expect_read(w, "{\"status\":\"ERROR\",\"message\":\"--Protocol "
		       "Tidak Benar\",\"code\":\"missing-parameter\"}"
		       "\r\n\r\n");
}

/* Each in a read of its own, or the older client sees no "exit". */
static void
expect_refusal(struct world *w, const char *text, const char *rest)
{
	char *o = xasprintf("{\"status\":\"ERROR\",\"message\":\"%s\","
			    "\"code\":\"%s\r\n\r\n", text, rest);

	expect_read(w, text);
	expect_read(w, "exit");
	expect_read(w, o);
	free(o);
}

static void
a_refusal_is_told_to_a_raw_reader(void **state)
{
	struct world *w = *state;

	w->refuse = WIRE_BANNED;
	put(w, "@t1 group token #batak@Surabaya origin\r\nping\r\n");
	expect_refusal(w, "Anda dilarang masuk", "banned\",\"tag\":\"t1\"}");
	expect_read(w, PONG);
	put(w, "group token a/b origin\r\n");
	expect_refusal(w, wire_err_text(WIRE_BAD_TARGET), "bad-target\"}");
	put(w, "group token * origin\r\n");
	expect_refusal(w, wire_err_text(WIRE_BAD_TARGET), "bad-target\"}");
	assert_int_equal(w->closes, 0);
	w->refuse = WIRE_OK;
	line_of_batak(w);
	put(w, "exit");
	expect_parting(w);
}

static void
who_leaves_while_being_refused_is_gone(void **state)
{
	struct world *w = *state;

	w->refuse = WIRE_INVITE_ONLY;
	put(w, "group token batak origin\r\n");
	close(w->peer);
	w->peer = -1;
	turns(w, 3 * RAW_PAUSE_MS);
	assert_int_equal(dialects_count(w->set), 0);
}

static void
who_vanishes_leaves(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	w->hold = true;
	put(w, "satu\nhal");
	close(w->peer);
	w->peer = -1;
	turns(w, 0);
	/* What it said is said yet. */
	answer(w, WIRE_OK);
	expect_saids(w, 2);
	answer(w, WIRE_OK);
	turns(w, 0);
	assert_int_equal(w->closes, 1);
	assert_int_equal(dialects_count(w->set), 0);
}

static void
who_is_thrown_out_of_the_server_is_closed(void **state)
{
	struct world *w = *state;

	struct chat_event e = { .kind = CHAT_EV_REMOVED,
		.user = { .name = "lineker" },
		.by = "henderson",
		.act = CHAT_KICK,
		.text = "\033ramai" };

	line_of_batak(w);
	w->cut(w->cut_arg, &e);
	put(w, "satu\n");
	assert_int_equal(w->saids, 1);
	e.user.name = "messi";
	w->cut(w->cut_arg, &e);
	expect_read(w, "Anda dikeluarkan dari server oleh henderson: ␛ramai");
	expect_end(w);
	assert_int_equal(w->closes, 1);
}

static void
stopping_ends_it(void **state)
{
	struct world *w = *state;

	line_of_batak(w);
	w->hold = true;
	put(w, "satu\n");
	dialects_stop(w->set);
	turns(w, 0);
	assert_int_equal(dialects_count(w->set), 1);
	answer(w, WIRE_OK);
	expect_end(w);
}

/* ---- bridges ---------------------------------------------------------- */

static void
a_group_that_nobody_has_is_made_here(void **state)
{
	struct world *w = *state;

	with_peers(w);
	put(w, "@t1 group token batak origin\r\nhalo\n");
	assert_int_equal(w->asked, 1);
	assert_null(w->sink);
	w->bridge.absent(w->bridge.arg, w->bridge_id);
	turns(w, 0);
	assert_string_equal(w->said[0], "halo");
	put(w, "exit\n");
	expect_parting(w);
	/* One that is here is nobody else's to tell of. */
	w->there = true;
	line_of_batak(w);
	assert_int_equal(w->asked, 1);
	assert_int_equal(w->drops, 0);
}

static void
a_bridge_passes_on_what_is_said(void **state)
{
	struct world *w = *state;
	struct peers_line *b = &w->bridge;

	with_peers(w);
	put(w, "@t1 group token batak origin\r\nhalo\n");
	b->open(b->arg, w->bridge_id);
	turns(w, 0);
	put(w, "apa\nkabar");
	turns(w, 2 * RAW_WHOLE_MS);
	assert_string_equal(w->bridged, "[halo][apa][kabar]");
	b->text(b->arg, w->bridge_id, "james: sel\x1b", 11);
	expect_read(w, "james: sel\xe2\x90\x9b");
	/* Half a character waits for its rest. */
	b->text(b->arg, w->bridge_id, "\xf0\x9f", 2);
	expect_nothing(w);
	b->text(b->arg, w->bridge_id, "\x91\x8b!", 3);
	expect_read(w, "\xf0\x9f\x91\x8b!");
	put(w, "exit\n");
	assert_int_equal(w->bridge_closes, 1);
	expect_nothing(w);
	b->ended(b->arg, w->bridge_id);
	expect_read(w, "exit");
	expect_read(w, PARTED);
	assert_int_equal(w->drops, 0);
	assert_int_equal(w->saids, 0);
}

static void
a_bridge_takes_words_of_who_may_speak(void **state)
{
	struct world *w = *state;
	struct peers_line *b = &w->bridge;

	with_peers(w);
	put(w, "@t1 group token batak origin\r\n");
	b->open(b->arg, w->bridge_id);
	w->answer = WIRE_MUTED;
	put(w, "halo\n");
	expect_read(w, wire_err_text(WIRE_MUTED));
	assert_string_equal(w->bridged, "");
	w->answer = WIRE_RATE_LIMITED;
	put(w, "halo\n");
	assert_string_equal(w->bridged, "");
	turns(w, 30);
	assert_string_equal(w->bridged, "[halo]");
}

static void
a_bridge_ends_with_its_session(void **state)
{
	struct world *w = *state;
	struct peers_line *b = &w->bridge;

	with_peers(w);
	put(w, "@t1 group token batak origin\r\n");
	b->open(b->arg, w->bridge_id);
	w->logged_out = true;
	put(w, "halo\n");
	assert_string_equal(w->bridged, "");
	assert_int_equal(w->drops, 1);
	expect_read(w, "exit");
}

static void
nobody_hears_by_a_bridge_whose_session_ended(void **state)
{
	struct world *w = *state;
	struct peers_line *b = &w->bridge;

	with_peers(w);
	put(w, "@t1 group token batak origin\r\n");
	b->open(b->arg, w->bridge_id);
	w->logged_out = true;
	b->text(b->arg, w->bridge_id, "james: psst", 11);
	expect_read(w, "exit");
	assert_int_equal(w->drops, 1);
}

static void
a_bridge_ends_from_either_side(void **state)
{
	struct world *w = *state;
	struct peers_line *b = &w->bridge;

	with_peers(w);
	put(w, "@t1 group token batak origin\r\n");
	b->open(b->arg, w->bridge_id);
	b->ended(b->arg, w->bridge_id);
	expect_read(w, "exit");
	expect_read(w, PARTED);
	put(w, "@t1 group token batak origin\r\n");
	b->open(b->arg, w->bridge_id);
	close(w->peer);
	w->peer = -1;
	turns(w, 0);
	assert_int_equal(w->drops, 1);
}

static void
who_goes_while_peers_are_asked_is_dropped(void **state)
{
	struct world *w = *state;

	with_peers(w);
	put(w, "@t1 group token batak origin\r\n");
	dialects_stop(w->set);
	turns(w, 0);
	w->bridge.absent(w->bridge.arg, w->bridge_id);
	assert_null(w->sink);
	expect_end(w);
	assert_int_equal(w->drops, 1);
}

static void
who_hangs_up_while_peers_are_asked_is_dropped(void **state)
{
	struct world *w = *state;

	with_peers(w);
	put(w, "@t1 group token batak origin\r\n");
	assert_int_equal(w->asked, 1);
	close(w->peer);
	w->peer = -1;
	turns(w, 0);
	assert_int_equal(w->drops, 1);
	assert_int_equal(w->connections, 0);
}

/* ---- in a group of another realm -------------------------------------- */

static void
visit(struct world *w)
{
	with_peers(w);
	put(w, "@t1 group token batak origin\r\n");
	w->bridge.there(w->bridge.arg, w->bridge_id, "medan");
	assert_string_equal(w->visited.name, "batak");
	assert_string_equal(w->visited.realm, "medan");
	assert_int_equal(w->visited.kind, TARGET_GROUP);
}

static void
visited(struct world *w, enum wire_err err)
{
	w->visit.fn(w->visit.arg, w->visit.id,
	    &(struct chat_result){ .err = err,
		.id = err == WIRE_OK ? LINE : 0 });
	turns(w, 0);
}

static void
a_group_that_a_realm_of_ours_has_is_entered_there(void **state)
{
	struct world *w = *state;

	visit(w);
	put(w, "halo\n");
	assert_int_equal(w->saids, 0);
	event(w, &(struct chat_event){ .kind = CHAT_EV_JOIN,
	    .user = { .name = "messi" } });
	visited(w, WIRE_OK);
	expect_read(w, "messi telah bergabung");
	assert_int_equal(w->saids, 1);
	assert_string_equal(w->said[0], "halo");
	hear(w, "james@medan", "horas");
	expect_read(w, "james@medan: horas");
	put(w, "exit\n");
	expect_parting(w);
	assert_int_equal(w->closes, 1);
	assert_int_equal(w->drops, 0); /* it was over with its answer */
}

static void
who_hangs_up_on_the_way_there_leaves_no_line(void **state)
{
	struct world *w = *state;

	visit(w);
	close(w->peer);
	w->peer = -1;
	turns(w, 0);
	visited(w, WIRE_OK);
	assert_int_equal(w->closes, 1);
	visited(w, WIRE_BANNED);
	assert_int_equal(w->closes, 1);
}

static void
a_group_that_has_ended_meanwhile_is_made_here(void **state)
{
	struct world *w = *state;

	visit(w);
	visited(w, WIRE_NO_SUCH_GROUP);
	assert_string_equal(w->group, "batak");
	put(w, "exit\n");
	expect_parting(w);
	visit(w);
	w->group[0] = '\0';
	visited(w, WIRE_INVITE_ONLY);
	assert_string_equal(w->group, "batak");
}

static void
who_is_refused_there_is_told_why(void **state)
{
	struct world *w = *state;

	visit(w);
	visited(w, WIRE_BANNED);
	assert_string_equal(w->group, "");
	expect_refusal(w, "Anda dilarang masuk", "banned\",\"tag\":\"t1\"}");
}

/* A group that was asked for there is not made here. */
static void
a_realm_that_is_named_is_the_only_one(void **state)
{
	struct world *w = *state;

	with_peers(w);
	put(w, "group token #batak@Medan origin\r\n");
	assert_int_equal(w->asked, 0);
	assert_string_equal(w->visited.name, "batak");
	assert_string_equal(w->visited.realm, "medan");
	visited(w, WIRE_OK);
	put(w, "exit\n");
	expect_read(w, "exit");
	expect_read(w, "{\"status\":\"OK\",\"message\":\"Telah keluar dari "
		       "grup batak@medan\"}\r\n\r\n");
	put(w, "group token batak@medan origin\r\n");
	visited(w, WIRE_REALM_UNREACHABLE);
	expect_refusal(w, wire_err_text(WIRE_REALM_UNREACHABLE),
	    "realm-unreachable\"}");
	put(w, "group token batak@medan origin\r\n");
	visited(w, WIRE_INVITE_ONLY);
	expect_refusal(
	    w, wire_err_text(WIRE_INVITE_ONLY), "invite-only\"}");
	put(w, "group token batak@nowhere origin\r\n");
	visited(w, WIRE_NO_SUCH_REALM);
	expect_refusal(w, "Grup Tidak Ditemukan", "no-such-group\"}");
	assert_string_equal(w->group, "");
}

/* ---- from other realms ------------------------------------------------ */

#define DENIED \
	"{\"status\":\"ERROR\",\"message\":\"Tidak diizinkan\"," \
	"\"code\":\"denied\"}\r\n\r\n"

static void
older_realms_are_known_by_their_address(void **state)
{
	struct world *w = *state;

	put(w, "server send messi james  Halo \r\n");
	expect_read(w, DENIED);
	with_peers(w);
	put(w, "server send messi james  Halo \r\n");
	expect_read(w, DENIED);
	put(w, "check group messi batak other \r\n");
	expect_read(w, DENIED);
	put(w, "server\r\n");
	expect_read(w, DENIED);
	w->there = w->legacy = true;
	put(w, "server send messi james  Halo \r\n");
	expect_read(w,
	    "{\"status\":\"OK\",\"message\":\"Message Sent\",\"sendback\":"
	    "{\"msg_from\":\"messi\",\"msg_to\":\"James Maranata\","
	    "\"msg\":\" Halo\"}}\r\n\r\n");
	assert_string_equal(w->letter, "medan messi james Halo");
	put(w, "server send messi nobody Halo \r\n");
	expect_read(w, "{\"status\":\"ERROR\",\"message\":\"User Tidak "
		       "Ditemukan\",\"code\":\"no-such-user\"}\r\n\r\n");
	put(w, "server give messi james Halo \r\n");
	expect_read(w, "{\"status\":\"ERROR\",\"message\":\"**Protocol Tidak "
		       "Benar\",\"code\":\"unknown-command\"}\r\n\r\n");
	put(w, "check group messi batak \r\n");
	expect_read(w, "{\"status\":\"ERROR\",\"message\":\"--Protocol Tidak "
		       "Benar\",\"code\":\"missing-parameter\"}\r\n\r\n");
}

static void
an_older_realm_asks_for_a_line(void **state)
{
	static const char pending[] =
	    "{\"status\":\"PENDING\",\"message\":\"Tidak ada grup batak di "
	    "server\"}\r\n\r\n";
	struct world *w = *state;

	with_peers(w);
	w->legacy = true;
	put(w, "check group messi batak other \r\n");
	expect_read(w, pending);
	w->there = true;
	w->refuse = WIRE_INVITE_ONLY;
	put(w, "check group messi batak other \r\n");
	expect_read(w, pending);
	w->refuse = WIRE_OK;
	put(w, "check group messi batak other \r\n");
	assert_string_equal(w->who, "messi@medan");
	assert_int_equal(w->asked, 0);
	put(w, "halo");
	expect_saids(w, 1);
	put(w, "exit");
	expect_read(w, "exit");
	expect_read(w, "{\"status\":\"OK\",\"message\":\"Telah keluar dari "
		       "grup batak\"}\r\n\r\n");
	assert_int_equal(w->closes, 1);
}

static void
a_link_takes_over_its_connection(void **state)
{
	struct world *w = *state;

	with_peers(w);
	put(w, "link 1 medan x \r\nmore\r\nyet");
	assert_string_equal(w->link, "link 1 medan x |more\r\nyet");
	expect_read(w, "mine");
	expect_end(w);
}

static void
a_link_begins_a_connection_or_is_none(void **state)
{
	struct world *w = *state;

	with_peers(w);
	put(w, "ping\r\nlink 1 medan x\r\nping\r\n");
	expect_read(w, PONG DENIED);
	expect_end(w);
	assert_string_equal(w->link, "");
}

static void
without_peers_there_are_no_links(void **state)
{
	struct world *w = *state;

	put(w, "link 1 medan x\r\n");
	expect_read(w, DENIED);
	expect_end(w);
}

static void
links_are_shown_to_administrators(void **state)
{
	struct world *w = *state;

	put(w, "links token\r\n");
	expect_read(w, DENIED);
	w->admin = true;
	put(w, "links token\r\n");
	expect_read(w, "{\"status\":\"OK\",\"links\":[]}\r\n\r\n");
	with_peers(w);
	put(w, "links token\r\n");
	expect_read(w,
	    "{\"status\":\"OK\",\"links\":[{\"realm\":\"medan\",\"kind\":"
	    "\"chat\",\"state\":\"up\",\"queued\":3,\"error\":\"\","
	    "\"since\":\"2026-11-21T03:04:05.678Z\"},{\"realm\":\"its\","
	    "\"kind\":\"legacy\",\"state\":\"ready\",\"queued\":0,"
	    "\"error\":\"no route\\uFFFD\",\"since\":null}]}\r\n\r\n");
}

/* ---- lists ------------------------------------------------------------ */

static void
a_long_list_is_cut_but_not_ones_own(void **state)
{
	struct world *w = *state;
	json_t *o, *all, *last;
	size_t n;

	buf_release(&w->got);
	buf_init(&w->got, WIRE_REPLY_MAX);
	put(w, "groups token\r\n");
	while (memmem(buf_data(&w->got), w->got.len, "\r\n\r\n", 4) == NULL) {
		turns(w, 0);
		get(w);
	}
	o = json_loadb(buf_data(&w->got), w->got.len, 0, NULL);
	assert_true(json_is_true(json_object_get(o, "more")));
	all = json_object_get(o, "groups");
	n = json_array_size(all);
	assert_true(n > 1000 && n < GROUPS);
	last = json_array_get(all, n - 1);
	assert_true(json_is_true(json_object_get(last, "member")));
	json_decref(o);
}

#define LINE_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_chat_ends_with_its_line_or_when_nothing_follows),
		cmocka_unit_test(
		    what_is_too_long_is_cut_where_a_character_begins),
		cmocka_unit_test(a_terminal_gets_one_line_and_no_controls),
		LINE_TEST(lines_and_reads_are_chats_one_after_the_other),
		LINE_TEST(a_chat_may_come_in_two_reads),
		LINE_TEST(bytes_that_are_no_utf8_are_mended_one_by_one),
		LINE_TEST(a_long_text_becomes_several_and_nothing_is_lost),
		LINE_TEST(what_comes_too_fast_is_said_again),
		LINE_TEST(other_errors_are_told_in_plain_words),
		LINE_TEST(events_have_no_ends_and_no_controls),
		LINE_TEST(who_does_not_read_is_cut_off),
		LINE_TEST(exit_ends_it_and_the_rest_is_framed_again),
		LINE_TEST(exit_needs_no_line_end),
		LINE_TEST(who_is_put_out_gets_the_error_framed),
		LINE_TEST(an_answer_to_an_older_line_is_not_the_next_ones),
		LINE_TEST(what_is_no_request_for_a_line_is_an_ordinary_answer),
		LINE_TEST(a_refusal_is_told_to_a_raw_reader),
		LINE_TEST(who_leaves_while_being_refused_is_gone),
		LINE_TEST(who_vanishes_leaves),
		LINE_TEST(who_is_thrown_out_of_the_server_is_closed),
		LINE_TEST(stopping_ends_it),
		LINE_TEST(a_group_that_nobody_has_is_made_here),
		LINE_TEST(a_bridge_passes_on_what_is_said),
		LINE_TEST(a_bridge_takes_words_of_who_may_speak),
		LINE_TEST(a_bridge_ends_with_its_session),
		LINE_TEST(nobody_hears_by_a_bridge_whose_session_ended),
		LINE_TEST(a_bridge_ends_from_either_side),
		LINE_TEST(who_goes_while_peers_are_asked_is_dropped),
		LINE_TEST(who_hangs_up_while_peers_are_asked_is_dropped),
		LINE_TEST(a_group_that_a_realm_of_ours_has_is_entered_there),
		LINE_TEST(who_hangs_up_on_the_way_there_leaves_no_line),
		LINE_TEST(a_group_that_has_ended_meanwhile_is_made_here),
		LINE_TEST(who_is_refused_there_is_told_why),
		LINE_TEST(a_realm_that_is_named_is_the_only_one),
		LINE_TEST(older_realms_are_known_by_their_address),
		LINE_TEST(an_older_realm_asks_for_a_line),
		LINE_TEST(a_link_takes_over_its_connection),
		LINE_TEST(a_link_begins_a_connection_or_is_none),
		LINE_TEST(without_peers_there_are_no_links),
		LINE_TEST(links_are_shown_to_administrators),
		LINE_TEST(a_long_list_is_cut_but_not_ones_own),
	};

	return cmocka_run_group_tests_name("raw", tests, NULL, NULL);
}
