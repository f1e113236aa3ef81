/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Raw group lines at an older server, through its link. */
#include "tests/unit/realm/older.h"

#include "server/realm/rawline.h"

#define OK_LEFT "{\"status\":\"OK\",\"message\":\"Telah keluar dari grup g\"}"
#define NONE "{\"status\":\"PENDING\",\"message\":\"Tidak ada grup g\"}"

/* In a second; one read may have begun before the mark was reached. */
static const size_t twice_rate = (size_t)2 * RAWLINE_RATE;

static void
tell(uint64_t id, const char *fmt, ...)
{
	struct world *w = the_world;
	size_t n = strlen(w->story);
	va_list ap;

	assert_false(w->inside);
	assert_true(id >= 7);
	va_start(ap, fmt);
	vsnprintf(w->story + n, sizeof w->story - n, fmt, ap);
	va_end(ap);
}

static void
on_absent(void *arg, uint64_t id)
{
	assert_ptr_equal(arg, the_world);
	tell(id, "absent.");
}

static void
on_open(void *arg, uint64_t id)
{
	struct world *w = arg;

	tell(id, "open.");
	if (w->at_open != NULL)
		w->at_open(w);
}

static void
on_text(void *arg, uint64_t id, const char *p, size_t n)
{
	struct world *w = arg;

	w->texts += n;
	if (n < 256)
		tell(id, "%.*s|", (int)n, p);
	if (w->at_text != NULL)
		w->at_text(w);
}

static void
on_ended(void *arg, uint64_t id)
{
	assert_ptr_equal(arg, the_world);
	tell(id, "ended.");
}

static void
open_line(struct world *w)
{
	struct peers_line to = { w, on_absent, on_open, on_text, on_ended,
		NULL };

	w->story[0] = '\0';
	w->inside = true;
	w->line = legacy_line_open(w->legacy, "messi", "g", &to, 7);
	w->inside = false;
	assert_int_not_equal(w->line, 0);
}

static const char request[] = "check group messi g other \r\n";

static int
line_asked(struct world *w)
{
	return asked(w, request);
}

/* The same, behind lines that were dropped: their connections may come yet,
 * and have hung up. */
static int
line_asked_at_last(struct world *w)
{
	ssize_t n = 0;
	char c;
	int fd;

	for (;;) {
		fd = accepted(w);
		await(w, (n = recv(fd, &c, 1, MSG_PEEK)) != -1);
		if (n > 0)
			break;
		close(fd);
	}
	hears(w, fd, request);
	return fd;
}

/* A line that is open, and nothing but its beginning was told. */
static int
opened_on(struct world *w, int fd)
{
	says(fd, "messi telah bergabung");
	await(w, strchr(w->story, '|') != NULL);
	assert_string_equal(w->story, "open.messi telah bergabung|");
	w->story[0] = '\0';
	return fd;
}

static int
opened(struct world *w)
{
	open_line(w);
	return opened_on(w, line_asked(w));
}

static void
close_line(struct world *w)
{
	w->inside = true;
	legacy_line_close(w->legacy, w->line);
	w->inside = false;
}

static void
drop_line(struct world *w)
{
	w->inside = true;
	legacy_line_drop(w->legacy, w->line);
	w->inside = false;
}

static void
say_line(struct world *w, const char *s)
{
	w->inside = true;
	legacy_line_say(w->legacy, w->line, s, strlen(s));
	w->inside = false;
}

static bool
story_is(const struct world *w, const char *story)
{
	return strcmp(w->story, story) == 0;
}

static void
a_group_that_is_not_there_is_absent(void **state)
{
	static const char *const answers[] = {
		NONE END,
		"{\"status\":\"x\"}" END "more",
		"",
		"{\"status\":\"OK\"",
	};
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		open_line(w);
		fd = line_asked(w);
		says(fd, answers[i]);
		shutdown(fd, SHUT_WR);
		await(w, story_is(w, "absent."));
		assert_string_equal(
		    state_of(w, NULL), i < 2 ? "ready" : "down");
		close(fd);
	}
	world_free(w);
}

static void
nobody_to_ask_is_absent(void **state)
{
	struct world *w = world_new("127.0.0.1", false);

	(void)state;
	open_line(w);
	await(w, story_is(w, "absent."));
	assert_string_equal(state_of(w, NULL), "down");
	assert_int_equal(w->logged, 1);
	world_free(w);
}

static void
silence_is_absent_after_five_seconds(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	open_line(w);
	fd = line_asked(w);
	/* Half an answer is none. */
	says(fd, "{\"status\":");
	pass_time(w, RAWLINE_ANSWER_MS - 2000);
	assert_string_equal(w->story, "");
	pass_time(w, 2000);
	await(w, story_is(w, "absent."));
	hears_end(w, fd);
	world_free(w);
}

static void
a_name_that_cannot_be_asked_for_is_absent(void **state)
{
	static const char *const names[] = { "", "a b", "a\r\nb", "\x7f" };
	struct world *w = world_new("127.0.0.1", true);
	struct peers_line to = { w, on_absent, on_open, on_text, on_ended,
		NULL };

	(void)state;
	for (int i = 0; i < 4; i++) {
		w->inside = true;
		legacy_line_open(w->legacy, "messi", names[i], &to, 7);
		w->inside = false;
	}
	await(w, story_is(w, "absent.absent.absent.absent."));
	nobody_connects(w);
	world_free(w);
}

static void
what_comes_raw_opens_the_line(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd = opened(w);

	(void)state;
	says(fd, "lineker: satu");
	await(w, story_is(w, "lineker: satu|"));
	says(fd, "lineker: duamessi: tiga");
	await(w, story_is(w, "lineker: satu|lineker: duamessi: tiga|"));
	/* Half a character waits for the other half. */
	w->story[0] = '\0';
	says(fd, "caf\xc3");
	await(w, story_is(w, "caf|"));
	says(fd, "\xa9");
	await(w, story_is(w, "caf|\xc3\xa9|"));
	close(fd);
	await(w, story_is(w, "caf|\xc3\xa9|ended."));
	world_free(w);
}

static void
a_framed_ok_opens_it_as_well(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	open_line(w);
	fd = line_asked(w);
	says(fd, "{\"status\":\"OK\"}\r\n");
	turn(w);
	assert_string_equal(w->story, "");
	says(fd, "\r\n" "messi telah bergabung");
	await(w, story_is(w, "open.messi telah bergabung|"));
	close(fd);
	world_free(w);
}

static void
hears_nothing(struct world *w, int fd)
{
	for (int i = 0; i < 3; i++)
		assert_int_equal(loop_turn(w->loop, 0), 0);
	assert_int_equal(recv(fd, &(char){ 0 }, 1, 0), -1);
}

/* The other side takes each read for a chat. */
static void
each_chat_is_one_write(void **state)
{
	static const char *const chats[] = { "satu", "dua\r\n", "tiga",
		"exit" };
	struct world *w = world_new("127.0.0.1", true);
	int fd = opened(w);
	ssize_t n = 0;
	char p[64];

	(void)state;
	for (int i = 0; i < 3; i++)
		say_line(w, chats[i]);
	await(w, recv(fd, p, sizeof p, 0) == (ssize_t)strlen(chats[0]));
	hears_nothing(w, fd);
	/* Who leaves does not wait, but "exit" stands alone. */
	close_line(w);
	for (int i = 1; i < 4; i++) {
		await(w, (n = recv(fd, p, sizeof p - 1, 0)) != -1);
		p[n] = '\0';
		assert_string_equal(p, chats[i]);
		if (i != 2)
			continue;
		hears_nothing(w, fd);
		pass_time(w, 1000);
	}
	close(fd);
	await(w, story_is(w, "ended."));
	world_free(w);
}

static void
what_is_said_before_it_is_open_waits(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	open_line(w);
	say_line(w, "satu");
	fd = line_asked(w);
	say_line(w, "dua");
	for (int i = 0; i < 5; i++)
		turn(w);
	assert_int_equal(recv(fd, &(char){ 0 }, 1, 0), -1);
	says(fd, "messi telah bergabung");
	hears(w, fd, "satu");
	pass_time(w, 1000);
	hears(w, fd, "dua");
	close(fd);
	world_free(w);
}

static void
exit_is_answered_in_many_ways(void **state)
{
	/* "-" and then: the peer ends the connection. */
	static const struct {
		const char *say[5], *story;
	} ways[] = {
		{ { "exit" OK_LEFT END }, "ended." },
		{ { "exit", OK_LEFT END }, "ended." },
		{ { "ex", "it{\"sta", "tus\":\"OK\"}\r", "\n\r\n" }, "ended." },
		{ { OK_LEFT END }, "ended." },
		{ { "exit", "-" }, "ended." },
		{ { "-" }, "ended." },
		{ { "bob: haloexit" OK_LEFT END }, "bob: halo|ended." },
		{ { "bob: ex", "-" }, "bob: |ex|ended." },
		{ { "bob: exit", "exit" OK_LEFT END }, "bob: |exit|ended." },
		{ { "messi: {\"a\"", "-" }, "messi: |{\"a\"|ended." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct world *w = world_new("127.0.0.1", true);
		int fd = opened(w);

		close_line(w);
		close_line(w);
		hears(w, fd, "exit");
		for (int j = 0; j < 5 && ways[i].say[j] != NULL; j++) {
			if (strcmp(ways[i].say[j], "-") == 0)
				shutdown(fd, SHUT_WR);
			else
				says(fd, ways[i].say[j]);
			turn(w);
			turn(w);
		}
		hears_end(w, fd);
		assert_string_equal(w->story, ways[i].story);
		world_free(w);
	}
}

static void
an_exit_without_answer_ends_after_three_seconds(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd = opened(w);

	(void)state;
	close_line(w);
	hears(w, fd, "exit");
	says(fd, "exit");
	pass_time(w, 1000);
	assert_string_equal(w->story, "");
	pass_time(w, RAWLINE_LEAVE_MS - 1000);
	await(w, story_is(w, "ended."));
	hears_end(w, fd);
	world_free(w);
}

static void
a_reply_that_nobody_asked_for_ends_the_line(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd = opened(w);

	(void)state;
	says(fd, "bob: halo");
	says(fd, "exit" OK_LEFT "\r\n");
	await(w, story_is(w, "bob: halo|"));
	turn(w);
	says(fd, "\r\n");
	await(w, story_is(w, "bob: halo|ended."));
	hears_end(w, fd);
	/* Nor is its "exit" a text when it comes first. */
	fd = opened(w);
	says(fd, "exit");
	turn(w);
	turn(w);
	says(fd, OK_LEFT END);
	await(w, story_is(w, "ended."));
	hears_end(w, fd);
	fd = opened(w);
	says(fd, "exit");
	shutdown(fd, SHUT_WR);
	await(w, story_is(w, "ended."));
	hears_end(w, fd);
	world_free(w);
}

static void
a_text_that_looks_like_a_reply_is_text(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd = opened(w);

	(void)state;
	says(fd, "bob: {\"a\":\"b\"}" END);
	await(w, story_is(w, "bob: {\"a\":\"b\"}" END "|"));
	w->story[0] = '\0';
	/* What could yet become one is held a moment, no longer. */
	says(fd, "bob: {\"status\":\"OK\"}");
	await(w, story_is(w, "bob: |"));
	pass_time(w, RAWLINE_HOLD_MS);
	await(w, story_is(w, "bob: |{\"status\":\"OK\"}|"));
	says(fd, "bob: x");
	await(w, story_is(w, "bob: |{\"status\":\"OK\"}|bob: x|"));
	close(fd);
	world_free(w);
}

static void
closed_before_it_is_open_it_has_ended(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	open_line(w);
	close_line(w);
	await(w, story_is(w, "ended."));
	open_line(w);
	fd = line_asked(w);
	close_line(w);
	await(w, story_is(w, "ended."));
	hears_end(w, fd);
	/* One that is over is nothing to anybody. */
	close_line(w);
	drop_line(w);
	say_line(w, "halo");
	turn(w);
	assert_string_equal(w->story, "ended.");
	world_free(w);
}

static void
a_line_that_was_dropped_says_exit_and_no_more(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	open_line(w);
	drop_line(w);
	open_line(w);
	turn(w);
	assert_string_equal(w->story, "");
	legacy_line_drop(w->legacy, w->line);
	open_line(w);
	fd = opened_on(w, line_asked_at_last(w));
	say_line(w, "sudah");
	drop_line(w);
	hears(w, fd, "sudah");
	pass_time(w, 1000);
	hears(w, fd, "exit");
	says(fd, "bob: haloexit" OK_LEFT END);
	hears_end(w, fd);
	assert_string_equal(w->story, "");
	world_free(w);
}

static void
drop_now(struct world *w)
{
	legacy_line_drop(w->legacy, w->line);
}

static void
close_now(struct world *w)
{
	legacy_line_close(w->legacy, w->line);
}

/* More than may wait: it is let go. */
static void
overfill(struct world *w)
{
	char *much = xcalloc(1, RAWLINE_OUT_MAX + 1);

	legacy_line_say(w->legacy, w->line, much, RAWLINE_OUT_MAX + 1);
	free(much);
}

static void
who_is_told_may_end_it_at_once(void **state)
{
	struct {
		void (*open)(struct world *), (*text)(struct world *);
		const char *story;
	} ways[] = {
		{ drop_now, NULL, "open." },
		{ NULL, drop_now, "open.halo|" },
		{ close_now, NULL, "open.halo|ended." },
		{ NULL, close_now, "open.halo|ended." },
		{ overfill, NULL, "open.ended." },
		{ NULL, overfill, "open.halo|ended." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct world *w = world_new("127.0.0.1", true);
		int fd;

		w->at_open = ways[i].open;
		w->at_text = ways[i].text;
		open_line(w);
		fd = line_asked(w);
		says(fd, "haloexit" OK_LEFT END "more");
		hears_end(w, fd);
		turn(w);
		assert_string_equal(w->story, ways[i].story);
		world_free(w);
	}
}

static void
a_flood_waits_at_the_peer(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd = opened(w), size = 4096;
	char much[4096];
	size_t sent = 0, before;

	(void)state;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	memset(much, 'x', sizeof much);
	for (int i = 0; i < 300; i++) {
		ssize_t n = send(fd, much, sizeof much, MSG_NOSIGNAL);

		sent += n > 0 ? (size_t)n : 0;
		assert_int_equal(loop_turn(w->loop, 0), 0);
	}
	assert_true(w->texts >= RAWLINE_RATE);
	assert_true(w->texts <= twice_rate);
	assert_true(sent > w->texts);
	/* A second later it goes on, and nothing was lost. */
	while (w->texts < sent) {
		before = w->texts;
		pass_time(w, 1000);
		await(w, w->texts > before);
		assert_true(w->texts - before <= twice_rate);
	}
	assert_string_equal(w->story, "");
	close(fd);
	await(w, story_is(w, "ended."));
	world_free(w);
}

static void
a_peer_that_does_not_read_is_let_go(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd = opened(w), said = 0;
	char chat[4097];

	(void)state;
	memset(chat, 'x', sizeof chat - 1);
	chat[sizeof chat - 1] = '\0';
	while (w->story[0] == '\0') {
		say_line(w, chat);
		turn(w);
		assert_true(++said < 10000);
	}
	assert_string_equal(w->story, "ended.");
	close(fd);
	world_free(w);
}

static void
lines_are_no_more_than_may_be(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd[RAWLINES_MAX];

	(void)state;
	for (int i = 0; i < RAWLINES_MAX; i++)
		open_line(w);
	for (int i = 0; i < RAWLINES_MAX; i++)
		fd[i] = line_asked(w);
	open_line(w);
	await(w, story_is(w, "absent."));
	for (int i = 0; i < RAWLINES_MAX; i++)
		close(fd[i]);
	await(w, strlen(w->story) == strlen("absent.") * (RAWLINES_MAX + 1));
	open_line(w);
	close(line_asked(w));
	world_free(w);
}

static void
the_end_tells_all_lines(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd = opened(w), other;

	(void)state;
	open_line(w);
	other = line_asked(w);
	open_line(w);
	close_line(w);
	legacy_free(w->legacy);
	w->legacy = NULL;
	assert_string_equal(w->story, "ended.absent.ended.");
	hears_end(w, fd);
	hears_end(w, other);
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_that_is_not_there_is_absent),
		cmocka_unit_test(nobody_to_ask_is_absent),
		cmocka_unit_test(silence_is_absent_after_five_seconds),
		cmocka_unit_test(a_name_that_cannot_be_asked_for_is_absent),
		cmocka_unit_test(what_comes_raw_opens_the_line),
		cmocka_unit_test(a_framed_ok_opens_it_as_well),
		cmocka_unit_test(each_chat_is_one_write),
		cmocka_unit_test(what_is_said_before_it_is_open_waits),
		cmocka_unit_test(exit_is_answered_in_many_ways),
		cmocka_unit_test(
		    an_exit_without_answer_ends_after_three_seconds),
		cmocka_unit_test(a_reply_that_nobody_asked_for_ends_the_line),
		cmocka_unit_test(a_text_that_looks_like_a_reply_is_text),
		cmocka_unit_test(closed_before_it_is_open_it_has_ended),
		cmocka_unit_test(a_line_that_was_dropped_says_exit_and_no_more),
		cmocka_unit_test(who_is_told_may_end_it_at_once),
		cmocka_unit_test(a_flood_waits_at_the_peer),
		cmocka_unit_test(a_peer_that_does_not_read_is_let_go),
		cmocka_unit_test(lines_are_no_more_than_may_be),
		cmocka_unit_test(the_end_tells_all_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
