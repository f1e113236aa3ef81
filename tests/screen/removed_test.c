/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Thrown off the server: whoever it happens to reads who did it, what it was
 * and why, in their own language, and nothing that sounds like a mishap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

#define OK "{'status':'OK'}"

static struct server *
open_server(struct client **admin)
{
	static const char *const options[] = { "--admin", "messi",
		"--rate", "off", NULL };
	struct server *s = server_open(options);

	*admin = client_as(s, "messi", "surabaya");
	return s;
}

/* henderson at chat-tui; option and env: one more each, or NULL. */
static struct term *
henderson(const struct server *s, const char *option, const char *env,
    int rows, int cols)
{
	const char *const more[] = { "CHAT_PASSWORD=surabaya", env, NULL };
	const struct term_options o = { .rows = rows, .cols = cols,
		.env = more };
	char *where = xasprintf("henderson@%s", server_address(s));
	const char *const argv[] = { "chat-tui", where, option, NULL };
	struct term *t = term_open(&o, argv);

	free(where);
	return t;
}

/* Until it is told what happens: what is said is shown there. */
static void
await_watch(struct client *admin, struct term *t, const char *word)
{
	long long until = now_ms() + DEADLINE_MS;

	do {
		assert_true(now_ms() < until);
		expect_json(client_ask(admin, "broadcast - %s", word), OK);
		term_take(t);
	} while (!term_shows(t, word));
}

static void
nothing_misleads(struct term *t)
{
	static const char *const wrong[] = { "any more", "lagi",
		"connection", "koneksi", "sambungan" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (term_shows(t, wrong[i]))
			term_fail(t, wrong[i]);
}

static void
a_kick_says_who_and_why(void **state)
{
	struct client *a;
	struct server *s = open_server(&a);
	struct term *t = henderson(s, NULL, NULL, 24, 80);

	(void)state;
	term_await_row(t, 0, "online");
	expect(a, "kick - * henderson terlalu ramai", OK);
	term_await(t, "you were kicked off the server by messi: terlalu ramai");
	nothing_misleads(t);
	/* A kick is no ban. */
	term_type(t, "surabaya\r");
	term_await_row(t, 0, "online");
	term_await_gone(t, "you were kicked off");
}

static void
a_ban_without_a_reason_says_who(void **state)
{
	struct client *a;
	struct server *s = open_server(&a);
	struct term *t = henderson(s, NULL, NULL, 12, 40);
	int row;

	(void)state;
	term_await_row(t, 0, "online");
	expect(a, "ban - * henderson", OK);
	row = term_row_of(t, "you were banned from the server by");
	term_await_row_is(t, row + 1, " messi");
	nothing_misleads(t);
	term_type(t, "surabaya\r");
	term_await(t, "you are banned");
}

static void
it_is_said_in_the_persons_language(void **state)
{
	static const char *const options[] = { NULL, "--plain" };
	struct client *a;
	struct server *s = open_server(&a);
	struct term *t;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		t = henderson(s, options[i], "LANGUAGE=id", 24, 80);
		await_watch(a, t, "siap");
		expect(a, "kick - * henderson sampai besok", OK);
		term_await(t,
		    "Anda dikeluarkan dari server oleh messi: sampai besok");
		nothing_misleads(t);
		term_close(t);
	}
	t = henderson(s, NULL, "LANGUAGE=id", 24, 80);
	term_await(t, "daring");
	expect(a, "ban - * henderson", OK);
	term_await(t, "Anda dicekal dari server oleh messi");
	nothing_misleads(t);
}

/* Of 512 bytes: as much as there is room for, and a sign of the rest; nothing
 * of it is obeyed. */
static void
a_long_reason_is_shown_as_far_as_it_goes(void **state)
{
	static const int rows[] = { 24, 12 }, cols[] = { 80, 40 };
	char reason[512];
	struct client *a;
	struct server *s = open_server(&a);
	struct term *t;
	int row, col;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(reason); i++)
		reason[i] = i % 8 == 7 ? ' ' : 'x';
	memcpy(reason, "\033[2Jawal", 8);
	memcpy(reason + sizeof(reason) - 6, "akhir", 6);
	for (size_t i = 0; i < 2; i++) {
		t = henderson(s, NULL, NULL, rows[i], cols[i]);
		term_await_row(t, 0, "online");
		expect_json(client_ask(a, "kick - * henderson %s", reason), OK);
		term_await(t, "you were kicked off the server by");
		term_await(t, "[2Jawal");
		if (rows[i] == 24)
			term_await(t, "akhir");
		else
			assert_true(term_find(t, "x…", &row, &col));
		term_await(t, "Password");
		term_close(t);
	}
}

static void
plain_lines_say_it_too(void **state)
{
	struct client *a;
	struct server *s = open_server(&a);
	struct term *t = henderson(s, "--plain", NULL, 24, 80);

	(void)state;
	await_watch(a, t, "siap");
	expect(a, "kick - * henderson terlalu ramai", OK);
	term_await(t,
	    "-- you were kicked off the server by messi: terlalu ramai");
	term_await_row(t, term_row_of(t, "-- you were kicked") + 1,
	    "Name [henderson]:");
	nothing_misleads(t);
	term_type(t, "login henderson surabaya\r");
	await_watch(a, t, "kembali");
}

static void
a_script_ends_with_it(void **state)
{
	static const char *const how[] = { "--plain", "--follow" };
	const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const struct term_options o = { .env = env };
	char *path = program_path("chat-tui");
	struct client *a;
	struct server *s = open_server(&a);
	char *where = xasprintf("henderson@%s", server_address(s));
	struct term *t;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *const argv[] = { "/bin/sh", "-c",
			"cat | \"$0\" --no-remember $2 \"$1\"; "
			"echo \"status $?\"",
			path, where, how[i], NULL };

		t = term_open(&o, argv);
		await_watch(a, t, "siap");
		expect(a, "kick - * henderson terlalu ramai", OK);
		term_await(t, "chat-tui: you were kicked off the server by "
		    "messi: terlalu ramai");
		nothing_misleads(t);
		term_type(t, "\004");
		term_await(t, "status 77");
	}
	free(where);
	free(path);
}

#define T(f) cmocka_unit_test_teardown(f, people_cleanup)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(a_kick_says_who_and_why),
		T(a_ban_without_a_reason_says_who),
		T(it_is_said_in_the_persons_language),
		T(a_long_reason_is_shown_as_far_as_it_goes),
		T(plain_lines_say_it_too),
		T(a_script_ends_with_it),
	};

	return cmocka_run_group_tests_name(
	    "removed", tests, NULL, people_cleanup);
}
