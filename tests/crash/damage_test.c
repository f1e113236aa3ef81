/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that are not as the server left them: a log whose tail is torn (a
 * power cut), a byte that has flipped.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

enum { FIRST = 50, ALL = 150, CUTS = 16, FLIPS = 24 };

/* ---- files ------------------------------------------------------------ */

static char *
read_whole(const struct server *s, const char *name, size_t *n)
{
	char *path = xasprintf("%s/%s", server_data(s), name), *bytes;
	struct stat st;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	*n = (size_t)st.st_size;
	bytes = xmalloc(*n + 1);
	assert_int_equal(fread(bytes, 1, *n, f), *n);
	fclose(f);
	free(path);
	return bytes;
}

/* The data folder holds these two and nothing else of the store. */
static void
restore(const struct server *s, const char *db, size_t db_len,
    const char *wal, size_t wal_len)
{
	static const char *const names[] = { "chat.db", "chat.db-wal",
		"chat.db-shm" };
	const char *bytes[] = { db, wal, NULL };
	size_t len[] = { db_len, wal_len, 0 }, i;
	char *path;
	FILE *f;

	for (i = 0; i < 3; i++) {
		path = xasprintf("%s/%s", server_data(s), names[i]);
		(void)unlink(path);
		if (bytes[i] != NULL) {
			f = fopen(path, "w");
			assert_non_null(f);
			assert_int_equal(
			    fwrite(bytes[i], 1, len[i], f), len[i]);
			assert_int_equal(fclose(f), 0);
		}
		free(path);
	}
}

/* ---- messages --------------------------------------------------------- */

static void
send_numbers(struct client *c, int first, int behind)
{
	int i;

	for (i = first; i < behind; i++)
		expect_json(client_ask(c, "send - henderson %d", i),
		    "{'status':'OK'}");
}

/* How many there are; they must be 0, 1, 2, ... */
static int
count_numbers(struct client *c)
{
	json_t *o = client_ask(c, "history - messi limit=200"), *page;
	size_t i;

	expect_json(o, "{'status':'OK','more':false}");
	page = json_object_get(o, "messages");
	for (i = 0; i < json_array_size(page); i++)
		assert_int_equal(
		    atoi(str_of(json_array_get(page, i), "text")), (int)i);
	return (int)i;
}

/* ---- tests ------------------------------------------------------------ */

static void
a_torn_log_costs_its_tail_and_nothing_before(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	char *db, *wal;
	size_t db_len, wal_len, cut;
	int i, count, before = FIRST;

	/* These are in chat.db itself, for a clean end puts them there. */
	send_numbers(c, 0, FIRST);
	client_close(c);
	server_stop(s);
	server_start(s);
	c = client_as(s, "messi", "surabaya");
	send_numbers(c, FIRST, ALL);
	client_close(c);
	server_kill(s);
	db = read_whole(s, "chat.db", &db_len);
	wal = read_whole(s, "chat.db-wal", &wal_len);
	assert_true(wal_len > 0);
	for (i = 0; i <= CUTS; i++) {
		cut = wal_len / CUTS * (size_t)i;
		if (i == CUTS)
			cut = wal_len;
		else if (i % 2 == 1)
			cut += (size_t)i * 7;
		restore(s, db, db_len, wal, cut);
		server_start(s);
		c = client_as(s, "henderson", "surabaya");
		count = count_numbers(c);
		/* More of the log is more of the messages. */
		assert_in_range(count, before, ALL);
		before = count;
		client_close(c);
		c = client_as(s, "messi", "surabaya");
		send_numbers(c, count, count + 2);
		client_close(c);
		server_kill(s);
	}
	assert_int_equal(before, ALL);
	free(db);
	free(wal);
}

static void
rubbish_in_the_log_is_not_taken_for_messages(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	char *db, *wal;
	size_t db_len, wal_len, i;
	int count;

	send_numbers(c, 0, FIRST);
	client_close(c);
	server_stop(s);
	server_start(s);
	c = client_as(s, "messi", "surabaya");
	send_numbers(c, FIRST, ALL);
	client_close(c);
	server_kill(s);
	db = read_whole(s, "chat.db", &db_len);
	wal = read_whole(s, "chat.db-wal", &wal_len);
	for (i = wal_len / 2; i < wal_len; i++)
		wal[i] = (char)(i * 31);
	restore(s, db, db_len, wal, wal_len);
	server_start(s);
	count = count_numbers(client_as(s, "henderson", "surabaya"));
	assert_in_range(count, FIRST, ALL - 1);
	free(db);
	free(wal);
}

/* Asks for all that touches the store; each must be answered somehow. */
static void
use_everything(struct server *s)
{
	static const char *const requests[] = { "auth messi surabaya",
		"history - henderson limit=200", "search - x", "inbox -",
		"unread -", "send - henderson after", "broadcast - after",
		"read - henderson 1", "watch - 0", "who -", "list_user -",
		"passwd - surabaya surabaya", "register baru rahasia",
		"logout -", "ping", NULL };
	struct client *c = client_open(s);
	json_t *o = NULL;
	size_t i;

	for (i = 0; requests[i] != NULL; i++)
		o = expect(c, requests[i], "{'status':'<string>'}");
	expect_json(o, "{'status':'OK'}");
	client_close(c);
}

static void
a_flipped_byte_is_refused_or_survived(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	char *db;
	size_t db_len, at;
	unsigned lot = 12345;
	int i, status, refused = 0;

	send_numbers(c, 0, ALL);
	client_close(c);
	server_stop(s);
	db = read_whole(s, "chat.db", &db_len);
	for (i = 0; i < FLIPS; i++) {
		lot = lot * 1664525u + 1013904223u;
		/* The first few hit the header and the schema. */
		at = i < 6 ? (size_t)i * 17 : lot % db_len;
		db[at] = (char)(db[at] ^ 0x55);
		restore(s, db, db_len, NULL, 0);
		db[at] = (char)(db[at] ^ 0x55);
		if (!server_try_start(s, &status)) {
			assert_true(WIFEXITED(status));
			assert_in_range(
			    WEXITSTATUS(status), EX_CANTCREAT, EX_IOERR);
			refused++;
			continue;
		}
		use_everything(s);
		server_signal(s, SIGTERM);
		status = server_wait(s);
		server_check_clean(s);
		assert_true(WIFEXITED(status));
	}
	assert_true(refused > 0); /* else it did not even look */
	restore(s, db, db_len, NULL, 0);
	free(db);
	server_start(s);
	assert_int_equal(
	    count_numbers(client_as(s, "henderson", "surabaya")), ALL);
}

static void
a_file_cut_short_is_refused_or_survived(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	size_t db_len, i;
	int status;
	char *db;

	send_numbers(c, 0, ALL);
	client_close(c);
	server_stop(s);
	db = read_whole(s, "chat.db", &db_len);
	for (i = 1; i < 8; i++) {
		restore(s, db, db_len * i / 8 + i, NULL, 0);
		if (!server_try_start(s, &status)) {
			assert_true(WIFEXITED(status));
			assert_in_range(
			    WEXITSTATUS(status), EX_CANTCREAT, EX_IOERR);
			continue;
		}
		use_everything(s);
		server_signal(s, SIGTERM);
		status = server_wait(s);
		server_check_clean(s);
		assert_true(WIFEXITED(status));
	}
	free(db);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		FAST_TEST(a_torn_log_costs_its_tail_and_nothing_before),
		FAST_TEST(rubbish_in_the_log_is_not_taken_for_messages),
		FAST_TEST(a_flipped_byte_is_refused_or_survived),
		FAST_TEST(a_file_cut_short_is_refused_or_survived),
	};

	return cmocka_run_group_tests_name(
	    "damage", tests, NULL, clients_cleanup);
}
