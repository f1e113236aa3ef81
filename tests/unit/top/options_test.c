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
	assert_int_equal(o.listen[DIALECT_FRAMED].count, 1);
	assert_string_equal(o.listen[DIALECT_FRAMED].at[0], "localhost:8889");
	assert_int_equal(o.listen[DIALECT_TEXT].count, 1);
	assert_string_equal(o.listen[DIALECT_TEXT].at[0], "localhost:10000");
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
	assert_int_equal(o.listen[DIALECT_FRAMED].count, 2);
	assert_string_equal(o.listen[DIALECT_FRAMED].at[1], "[::1]:2");
	assert_int_equal(o.listen[DIALECT_TEXT].count, 0);
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
		{ "--rate=1", "--tls", "tls is not part of this version" },
		{ "--rate=1", "-s", "tls is not part of this version" },
		{ "--rate=1", "--cert", "cert is not part of this version" },
		{ "--link", "a", "link: 'a' is not of the form NAME=" },
		{ "--link", "../a=b:1,legacy", "link: '../a' is no good" },
		{ "--link", "a=b,legacy", "link: a: 'b' is not of the form" },
		{ "--link", "a=b:1", "a: there must be secret=FILE or" },
		{ "--link", "a=b:1,old", "a: 'old' is neither secret=" },
		{ "--link", "a=b:1,legacy,secret=x", "has no secret" },
		{ "--link", "a=b:1,secret=", "a: the secret's file is not" },
		{ "--link", "a=b:1,secret=/nowhere/x", "a: /nowhere/x: No" },
		{ "--admin", "a@b", "admin: 'a@b' is no good name" },
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
		{ "rate = 7\n\n rate=7\n", ":3: rate stands here twice" },
		{ "idle = 1\n#\nlisten = [::1]:1\nidle = 2\n",
		    ":4: idle stands here twice" },
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

/* Also one that the command line has: the file is wrong all the same. */
static void
what_stands_twice_is_told_although_an_option_wins(void **state)
{
	struct options o;

	(void)state;
	write_file("rate = 7\nrate = 8\n");
	assert_int_equal(
	    READ(&o, "--rate", "9", "-c", file), OPTIONS_WRONG);
	assert_non_null(strstr(why, ":2: rate stands here twice"));
	options_release(&o);
	write_file("listen = [::1]:1\nlisten = [::1]:2\nadmin = a\n"
	    "text = [::1]:3\nadmin = b\ntext = [::1]:4\n");
	assert_int_equal(READ(&o, "-c", file, "--rate", "9", "--rate", "8"),
	    OPTIONS_RUN);
	assert_int_equal(o.rate, 8);
	assert_int_equal(o.listen[DIALECT_FRAMED].count, 2);
	assert_int_equal(o.listen[DIALECT_TEXT].count, 2);
	assert_int_equal(o.admins.count, 2);
	options_release(&o);
	unlink(file);
}

/* On the command line they count from the working folder. */
static void
paths_in_the_file_begin_in_its_folder(void **state)
{
	char secret[64], spec[96];
	struct options o;
	FILE *f;

	(void)state;
	snprintf(secret, sizeof secret, "/tmp/options_test.%d.secret",
	    (int)getpid());
	f = fopen(secret, "w");
	assert_non_null(f);
	fputs("horas", f);
	assert_int_equal(fclose(f), 0);
	snprintf(spec, sizeof spec, "data = var/chat\naccounts = ../class\n"
	    "link = medan=b:1,secret=%s\n", strrchr(secret, '/') + 1);
	write_file(spec);
	assert_int_equal(READ(&o, "-c", file, "-r", "its"), OPTIONS_RUN);
	assert_string_equal(o.data, "/tmp/var/chat");
	assert_string_equal(o.accounts, "/tmp/../class");
	assert_string_equal(o.links.at[0].file, secret);
	assert_string_equal(o.links.at[0].secret, "horas");
	options_release(&o);
	assert_int_equal(READ(&o, "-c", file, "-r", "its", "-d", "data", "-a",
	    "class"), OPTIONS_RUN);
	assert_string_equal(o.data, "data");
	assert_string_equal(o.accounts, "class");
	options_release(&o);
	write_file("data = /var/x\n");
	assert_int_equal(READ(&o, "-c", file), OPTIONS_RUN);
	assert_string_equal(o.data, "/var/x");
	options_release(&o);
	unlink(secret);
	unlink(file);
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

static void
a_link_has_the_secret_that_its_file_holds(void **state)
{
	struct options o;
	char spec[96];

	(void)state;
	write_file(" batak raya \t\r\n\n");
	snprintf(spec, sizeof spec, "medan=[::1]:8889,secret=%s", file);
	assert_int_equal(READ(&o, "-r", "its", "-L", spec, "--link",
	    "lama=tua.example:1,legacy"), OPTIONS_RUN);
	assert_int_equal(o.links.count, 2);
	assert_string_equal(o.links.at[0].name, "medan");
	assert_string_equal(o.links.at[0].host, "::1");
	assert_string_equal(o.links.at[0].port, "8889");
	assert_string_equal(o.links.at[0].secret, " batak raya");
	assert_int_equal(o.links.at[0].secret_len, 11);
	assert_string_equal(o.links.at[0].file, file);
	assert_false(o.links.at[0].legacy);
	assert_true(o.links.at[1].legacy);
	assert_null(o.links.at[1].secret);
	options_release(&o);
	unlink(file);
}

static void
a_file_without_a_secret_is_refused(void **state)
{
	char spec[96];

	(void)state;
	write_file(" \n\t\r\n");
	snprintf(spec, sizeof spec, "medan=b:1,secret=%s", file);
	refused("-L", spec, "the secret is empty");
	unlink(file);
}

static void
a_file_of_4096_bytes_is_a_secret_and_one_more_is_not(void **state)
{
	char text[REALM_SECRET_MAX + 2], spec[96];
	struct options o;

	(void)state;
	memset(text, 'x', sizeof text);
	text[REALM_SECRET_MAX] = '\0';
	write_file(text);
	snprintf(spec, sizeof spec, "medan=b:1,secret=%s", file);
	assert_int_equal(READ(&o, "-r", "its", "-L", spec), OPTIONS_RUN);
	assert_int_equal(o.links.at[0].secret_len, REALM_SECRET_MAX);
	options_release(&o);
	text[REALM_SECRET_MAX] = 'x';
	text[REALM_SECRET_MAX + 1] = '\0';
	write_file(text);
	refused("-L", spec, "the file is too large");
	unlink(file);
}

static void
links_to_oneself_and_twice_to_one_realm_are_refused(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(READ(&o, "-L", "ITS=b:1,legacy", "-r", "its"),
	    OPTIONS_WRONG);
	assert_string_equal(why, "link: ITS is this realm's own name");
	options_release(&o);
	assert_int_equal(READ(&o, "-L", "medan=b:1,legacy", "-r", "its", "-L",
	    "Medan=c:1,legacy"), OPTIONS_WRONG);
	assert_string_equal(why, "link: Medan is linked twice");
	options_release(&o);
}

static void
more_links_than_there_may_be_are_refused(void **state)
{
	static char text[REALMS_MAX * 40 + 64];
	size_t n = 0;

	(void)state;
	for (int i = 0; i <= REALMS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
		    "link = r%d=b:1,legacy\n", i);
	write_file(text);
	refused("-c", file, ":65: link: more than 64 of them");
	unlink(file);
}

static void
administrators_are_read_again_and_links_need_a_restart(void **state)
{
	struct options o, next;

	(void)state;
	noted[0] = '\0';
	assert_int_equal(READ(&o, "-r", "its", "--admin", "messi", "--admin",
	    "henderson", "-L", "a=b:1,legacy"), OPTIONS_RUN);
	assert_int_equal(o.admins.count, 2);
	assert_string_equal(o.admins.at[1], "henderson");
	assert_int_equal(READ(&next, "-r", "its", "--admin", "lineker", "-L",
	    "a=b:2,legacy"), OPTIONS_RUN);
	options_apply(&o, &next, note);
	options_release(&next);
	assert_int_equal(o.admins.count, 1);
	assert_string_equal(o.admins.at[0], "lineker");
	assert_string_equal(o.links.at[0].port, "1");
	assert_string_equal(noted, "link ");
	options_release(&o);
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
	assert_true(options_read_accounts(file, NULL, count, &n, why));
	assert_int_equal(n, 2);
	write_file("messi:surabaya:Lionel Messi\nhenderson:jakarta\n");
	n = 0;
	assert_false(options_read_accounts(file, NULL, count, &n, why));
	assert_int_equal(n, 0);
	assert_non_null(strstr(why, ":2: not of the form"));
	unlink(file);
	assert_false(options_read_accounts(file, NULL, count, &n, why));
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
		    what_stands_twice_is_told_although_an_option_wins),
		cmocka_unit_test(paths_in_the_file_begin_in_its_folder),
		cmocka_unit_test(
		    reading_again_applies_what_may_change_and_names_the_rest),
		cmocka_unit_test(
		    a_link_has_the_secret_that_its_file_holds),
		cmocka_unit_test(a_file_without_a_secret_is_refused),
		cmocka_unit_test(
		    a_file_of_4096_bytes_is_a_secret_and_one_more_is_not),
		cmocka_unit_test(
		    links_to_oneself_and_twice_to_one_realm_are_refused),
		cmocka_unit_test(more_links_than_there_may_be_are_refused),
		cmocka_unit_test(
		    administrators_are_read_again_and_links_need_a_restart),
		cmocka_unit_test(
		    accounts_are_read_and_a_malformed_line_refuses_them_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
