/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/options.h"

static char file[64];
static char why[OPTIONS_WHY_CAP];

enum { ARGS = 8 };

static enum options_status
read_args(struct options *o, const char *const *words)
{
	char *argv[ARGS + 2], words0[] = "chat-server";
	int argc = 1;
	enum options_status status;

	argv[0] = words0;
	while (argc <= ARGS && words[argc - 1] != NULL) {
		argv[argc] = strdup(words[argc - 1]);
		argc++;
	}
	argv[argc] = NULL;
	status = options_read(o, argc, argv, why);
	while (argc-- > 1)
		free(argv[argc]);
	return status;
}

#define READ(o, ...) \
	read_args(o, (const char *const[ARGS + 1]){ __VA_ARGS__, NULL })

static void
write_file(const char *text)
{
	FILE *f;

	snprintf(file, sizeof file, "/tmp/options_test.%d", (int)getpid());
	f = fopen(file, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
refused(const char *a, const char *b, const char *expect)
{
	struct options o;

	assert_int_equal(READ(&o, a, b), OPTIONS_WRONG);
	if (strstr(why, expect) == NULL)
		fail_msg("'%s' does not say '%s'", why, expect);
	options_release(&o);
}

static void
without_options_the_defaults_hold(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(READ(&o, NULL), OPTIONS_RUN);
	assert_int_equal(o.listen.count, 1);
	assert_string_equal(o.listen.at[0], "localhost:8889");
	assert_int_equal(o.text.count, 1);
	assert_string_equal(o.text.at[0], "localhost:10000");
	assert_true(o.registration_open && o.sync_full);
	assert_int_equal(o.rate, 20);
	assert_int_equal(o.max_per_address, 64);
	assert_int_equal(o.register_rate, 20);
	assert_int_equal(o.idle_minutes, 30);
	assert_int_equal(o.min_password, 0);
	assert_true(wire_name_ok(o.realm, strlen(o.realm)));
	options_release(&o);
}

static void
a_listener_given_replaces_the_default_and_may_repeat(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(
	    READ(&o, "-l", "localhost:1", "--listen=[::1]:2", "-t", "off"),
	    OPTIONS_RUN);
	assert_int_equal(o.listen.count, 2);
	assert_string_equal(o.listen.at[1], "[::1]:2");
	assert_int_equal(o.text.count, 0);
	options_release(&o);
}

static void
a_wrong_value_is_refused_by_name(void **state)
{
	static const char *const bad[][3] = {
		{ "--rate", "+5", "rate" },
		{ "--rate", "0", "rate" },
		{ "--rate", "5x", "rate" },
		{ "--idle", "-1", "idle" },
		{ "--max-per-address", "0", "max-per-address" },
		{ "--register-rate", "on", "register-rate" },
		{ "--idle", "99999999999999999999", "idle" },
		{ "--min-password", "0", "min-password" },
		{ "--sync", "half", "'half'" },
		{ "--registration", "", "registration" },
		{ "--realm", "../x", "realm" },
		{ "--listen", "8889:", "listen" },
		{ "--data", "", "data" },
		{ "--nothing", "x", "unknown option '--nothing'" },
		{ "-Z", "x", "unknown option '-Z'" },
		{ "--tls", "localhost:1", "tls is not part of this version" },
		{ "--link", "a=b:1", "link is not part of this version" },
		{ "word", "--rate=1", "'word' is not an option" },
		{ "--text=off", "--rate", "--rate needs a value" },
		{ "--text=off", "-l", "-l needs a value" },
		{ "--text=off", "--help=x", "--help takes no value" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refused(bad[i][0], bad[i][1], bad[i][2]);
}

static void
what_is_given_wins_over_the_file(void **state)
{
	struct options o;

	(void)state;
	write_file("# ours\n\n  rate = 7 \nidle=5\r\nrealm = medan");
	assert_int_equal(
	    READ(&o, "-c", file, "--rate", "9"), OPTIONS_RUN);
	assert_int_equal(o.rate, 9);
	assert_int_equal(o.idle_minutes, 5);
	assert_string_equal(o.realm, "medan");
	options_release(&o);
	unlink(file);
}

static void
an_error_of_the_file_names_its_line(void **state)
{
	static const char *const bad[][2] = {
		{ "rate = 7\nfoo = 1\n", ":2: unknown name 'foo'" },
		{ "\nrate\n", ":2: not of the form" },
		{ "rate = x\n", ":1: rate: 'x'" },
		{ "config = x\n", ":1: 'config' belongs" },
		{ "tls = localhost:1\n", ":1: tls is not part" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		write_file(bad[i][0]);
		refused("-c", file, bad[i][1]);
	}
	unlink(file);
	refused("-c", file, "No such file");
}

static char noted[128];

static void
note(const char *name)
{
	strncat(noted, name, sizeof noted - strlen(noted) - 2);
	strcat(noted, " ");
}

static void
reading_again_applies_what_may_change_and_names_the_rest(void **state)
{
	struct options o, next;

	(void)state;
	assert_int_equal(READ(&o, "-r", "medan"), OPTIONS_RUN);
	assert_int_equal(READ(&next, "-r", "jakarta", "--rate", "off",
	    "--registration", "closed", "-t", "off"), OPTIONS_RUN);
	options_apply(&o, &next, note);
	assert_int_equal(o.rate, 0);
	assert_false(o.registration_open);
	assert_string_equal(o.realm, "medan");
	assert_string_equal(noted, "text realm ");
	options_release(&o);
	options_release(&next);
}

static bool
count(void *arg, const struct options_account *a)
{
	int *n = arg;

	if (++*n == 2) {
		assert_string_equal(a->name, "henderson");
		assert_string_equal(a->password, "jakarta");
		assert_string_equal(a->real_name, "Jordan Henderson");
	}
	return true;
}

static void
accounts_are_read_and_a_malformed_line_refuses_them_all(void **state)
{
	int n = 0;

	(void)state;
	write_file("# accounts\n\nmessi:surabaya:Lionel Messi\n"
	    "henderson:jakarta:Jordan Henderson\n");
	assert_true(options_read_accounts(file, count, &n, why));
	assert_int_equal(n, 2);
	write_file("messi:surabaya:Lionel Messi\nhenderson:jakarta\n");
	n = 0;
	assert_false(options_read_accounts(file, count, &n, why));
	assert_int_equal(n, 0);
	assert_non_null(strstr(why, ":2: not of the form"));
	unlink(file);
	assert_false(options_read_accounts(file, count, &n, why));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_options_the_defaults_hold),
		cmocka_unit_test(
		    a_listener_given_replaces_the_default_and_may_repeat),
		cmocka_unit_test(a_wrong_value_is_refused_by_name),
		cmocka_unit_test(what_is_given_wins_over_the_file),
		cmocka_unit_test(an_error_of_the_file_names_its_line),
		cmocka_unit_test(
		    reading_again_applies_what_may_change_and_names_the_rest),
		cmocka_unit_test(
		    accounts_are_read_and_a_malformed_line_refuses_them_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
