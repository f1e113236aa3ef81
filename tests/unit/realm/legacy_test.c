/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letters to an older server, and whose address is its; lines:
 * rawline_test.c. */
#include "tests/unit/realm/older.h"

/* ---- letters ---------------------------------------------------------- */

static void
on_found(void *arg, const struct chat_found *f)
{
	struct world *w = the_world;
	struct answer *a = &w->answer[w->answers++];

	assert_false(w->inside);
	assert_in_range(w->answers, 1, FOUND_MAX);
	a->err = f->err;
	a->number = *(int *)arg;
	free(arg);
	if (f->err != WIRE_OK)
		return;
	a->delivered = f->delivered;
	snprintf(a->realm, sizeof a->realm, "%s", f->realm);
	snprintf(a->user, sizeof a->user, "%s", f->user);
	snprintf(a->name, sizeof a->name, "%s", f->real_name);
}

static void
write_letter(struct world *w, const char *user, const char *text)
{
	int *with = xmalloc(sizeof *with);
	struct chat_letter letter = { "lama", user, "messi", text };

	*with = w->letters++;
	w->inside = true;
	legacy_find(w->legacy, &letter, on_found, with);
	w->inside = false;
}

static void
a_letter_goes_with_the_question(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	write_letter(w, "james", "Halo");
	fd = asked(w, "server send messi james Halo \r\n");
	says(fd, "{\"status\":\"OK\",\"message\":\"Message Sent\","
	         "\"sendback\":{\"msg_from\":\"messi\",\"msg_to\":"
	         "\"James Maranata\",\"msg\":\" Halo\"}}" END);
	hears_end(w, fd);
	assert_int_equal(w->answers, 1);
	assert_int_equal(w->answer[0].err, WIRE_OK);
	assert_true(w->answer[0].delivered);
	assert_string_equal(w->answer[0].realm, "lama");
	assert_string_equal(w->answer[0].user, "james");
	assert_string_equal(w->answer[0].name, "James Maranata");
	assert_string_equal(state_of(w, NULL), "ready");
	assert_int_equal(w->logged, 0);
	world_free(w);
}

static void
a_name_that_is_none_is_not_taken_over(void **state)
{
	static const char *const answers[] = {
		"{\"status\":\"OK\"}",
		"{\"status\":\"OK\",\"sendback\":[]}",
		"{\"status\":\"OK\",\"sendback\":{\"msg_to\":7}}",
		"{\"status\":\"OK\",\"sendback\":{\"msg_to\":\"\"}}",
		"{\"status\":\"OK\",\"sendback\":{\"msg_to\":\"\\u001b[2J\"}}",
	};
	struct world *w = world_new("127.0.0.1", true);
	int fd, n = sizeof answers / sizeof answers[0];

	(void)state;
	for (int i = 0; i < n; i++) {
		write_letter(w, "james", "Halo");
		fd = asked(w, "server send messi james Halo \r\n");
		says(fd, answers[i]);
		says(fd, END);
		hears_end(w, fd);
		assert_int_equal(w->answer[i].err, WIRE_OK);
		assert_string_equal(w->answer[i].name, "james");
	}
	world_free(w);
}

static void
somebody_who_is_not_there_is_no_user(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	write_letter(w, "james", "Halo");
	fd = asked(w, "server send messi james Halo \r\n");
	says(fd, "{\"status\":\"ERROR\","
	         "\"message\":\"User Tidak Ditemukan\"}" END);
	hears_end(w, fd);
	assert_int_equal(w->answer[0].err, WIRE_NO_SUCH_USER);
	assert_string_equal(state_of(w, NULL), "ready");
	/* A name that cannot be asked for is nobody's. */
	write_letter(w, "james x\r\nserver", "Halo");
	write_letter(w, "", "Halo");
	await(w, w->answers == 3);
	assert_int_equal(w->answer[1].err, WIRE_NO_SUCH_USER);
	assert_int_equal(w->answer[2].err, WIRE_NO_SUCH_USER);
	nobody_connects(w);
	world_free(w);
}

static void
a_text_stays_one_line(void **state)
{
	struct world *w = world_new("127.0.0.1", true);

	(void)state;
	write_letter(w, "james", "a\r\nserver send x james b\tc\x7f\x1b 皆");
	close(asked(w, "server send messi james a  server send x james b c   "
	               "皆 \r\n"));
	await(w, w->answers == 1);
	world_free(w);
}

static void
an_answer_may_come_in_pieces(void **state)
{
	static const char text[] = "{\"status\":\"OK\"}" END;
	struct world *w = world_new("127.0.0.1", true);
	char one[2] = "";
	int fd;

	(void)state;
	write_letter(w, "james", "Halo");
	fd = asked(w, "server send messi james Halo \r\n");
	for (size_t i = 0; i < sizeof text - 1; i++) {
		assert_int_equal(w->answers, 0);
		one[0] = text[i];
		says(fd, one);
		turn(w);
	}
	await(w, w->answers == 1);
	assert_int_equal(w->answer[0].err, WIRE_OK);
	close(fd);
	world_free(w);
}

static void
what_is_no_answer_is_unreachable(void **state)
{
	static const char *const answers[] = {
		"halo" END,
		"[]" END,
		"{}" END,
		"{\"status\":true}" END,
		"{\"status\":\"PENDING\"}" END,
		"{\"status\":\"OK\"" END,
		"{\"status\":\"ERROR\",\"code\":\"denied\"}" END,
		END,
		"",
		"{\"status\":\"OK\"}",
	};
	struct world *w = world_new("127.0.0.1", true);
	int fd, n = sizeof answers / sizeof answers[0];
	const char *error;

	(void)state;
	for (int i = 0; i < n; i++) {
		write_letter(w, "james", "Halo");
		fd = asked(w, "server send messi james Halo \r\n");
		says(fd, answers[i]);
		shutdown(fd, SHUT_WR);
		hears_end(w, fd);
		assert_int_equal(w->answers, i + 1);
		assert_int_equal(w->answer[i].err, WIRE_REALM_UNREACHABLE);
		assert_int_equal(w->logged, i + 1);
		assert_string_equal(state_of(w, &error), "down");
		assert_string_not_equal(error, "");
	}
	world_free(w);
}

static void
an_answer_without_end_is_cut_off(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	char *much = xmalloc(1024);
	long sent = 0;
	int fd;

	(void)state;
	memset(much, 'x', 1024);
	write_letter(w, "james", "Halo");
	fd = asked(w, "server send messi james Halo \r\n");
	while (w->answers == 0) {
		ssize_t n = send(fd, much, 1024, MSG_NOSIGNAL);

		if (n > 0)
			sent += n;
		assert_true(sent < 8 << 20);
		turn(w);
	}
	assert_int_equal(w->answer[0].err, WIRE_REALM_UNREACHABLE);
	assert_true(sent >= LEGACY_ANSWER_MAX);
	free(much);
	close(fd);
	world_free(w);
}

static void
who_cannot_be_reached_is_so_for_all_who_wait(void **state)
{
	struct world *w = world_new("127.0.0.1", false);
	struct peers_link l;
	const char *error;
	int fd;

	(void)state;
	for (int i = 0; i < 3; i++)
		write_letter(w, "james", "Halo");
	await(w, w->answers == 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(w->answer[i].err, WIRE_REALM_UNREACHABLE);
	assert_int_equal(w->logged, 1);
	assert_string_equal(state_of(w, &error), "down");
	assert_string_equal(error, "Connection refused");
	legacy_state(w->legacy, &l);
	assert_int_equal(l.queued, 0);

	assert_int_equal(listen(w->listener, 8), 0);
	write_letter(w, "james", "Halo");
	fd = asked(w, "server send messi james Halo \r\n");
	says(fd, "{\"status\":\"ERROR\"}" END);
	hears_end(w, fd);
	assert_string_equal(state_of(w, &error), "ready");
	assert_string_equal(error, "Connection refused");
	world_free(w);
}

static void
silence_ends_after_ten_seconds(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	write_letter(w, "james", "one");
	write_letter(w, "james", "two");
	fd = asked(w, "server send messi james one \r\n");
	pass_time(w, LEGACY_ANSWER_MS - 2000);
	assert_int_equal(w->answers, 0);
	pass_time(w, 2000);
	await(w, w->answers == 2);
	assert_int_equal(w->answer[0].err, WIRE_REALM_UNREACHABLE);
	assert_int_equal(w->answer[1].err, WIRE_REALM_UNREACHABLE);
	hears_end(w, fd);
	/* An answer to what was given up is nobody's. */
	write_letter(w, "james", "three");
	close(asked(w, "server send messi james three \r\n"));
	await(w, w->answers == 3);
	world_free(w);
}

static void
letters_go_one_after_the_other(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	struct peers_link l;
	int fd;

	(void)state;
	write_letter(w, "james", "one");
	write_letter(w, "nobody", "two");
	write_letter(w, "james", "three");
	legacy_state(w->legacy, &l);
	assert_int_equal(l.queued, 3);
	fd = asked(w, "server send messi james one \r\n");
	nobody_connects(w);
	/* That this one is not understood is nothing to the others. */
	says(fd, "halo" END);
	hears_end(w, fd);
	assert_string_equal(state_of(w, NULL), "down");
	fd = asked(w, "server send messi nobody two \r\n");
	assert_int_equal(w->answers, 1);
	says(fd, "{\"status\":\"ERROR\"}" END);
	close(fd);
	fd = asked(w, "server send messi james three \r\n");
	assert_int_equal(w->answers, 2);
	says(fd, "{\"status\":\"OK\"}" END);
	await(w, w->answers == 3);
	close(fd);
	assert_int_equal(w->answer[0].err, WIRE_REALM_UNREACHABLE);
	assert_int_equal(w->answer[1].err, WIRE_NO_SUCH_USER);
	assert_int_equal(w->answer[2].err, WIRE_OK);
	assert_string_equal(state_of(w, NULL), "ready");
	for (int i = 0; i < 3; i++)
		assert_int_equal(w->answer[i].number, i);
	legacy_state(w->legacy, &l);
	assert_int_equal(l.queued, 0);
	world_free(w);
}

static void
no_more_wait_than_may(void **state)
{
	struct world *w = world_new("127.0.0.1", true);

	(void)state;
	for (int i = 0; i < LEGACY_WAIT_MAX; i++)
		write_letter(w, "james", "Halo");
	write_letter(w, "james", "Halo");
	turn(w);
	await(w, w->answers == 1);
	assert_int_equal(w->answer[0].err, WIRE_BUSY);
	assert_int_equal(w->answer[0].number, LEGACY_WAIT_MAX);
	/* The end answers all that wait, and one that was just refused. */
	write_letter(w, "james", "Halo");
	legacy_free(w->legacy);
	w->legacy = NULL;
	assert_int_equal(w->answers, LEGACY_WAIT_MAX + 2);
	for (int i = 1; i < w->answers; i++)
		assert_int_equal(w->answer[i].err, WIRE_BUSY);
	world_free(w);
}

static void
the_end_answers_one_that_is_under_way(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	int fd;

	(void)state;
	write_letter(w, "james", "Halo");
	fd = asked(w, "server send messi james Halo \r\n");
	legacy_free(w->legacy);
	w->legacy = NULL;
	assert_int_equal(w->answers, 1);
	assert_int_equal(w->answer[0].err, WIRE_BUSY);
	hears_end(w, fd);
	world_free(w);
}

/* ---- addresses -------------------------------------------------------- */

static bool
is_peer(struct world *w, const char *address)
{
	struct sockaddr_storage sa;
	struct sockaddr_in6 *in6 = (void *)&sa;
	struct sockaddr_in *in = (void *)&sa;

	memset(&sa, 0, sizeof sa);
	if (inet_pton(AF_INET, address, &in->sin_addr) == 1) {
		sa.ss_family = AF_INET;
		in->sin_port = htons(40000);
	} else {
		sa.ss_family = AF_INET6;
		in6->sin6_port = htons(40000);
		assert_int_equal(
		    inet_pton(AF_INET6, address, &in6->sin6_addr), 1);
	}
	return legacy_is(w->legacy, &sa);
}

static void
an_address_is_known_at_once(void **state)
{
	struct world *w = world_new("127.0.0.1", true);
	struct sockaddr_storage local = { .ss_family = AF_UNIX };

	(void)state;
	assert_true(is_peer(w, "127.0.0.1"));
	assert_true(is_peer(w, "::ffff:127.0.0.1"));
	assert_false(is_peer(w, "127.0.0.2"));
	assert_false(is_peer(w, "::1"));
	assert_false(is_peer(w, "::7f00:1"));
	assert_false(is_peer(w, "0.0.0.0"));
	assert_false(is_peer(w, "::"));
	assert_false(legacy_is(w->legacy, &local));
	world_free(w);
	w = world_new("2001:db8::5", true);
	assert_true(is_peer(w, "2001:db8::5"));
	assert_false(is_peer(w, "2001:db8::6"));
	world_free(w);
	w = world_new("::ffff:10.0.0.5", true);
	assert_true(is_peer(w, "10.0.0.5"));
	assert_false(is_peer(w, "10.0.0.6"));
	world_free(w);
}

static void
a_name_is_looked_up_again(void **state)
{
	struct world *w;
	const char *error;

	(void)state;
	look_ups = 0;
	peer_address = "10.0.0.5";
	w = world_new("lama.example", true);
	assert_false(is_peer(w, "10.0.0.5"));
	await(w, is_peer(w, "10.0.0.5"));
	assert_int_equal(look_ups, 1);

	peer_address = "10.0.0.6";
	pass_time(w, LEGACY_LOOK_UP_MS - 2000);
	assert_true(is_peer(w, "10.0.0.5"));
	assert_int_equal(look_ups, 1);
	pass_time(w, 2000);
	await(w, is_peer(w, "10.0.0.6"));
	assert_false(is_peer(w, "10.0.0.5"));

	/* No answer takes nothing away, and is not waited long for. */
	peer_address = NULL;
	pass_time(w, LEGACY_LOOK_UP_MS);
	await(w, look_ups == 3 && w->logged == 1);
	assert_true(is_peer(w, "10.0.0.6"));
	state_of(w, &error);
	assert_ptr_equal(strstr(error, "lama.example: "), error);
	peer_address = "10.0.0.7";
	pass_time(w, LEGACY_LOOK_UP_SOON_MS);
	await(w, is_peer(w, "10.0.0.7"));
	assert_int_equal(look_ups, 4);
	world_free(w);
}

static void
a_peer_that_fails_is_looked_up_sooner(void **state)
{
	struct world *w;

	(void)state;
	look_ups = 0;
	peer_address = "127.0.0.1";
	w = world_new("lama.example", false);
	await(w, is_peer(w, "127.0.0.1"));
	write_letter(w, "james", "Halo");
	await(w, w->answers == 1);
	assert_int_equal(look_ups, 2); /* to dial it */
	peer_address = "127.0.0.2";
	pass_time(w, LEGACY_LOOK_UP_SOON_MS);
	await(w, is_peer(w, "127.0.0.2"));
	world_free(w);
}

static void
nobody_is_the_peer_before_its_name_is_known(void **state)
{
	struct world *w;

	(void)state;
	look_ups = 0;
	peer_address = NULL;
	w = world_new("lama.example", true);
	await(w, w->logged == 1);
	assert_false(is_peer(w, "127.0.0.1"));
	assert_false(is_peer(w, "0.0.0.0"));
	assert_false(is_peer(w, "::"));
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_letter_goes_with_the_question),
		cmocka_unit_test(a_name_that_is_none_is_not_taken_over),
		cmocka_unit_test(somebody_who_is_not_there_is_no_user),
		cmocka_unit_test(a_text_stays_one_line),
		cmocka_unit_test(an_answer_may_come_in_pieces),
		cmocka_unit_test(what_is_no_answer_is_unreachable),
		cmocka_unit_test(an_answer_without_end_is_cut_off),
		cmocka_unit_test(who_cannot_be_reached_is_so_for_all_who_wait),
		cmocka_unit_test(silence_ends_after_ten_seconds),
		cmocka_unit_test(letters_go_one_after_the_other),
		cmocka_unit_test(no_more_wait_than_may),
		cmocka_unit_test(the_end_answers_one_that_is_under_way),
		cmocka_unit_test(an_address_is_known_at_once),
		cmocka_unit_test(a_name_is_looked_up_again),
		cmocka_unit_test(a_peer_that_fails_is_looked_up_sooner),
		cmocka_unit_test(nobody_is_the_peer_before_its_name_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
