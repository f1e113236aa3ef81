/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line, the files it names, exit statuses and signals: what
 * scripts and unit files rely on (chat-server(8)).
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
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
#include "tests/lib/datafile.h"
#include "tests/lib/page.h"
#include "tests/lib/server.h"

static char *
file_in(const struct server *s, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", server_folder(s), name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* Runs the server to its refusal; what it said must hold the cause. */
static void
refused(struct server *s, int status, const char *said)
{
	char *text;
	size_t from = server_log_length(s);

	assert_int_equal(server_refuses(s), status);
	text = server_log(s);
	if (strstr(text + from, said) == NULL)
		fail_msg("\"%s\" is not in: %s", said, text + from);
	assert_null(strstr(text + from, "listening on"));
	free(text);
}

/* ---- usage ------------------------------------------------------------ */

static void
version_and_help_are_told_and_end_well(void **state)
{
	static const char *const options[] = { "-v", "--version", "--help",
		NULL };
	char *out;
	int i;

	(void)state;
	for (i = 0; options[i] != NULL; i++) {
		const char *argv[] = { "chat-server", options[i], NULL };

		assert_int_equal(program_run(argv, &out), 0);
		assert_non_null(strstr(out, "chat-server"));
		if (i < 2)
			assert_non_null(strstr(out, CHAT_VERSION));
		else
			assert_non_null(strstr(out, "--registration"));
		free(out);
	}
}

static bool
stands_in(const char *file, const char *words)
{
	char *path = xasprintf("man/%s", file), line[512];
	FILE *f = fopen(path, "r");
	bool found = false;

	assert_non_null(f);
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = strncmp(line, ".It Fl", 6) == 0 &&
		    strstr(line, words) != NULL;
	fclose(f);
	free(path);
	return found;
}

/* In words, and in a table that has what chat-server.conf(5) has. */
static void
every_option_is_told_of_in_the_manual(void **state)
{
	const char *argv[] = { "chat-server", "--help", NULL };
	struct page *page = page_open("chat-server.8");
	struct page *conf = page_open("chat-server.conf.5");
	char *out, *line, *rest, name[64], *first;
	struct page_row row, of_file;
	size_t rows = 0, options = 0;

	(void)state;
	assert_int_equal(program_run(argv, &out), 0);
	for (rest = out; (line = strsep(&rest, "\n")) != NULL;) {
		if ((line = strstr(line, "--")) == NULL ||
		    sscanf(line, "--%63[a-z-]", name) != 1)
			continue;
		options++;
		first = xasprintf("Fl -%s", name);
		if (!stands_in("chat-server.8", first))
			fail_msg("--%s is not told of", name);
		free(first);
	}
	for (; page_row(page, "All options", rows, &row); rows++) {
		assert_int_equal(row.cells, 4);
		assert_string_equal(row.cell[3], "0.1");
		assert_non_null(strstr(row.cell[0], "--"));
		snprintf(name, sizeof(name), "%s",
		    strstr(row.cell[0], "--") + 2);
		if (strcmp(name, "config") == 0 ||
		    strcmp(name, "version") == 0 || strcmp(name, "help") == 0)
			continue;
		page_find_row(conf, "Names", name, &of_file);
		assert_string_equal(row.cell[1], of_file.cell[1]);
		assert_string_equal(row.cell[2], of_file.cell[2]);
	}
	assert_int_equal(rows, options);
	page_close(conf);
	page_close(page);
	free(out);
}

static void
wrong_usage_is_64_and_says_what(void **state)
{
	static const struct {
		const char *name, *value, *said;
	} wrong[] = {
		{ "--frobnicate", NULL, "frobnicate" },
		{ "-Z", NULL, "Z" },
		{ "operand", NULL, "operand" },
		{ "--rate", "-1", "rate" },
		{ "--rate", "fast", "rate" },
		{ "--rate", "5x", "rate" },
		{ "--rate", "99999999999999999999", "rate" },
		{ "--min-password", "x", "min-password" },
		{ "--max-connections", "0x10", "max-connections" },
		{ "--max-connections", "0", "max-connections" },
		{ "--registration", "maybe", "registration" },
		{ "--sync", "sometimes", "sync" },
		{ "--listen", "127.0.0.1", "127.0.0.1" },
		{ "--listen", "127.0.0.1:99999", "99999" },
		{ "--listen", "127.0.0.1:-1", "-1" },
		{ "--listen", "127.0.0.1:x", "127.0.0.1:x" },
		{ "--text", "on", "on" },
		{ "--realm", "", "realm" },
		{ "--realm", "a b/c", "realm" },
		{ "--config", "/nonexistent/conf", "/nonexistent/conf" },
		{ "--accounts", "/nonexistent/accounts",
		    "/nonexistent/accounts" },
		{ "--tls", "127.0.0.1:0", "tls" },
		{ "--link", "x=127.0.0.1:1", "link" },
	};
	struct server *s = server_new();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		server_clear_options(s);
		server_option(s, wrong[i].name, wrong[i].value);
		refused(s, EX_USAGE, wrong[i].said);
	}
	server_clear_options(s);
	server_option(s, "--realm", NULL); /* no value follows */
	refused(s, EX_USAGE, "realm");
}

/* ---- addresses -------------------------------------------------------- */

static void
an_address_that_is_taken_is_69(void **state)
{
	struct server *first = *state, *second = server_new();

	server_option(second, "--listen", server_address(first));
	refused(second, EX_UNAVAILABLE, server_address(first));
}

static void
an_address_of_another_machine_is_69(void **state)
{
	struct server *s = server_new();

	(void)state;
	server_option(s, "--listen", "192.0.2.1:0");
	refused(s, EX_UNAVAILABLE, "192.0.2.1");
	server_clear_options(s);
	server_option(s, "--text", "192.0.2.1:0");
	refused(s, EX_UNAVAILABLE, "192.0.2.1");
}

static void
it_listens_on_every_address_given(void **state)
{
	struct server *s = server_new();
	struct client *a, *b;
	char *text, *second;
	int port;

	(void)state;
	server_option(s, "--listen", "127.0.0.1:0");
	server_start(s);
	text = server_log(s);
	second = strstr(strstr(text, "listening on ") + 1, "listening on ");
	assert_non_null(second);
	assert_non_null(strstr(second, "(command protocol)"));
	assert_int_equal(
	    sscanf(second, "listening on 127.0.0.1:%d (command", &port), 1);
	free(text);
	assert_true(port != server_port(s));
	a = client_watching(s, "messi", "surabaya");
	b = client_try_open(port, 0);
	assert_non_null(b);
	client_login(b, "henderson", "surabaya");
	expect(b, "broadcast - halo", "{'status':'OK'}");
	expect_json(client_event_of(a, "message"), "{'text':'halo'}");
}

static void
text_off_is_no_plain_text(void **state)
{
	struct server *s = server_new();
	char *text;

	(void)state;
	server_without_text(s);
	server_start(s);
	expect(client_open(s), "ping", "{'status':'OK'}");
	text = server_log(s);
	assert_null(strstr(text, "(plain text)"));
	free(text);
}

static void
reachable_from_elsewhere_it_wants_eight_characters(void **state)
{
	struct server *s = server_new();
	struct client *c;

	(void)state;
	server_option(s, "--listen", "0.0.0.0:0");
	server_start(s);
	c = client_open(s);
	expect(c, "register neko 1234567",
	    "{'status':'ERROR','code':'weak-password'}");
	expect(c, "register neko 12345678", "{'status':'OK'}");
}

static void
a_restart_takes_the_same_port_at_once(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	int port = server_port(s);

	server_kill(s);
	server_start(s);
	assert_int_equal(server_port(s), port);
	client_close(c);
	expect(client_open(s), "ping", "{'status':'OK'}");
}

/* ---- the data folder -------------------------------------------------- */

static void
the_data_folder_is_made_for_its_owner_alone(void **state)
{
	struct server *s = *state;
	struct stat st;
	char *db = xasprintf("%s/chat.db", server_data(s));

	assert_int_equal(stat(server_data(s), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(db, &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
	free(db);
}

static void
a_folder_that_cannot_be_made_is_73(void **state)
{
	struct server *s = server_new();
	char *file = file_in(s, "file", "");
	char *below = xasprintf("%s/data", file);

	(void)state;
	server_option(s, "--data", below);
	refused(s, EX_CANTCREAT, below);
	server_clear_options(s);
	server_option(s, "--data", file);
	refused(s, EX_CANTCREAT, file);
	free(below);
	free(file);
}

static void
a_second_server_on_a_folder_is_73_and_the_first_goes_on(void **state)
{
	struct server *first = *state, *second = server_new();
	struct client *c = client_as(first, "messi", "surabaya");

	server_option(second, "--data", server_data(first));
	refused(second, EX_CANTCREAT, server_data(first));
	expect(c, "send - henderson hey", "{'status':'OK'}");
}

static void
a_file_that_is_no_store_is_74_and_stays_as_it_is(void **state)
{
	struct server *s = server_new();
	char *db, got[64] = "";
	FILE *f;

	(void)state;
	assert_int_equal(mkdir(server_data(s), 0700), 0);
	db = file_in(s, "data/chat.db", "this is no data base, honestly\n");
	refused(s, EX_IOERR, "chat.db");
	f = fopen(db, "r");
	assert_non_null(f);
	assert_non_null(fgets(got, sizeof(got), f));
	fclose(f);
	assert_string_equal(got, "this is no data base, honestly\n");
	free(db);
}

static void
a_store_of_a_newer_version_is_74_and_stays_as_it_is(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	int version;

	expect(c, "send - henderson hey", "{'status':'OK'}");
	client_close(c);
	server_stop(s);
	version = datafile_version(s, 1000000);
	refused(s, EX_IOERR, "newer");
	assert_int_equal(datafile_version(s, version), 1000000);
	server_start(s);
	c = client_as(s, "henderson", "surabaya");
	expect(c, "inbox -", "{'messages':{'messi':[{'msg':'hey'}]}}");
}

static void
names_make_no_files_outside_the_data_folder(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	const char *argv[] = { "/bin/sh", "-c",
		"ls -A \"$0\" && ls -A \"$0/data\"", server_folder(s), NULL };
	char *out, *p;

	expect(c, "register con rahasia", "{'status':'OK'}");
	expect(c, "send - con ../../x", "{'status':'OK'}");
	expect(c, "send - ../x hey", "{'status':'ERROR'}");
	assert_int_equal(program_run(argv, &out), 0);
	for (p = strtok(out, "\n"); p != NULL; p = strtok(NULL, "\n"))
		assert_true(strcmp(p, "accounts") == 0 ||
		    strcmp(p, "data") == 0 || strcmp(p, "lock") == 0 ||
		    strncmp(p, "chat.db", 7) == 0);
	free(out);
}

/* It may forget what it answered when the machine loses its power, but not
 * when the program ends. */
static void
with_sync_normal_a_kill_loses_nothing_either(void **state)
{
	static const char *const normal[] = { "--sync", "normal", "--rate",
		"off", NULL };
	struct server *s = server_open(normal);
	struct client *c = client_as(s, "messi", "surabaya");
	json_t *o;
	int i;

	(void)state;
	for (i = 0; i < 200; i++)
		expect(c, "send - henderson hey", "{'status':'OK'}");
	server_kill(s);
	client_close(c);
	server_start(s);
	c = client_as(s, "henderson", "surabaya");
	o = json_object_get(client_ask(c, "unread -"), "unread");
	assert_int_equal(int_of(json_object_get(o, "messi"), "count"), 200);
}

/* ---- the accounts file ------------------------------------------------ */

static void
accounts_that_exist_are_left_alone(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	char *more;

	expect(c, "passwd - surabaya malang", "{'status':'OK'}");
	client_close(c);
	server_stop(s);
	more = file_in(s, "accounts",
	    "# a comment\n"
	    "\n"
	    "messi:surabaya:Somebody Else\n"
	    "neko:a b c:Neko: the cat\n"
	    "noname:rahasia:\r\n");
	server_start(s);
	c = client_open(s);
	expect(c, "auth messi surabaya", "{'message':'Password Salah'}");
	client_login(c, "messi", "malang");
	expect(c, "users -", "{'messages':['messi [Lionel Messi]']}");
	expect(c, "list_user -",
	    "{'list_user':['messi','henderson','lineker','neko','noname']}");
	client_login(c, "noname", "rahasia");
	free(more);
}

static void
an_error_in_the_accounts_file_is_64_with_its_line(void **state)
{
	static const char *const bad[] = { "messi:surabaya:M\n\nneko\n",
		"messi:surabaya:M\n#\n../x:rahasia:X\n",
		"messi:surabaya:M\n#\n:rahasia:X\n",
		"messi:surabaya:M\n#\nneko::X\n",
		"messi:surabaya:M\n#\nneko:rahasia:\x1b[31m\n",
		"messi:surabaya:M\n#\nne\xffko:rahasia:X\n",
		"messi:surabaya:M\n#\nSemua:rahasia:Semua\n", NULL };
	struct server *s = server_new();
	size_t i;

	(void)state;
	for (i = 0; bad[i] != NULL; i++) {
		free(file_in(s, "accounts", bad[i]));
		refused(s, EX_USAGE, "accounts:3");
	}
}

/* Also by default, where one can connect from elsewhere. */
static void
the_shortest_password_binds_the_accounts_file(void **state)
{
	struct server *s = *state;
	struct client *c;

	/* Those that exist are left alone. */
	server_accounts(s, "messi:x:M\n\nneko:1234567:Neko\n");
	server_stop(s);
	server_option(s, "--min-password", "8");
	refused(s, EX_USAGE, "accounts:3: the password is shorter than "
	    "--min-password asks for (8 characters)");
	server_clear_options(s);
	server_option(s, "--listen", "0.0.0.0:0");
	refused(s, EX_USAGE, "accounts:3");
	server_option(s, "--min-password", "7");
	server_start(s);
	c = client_open(s);
	client_login(c, "messi", "surabaya");
	client_login(c, "neko", "1234567");
}

static void
accounts_that_everybody_can_read_are_warned_of(void **state)
{
	struct server *s = *state;
	char *file = file_in(s, "accounts", "");
	char *text;
	size_t from;

	server_stop(s);
	assert_int_equal(chmod(file, 0600), 0);
	from = server_log_length(s);
	server_start(s);
	server_stop(s);
	text = server_log(s);
	assert_null(strstr(text + from, "by everybody"));
	free(text);
	assert_int_equal(chmod(file, 0644), 0);
	from = server_log_length(s);
	server_start(s);
	server_await_log(s, from, "can be read by everybody");
	free(file);
}

/* ---- the configuration file ------------------------------------------- */

static void
the_file_sets_what_the_command_line_does_not(void **state)
{
	struct server *s = server_new();
	char *conf = file_in(s, "conf",
	    "# a comment\n\n"
	    "  registration = closed\n"
	    "min-password=10\r\n"
	    "realm = surabaya\n"
	    "rate = off\n");
	struct client *c;

	(void)state;
	server_option(s, "--config", conf);
	server_option(s, "--realm", "medan");
	server_accounts(s, "messi:surabaya12:Lionel Messi\n");
	server_start(s);
	c = client_open(s);
	expect(c, "hello", "{'realm':'medan','registration':'closed'}");
	client_login(c, "messi", "surabaya12");
	expect(c, "passwd - surabaya12 123456789",
	    "{'status':'ERROR','code':'weak-password'}");
	free(conf);
}

static void
an_error_in_the_file_is_64_with_its_line(void **state)
{
	static const char *const bad[] = { "rate = 5\n\nfrobnicate = 1\n",
		"rate = 5\n\nrate\n", "rate = 5\n\nrate = x\n",
		"rate = 5\n\n= 5\n", "rate = 5\n\nrate 5\n",
		"rate = 5\n\nregistration =\n", "rate = 5\n\nconfig = x\n",
		NULL };
	struct server *s = server_new();
	char *conf;
	size_t i;

	(void)state;
	for (i = 0; bad[i] != NULL; i++) {
		conf = file_in(s, "conf", bad[i]);
		server_clear_options(s);
		server_option(s, "--config", conf);
		refused(s, EX_USAGE, "conf:3");
		free(conf);
	}
}

/* ---- signals ---------------------------------------------------------- */

/* Asks until the answer is as wanted: a signal takes its time. */
static void
await_hello(struct client *c, const char *pattern)
{
	long long until = now_ms() + DEADLINE_MS;

	while (!json_matches(pattern, client_ask(c, "hello")))
		assert_true(now_ms() < until);
}

static void
hup_applies_the_file_and_drops_nobody(void **state)
{
	struct server *s = server_new();
	char *conf = file_in(s, "conf", "registration = open\n");
	struct client *c, *w, *t;

	(void)state;
	server_option(s, "--config", conf);
	server_start(s);
	w = client_watching(s, "messi", "surabaya");
	c = client_as(s, "henderson", "surabaya");
	t = client_open_text(s);
	client_puts(t, "login lineker surabaya\n");
	client_expect_line(t, "Login sukses");
	free(file_in(s, "conf", "registration = closed\nrate = 1\n"));
	server_signal(s, SIGHUP);
	await_hello(c, "{'registration':'closed'}");
	expect(c, "register neko rahasia",
	    "{'status':'ERROR','code':'registration-closed'}");
	expect(c, "broadcast - masih di sini", "{'status':'OK'}");
	client_expect_line(t, "[henderson] masih di sini");
	client_event_of(w, "message");
	/* One that is gone from the file is back at its default. */
	free(file_in(s, "conf", ""));
	server_signal(s, SIGHUP);
	await_hello(c, "{'registration':'open'}");
	expect(c, "register neko rahasia", "{'status':'OK'}");
	free(conf);
}

static void
hup_with_a_broken_file_keeps_what_there_was_and_says_so(void **state)
{
	static const char *const bad[] = { "registration = closed\nrate = x\n",
		"registration = closed\nfrobnicate = 1\n", NULL };
	struct server *s = server_new();
	char *conf = file_in(s, "conf", "registration = open\n");
	struct client *c;
	size_t from, i;

	(void)state;
	server_option(s, "--config", conf);
	server_start(s);
	c = client_as(s, "messi", "surabaya");
	for (i = 0; bad[i] != NULL; i++) {
		free(file_in(s, "conf", bad[i]));
		from = server_log_length(s);
		server_signal(s, SIGHUP);
		server_await_log(s, from, "conf:2");
		expect(c, "hello", "{'registration':'open'}");
	}
	assert_int_equal(unlink(conf), 0);
	from = server_log_length(s);
	server_signal(s, SIGHUP);
	server_await_log(s, from, conf);
	expect(c, "hello", "{'registration':'open'}");
	free(file_in(s, "conf", "registration = closed\n"));
	server_signal(s, SIGHUP);
	await_hello(c, "{'registration':'closed'}");
	free(conf);
}

/* A shell's <(...) is read once; the next time it is empty, which would be
 * all defaults, or nobody writes to it, which would be a wait. */
static void
hup_does_not_read_a_pipe(void **state)
{
	struct server *s = server_new();
	char *conf = file_in(s, "conf", "registration = closed\n");
	struct client *c;
	size_t from;

	(void)state;
	server_option(s, "--config", conf);
	server_start(s);
	c = client_open(s);
	expect(c, "hello", "{'registration':'closed'}");
	assert_int_equal(unlink(conf), 0);
	assert_int_equal(mkfifo(conf, 0600), 0);
	from = server_log_length(s);
	server_signal(s, SIGHUP);
	server_await_log(s, from, "no plain file");
	expect(c, "hello", "{'registration':'closed'}");
	free(conf);
}

static void
hup_without_a_file_does_no_harm(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	int i;

	for (i = 0; i < 20; i++) {
		server_signal(s, SIGHUP);
		expect(c, "ping", "{'status':'OK'}");
	}
}

static void
hup_names_what_needs_a_restart(void **state)
{
	struct server *s = server_new();
	char *conf = file_in(s, "conf", "realm = its\n");
	struct client *c;
	size_t from;

	(void)state;
	server_option(s, "--config", conf);
	server_start(s);
	c = client_open(s);
	free(file_in(s, "conf", "realm = medan\nregistration = closed\n"));
	from = server_log_length(s);
	server_signal(s, SIGHUP);
	server_await_log(s, from, "realm has changed: that needs a restart");
	expect(c, "hello", "{'realm':'its','registration':'closed'}");
	free(conf);
}

static void
options_win_over_the_file_on_hup_too(void **state)
{
	struct server *s = server_new();
	char *conf = file_in(s, "conf", "min-password = 1\n");
	struct client *c;

	(void)state;
	server_option(s, "--config", conf);
	server_option(s, "--registration", "closed");
	server_start(s);
	c = client_open(s);
	free(file_in(s, "conf", "registration = open\nmin-password = 9\n"));
	server_signal(s, SIGHUP);
	client_login(c, "messi", "surabaya");
	while (!json_matches("{'code':'weak-password'}",
	    client_ask(c, "passwd - surabaya surabaya")))
		;
	expect(c, "hello", "{'registration':'closed'}");
	free(conf);
}

static void
term_and_int_end_it_well_with_all_that_was_answered(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT };
	struct server *s = *state;
	struct client *c;
	int i, k, status, answered = 0;
	json_t *o;

	server_stop(s);
	server_option(s, "--rate", "off");
	for (k = 0; k < 2; k++) {
		server_start(s);
		c = client_as(s, "messi", "surabaya");
		for (i = 0; i < 500; i++)
			client_printf(c, "send - henderson %d\r\n", i);
		client_reply(c);
		answered++;
		server_signal(s, signals[k]);
		while ((o = client_try_object(c)) != NULL)
			answered += json_matches("{'status':'OK'}", o);
		status = server_wait(s);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		client_close(c);
	}
	server_start(s);
	c = client_as(s, "henderson", "surabaya");
	o = client_ask(c, "unread -");
	assert_true(int_of(json_object_get(json_object_get(o, "unread"),
			       "messi"),
			"count") >= answered);
}

/* Somebody who takes nothing keeps a server from flushing, for a while. */
static void
term_ends_it_in_time_though_a_client_does_not_read(void **state)
{
	struct server *s = *state;
	struct client *c = client_try_open(server_port(s), 4096);
	int i;

	assert_non_null(c);
	for (i = 0; i < 2000; i++)
		if (client_push(c, "help\r\nhello\r\n", 13) <= 0)
			break;
	expect(client_open(s), "ping", "{'status':'OK'}");
	server_stop(s);
}

static void
a_second_term_ends_it_at_once(void **state)
{
	struct server *s = *state;
	struct client *c = client_as(s, "messi", "surabaya");
	long long begun = now_ms();

	expect(c, "ping", "{'status':'OK'}");
	server_signal(s, SIGTERM);
	server_signal(s, SIGTERM);
	(void)server_wait(s);
	assert_in_range(now_ms() - begun, 0, 5000);
}

static void
ends_well(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Passwords are made one after the other then, which takes a while. */
static void
term_ends_it_while_it_still_makes_accounts(void **state)
{
	struct server *s = server_new();
	struct stat st;
	char *file = file_in(s, "many", "");
	char *db = xasprintf("%s/chat.db", server_data(s));
	char *bin = program_path("chat-server");
	FILE *f = fopen(file, "w");
	int i;
	pid_t pid;

	(void)state;
	assert_non_null(f);
	for (i = 0; i < 2000; i++)
		fprintf(f, "user%d:rahasia:User\n", i);
	assert_int_equal(fclose(f), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		execl(bin, bin, "--data", server_data(s), "--accounts", file,
		    "--listen", "127.0.0.1:0", "--text", "off", (char *)NULL);
		_exit(127);
	}
	while (stat(db, &st) == -1) /* by then it holds its signals back */
		usleep(1000);
	ends_well(pid);
	free(bin);
	free(db);
	free(file);
}

/* ---- standard output -------------------------------------------------- */

/* The child's end of a pipe on one of its standard descriptors. */
static pid_t
start_with(const struct server *s, int as, int fd)
{
	char *bin = program_path("chat-server");
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (fd == -1)
			close(as);
		else
			dup2(fd, as);
		execl(bin, bin, "--data", server_data(s), "--listen",
		    "127.0.0.1:0", "--text", "127.0.0.1:0", (char *)NULL);
		_exit(127);
	}
	free(bin);
	return pid;
}

static int
port_told(FILE *from)
{
	char line[256];
	int port = 0;

	while (port == 0 && fgets(line, sizeof(line), from) != NULL)
		(void)sscanf(line,
		    "listening on 127.0.0.1:%d (command protocol)\n", &port);
	return port;
}

static void
the_listening_lines_are_on_both_outputs(void **state)
{
	static const int both[] = { STDOUT_FILENO, STDERR_FILENO };
	struct server *s = server_new();
	struct client *c;
	FILE *from;
	int i, end[2], port;
	pid_t pid;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(pipe(end), 0);
		pid = start_with(s, both[i], end[1]);
		close(end[1]);
		from = fdopen(end[0], "r");
		assert_non_null(from);
		port = port_told(from);
		assert_true(port > 0);
		c = client_try_open(port, 0);
		assert_non_null(c);
		expect(c, "ping", "{'status':'OK'}");
		client_close(c);
		ends_well(pid);
		fclose(from);
	}
}

/* G2: neither keeps it from serving. */
static void
a_standard_output_that_is_full_or_closed_does_no_harm(void **state)
{
	struct server *s = server_new();
	struct client *c;
	char junk[4096] = { 0 };
	int full[2], told[2], saved, k, port;
	FILE *from;
	pid_t pid;

	(void)state;
	for (k = 0; k < 2; k++) {
		assert_int_equal(pipe2(full, O_NONBLOCK), 0);
		while (write(full[1], junk, sizeof(junk)) > 0)
			;
		assert_int_equal(
		    fcntl(full[1], F_SETFL, 0), 0); /* one that would block */
		assert_int_equal(pipe(told), 0);
		saved = dup(STDERR_FILENO);
		assert_true(dup2(told[1], STDERR_FILENO) != -1);
		pid = start_with(s, STDOUT_FILENO, k == 0 ? full[1] : -1);
		assert_true(dup2(saved, STDERR_FILENO) != -1);
		close(saved);
		close(told[1]);
		from = fdopen(told[0], "r");
		assert_non_null(from);
		port = port_told(from);
		assert_true(port > 0);
		c = client_try_open(port, 0);
		assert_non_null(c);
		expect(c, "ping", "{'status':'OK'}");
		client_close(c);
		ends_well(pid);
		fclose(from);
		close(full[0]);
		close(full[1]);
	}
}

/* ---- the number of connections ---------------------------------------- */

static void
one_connection_too_many_is_told_so(void **state)
{
	static const char *const five[] = { "--max-connections", "5", NULL };
	struct server *s = server_open(five);
	struct client *c[5], *extra;
	long long until = now_ms() + DEADLINE_MS;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		c[i] = client_open(s);
		expect(c[i], "ping", "{'status':'OK'}");
	}
	extra = client_open(s);
	expect_json(client_object(extra),
	    "{'status':'ERROR','code':'too-many-connections'}");
	client_expect_end(extra);
	server_await_log(s, 0, "too many connections");
	expect(c[0], "ping", "{'status':'OK'}");
	client_close(c[4]);
	/* The place is free once the server has seen that. */
	for (;;) {
		extra = client_open(s);
		client_puts(extra, "ping\r\n");
		if (json_matches("{'status':'OK'}", client_object(extra)))
			break;
		client_close(extra);
		assert_true(now_ms() < until);
	}
}

static void
without_a_number_the_descriptors_bound_the_connections(void **state)
{
	enum { FDS = 64, MOST = FDS / 2 };
	struct server *s = server_new();
	struct client *c[MOST], *extra;
	int i;

	(void)state;
	server_limit(s, RLIMIT_NOFILE, FDS);
	server_start(s);
	for (i = 0; i < MOST; i++) {
		c[i] = client_open(s);
		expect(c[i], "ping", "{'status':'OK'}");
	}
	extra = client_open(s);
	expect_json(client_object(extra),
	    "{'status':'ERROR','code':'too-many-connections'}");
}

/* ---- strangers, by address -------------------------------------------- */

/* An address of this machine that is not loopback; false: it has none. */
static bool
own_address(char text[INET_ADDRSTRLEN])
{
	struct ifaddrs *all, *i;
	bool found = false;

	assert_int_equal(getifaddrs(&all), 0);
	for (i = all; i != NULL && !found; i = i->ifa_next) {
		const struct sockaddr_in *in = (const void *)i->ifa_addr;

		found = in != NULL && in->sin_family == AF_INET &&
		    (i->ifa_flags & IFF_UP) != 0 &&
		    (i->ifa_flags & IFF_LOOPBACK) == 0 &&
		    inet_ntop(AF_INET, &in->sin_addr, text,
			INET_ADDRSTRLEN) != NULL;
	}
	freeifaddrs(all);
	return found;
}

static void
an_address_may_hold_so_many_connections_without_login(void **state)
{
	static const char *const few[] = { "--listen", "0.0.0.0:0",
		"--max-per-address", "3", NULL };
	char text[INET_ADDRSTRLEN];
	struct client *c[4], *extra;
	struct server *s;
	int port, i;
	char *log;

	(void)state;
	if (!own_address(text))
		skip();
	s = server_open(few);
	log = server_log(s);
	assert_non_null(strstr(log, "on 0.0.0.0:"));
	port = atoi(strstr(log, "on 0.0.0.0:") + strlen("on 0.0.0.0:"));
	free(log);
	for (i = 0; i < 3; i++) {
		c[i] = client_try_open_at(text, port, 0);
		expect(c[i], "ping", "{'status':'OK'}");
	}
	extra = client_try_open_at(text, port, 0);
	expect_json(client_object(extra),
	    "{'status':'ERROR','code':'too-many-connections'}");
	client_expect_end(extra);
	server_await_log(s, 0, "too many connections: ");
	/* Others are not held up by it, and those who are known not counted. */
	expect(client_open(s), "ping", "{'status':'OK'}");
	client_login(c[0], "messi", "surabaya");
	c[3] = client_try_open_at(text, port, 0);
	expect_json(
	    client_ask(c[3], "list_user %s", client_login(c[1], "messi",
			     "surabaya")),
	    "{'status':'OK'}");
	for (i = 0; i < 2; i++)
		expect(client_try_open_at(text, port, 0), "ping",
		    "{'status':'OK'}");
}

static void
an_address_may_make_so_many_accounts_an_hour(void **state)
{
	static const char *const few[] = { "--listen", "0.0.0.0:0",
		"--register-rate", "2", "--min-password", "3", NULL };
	char text[INET_ADDRSTRLEN];
	struct client *c;
	struct server *s;
	char *log;
	int i;

	(void)state;
	if (!own_address(text))
		skip();
	s = server_open(few);
	log = server_log(s);
	c = client_try_open_at(text,
	    atoi(strstr(log, "on 0.0.0.0:") + strlen("on 0.0.0.0:")), 0);
	free(log);
	/* Those that were refused do not count. */
	for (i = 0; i < 9; i++) {
		expect(c, "register messi rahasia", "{'code':'name-taken'}");
		expect(c, "register neko x", "{'code':'weak-password'}");
	}
	expect(c, "register neko rahasia", "{'status':'OK'}");
	expect(c, "register paff rahasia", "{'status':'OK'}");
	expect(c, "@t register pele rahasia",
	    "{'status':'ERROR','code':'rate-limited','tag':'t',"
	    "'retry_ms':'<id>'}");
	c = client_open(s); /* loopback is not counted */
	for (i = 0; i < 5; i++)
		expect_json(client_ask(c, "register user%d rahasia", i),
		    "{'status':'OK'}");
}

#define ALONE(fn) cmocka_unit_test_teardown(fn, without_server)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ALONE(version_and_help_are_told_and_end_well),
		ALONE(every_option_is_told_of_in_the_manual),
		ALONE(wrong_usage_is_64_and_says_what),
		SERVER_TEST(an_address_that_is_taken_is_69),
		ALONE(an_address_of_another_machine_is_69),
		ALONE(it_listens_on_every_address_given),
		ALONE(text_off_is_no_plain_text),
		ALONE(reachable_from_elsewhere_it_wants_eight_characters),
		SERVER_TEST(a_restart_takes_the_same_port_at_once),
		SERVER_TEST(the_data_folder_is_made_for_its_owner_alone),
		ALONE(a_folder_that_cannot_be_made_is_73),
		SERVER_TEST(
		    a_second_server_on_a_folder_is_73_and_the_first_goes_on),
		ALONE(a_file_that_is_no_store_is_74_and_stays_as_it_is),
		SERVER_TEST(
		    a_store_of_a_newer_version_is_74_and_stays_as_it_is),
		SERVER_TEST(names_make_no_files_outside_the_data_folder),
		ALONE(with_sync_normal_a_kill_loses_nothing_either),
		SERVER_TEST(accounts_that_exist_are_left_alone),
		ALONE(an_error_in_the_accounts_file_is_64_with_its_line),
		SERVER_TEST(the_shortest_password_binds_the_accounts_file),
		ALONE(the_file_sets_what_the_command_line_does_not),
		ALONE(an_error_in_the_file_is_64_with_its_line),
		ALONE(hup_applies_the_file_and_drops_nobody),
		ALONE(hup_with_a_broken_file_keeps_what_there_was_and_says_so),
		ALONE(hup_does_not_read_a_pipe),
		ALONE(hup_names_what_needs_a_restart),
		SERVER_TEST(hup_without_a_file_does_no_harm),
		SERVER_TEST(accounts_that_everybody_can_read_are_warned_of),
		ALONE(options_win_over_the_file_on_hup_too),
		SERVER_TEST(
		    term_and_int_end_it_well_with_all_that_was_answered),
		SERVER_TEST(term_ends_it_in_time_though_a_client_does_not_read),
		SERVER_TEST(a_second_term_ends_it_at_once),
		ALONE(term_ends_it_while_it_still_makes_accounts),
		ALONE(the_listening_lines_are_on_both_outputs),
		ALONE(a_standard_output_that_is_full_or_closed_does_no_harm),
		ALONE(one_connection_too_many_is_told_so),
		ALONE(without_a_number_the_descriptors_bound_the_connections),
		ALONE(an_address_may_hold_so_many_connections_without_login),
		ALONE(an_address_may_make_so_many_accounts_an_hour),
	};

	return cmocka_run_group_tests_name(
	    "options", tests, NULL, clients_cleanup);
}
