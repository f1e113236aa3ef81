/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each kind of row takes, and what is said of what it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/config.h"
#include "shared/wire.h"

struct fields {
	bool quiet, open;
	int64_t rate;
	int level;
	char *motto, *file;
	char realm[WIRE_NAME_CAP];
	struct config_list admins, listen;
	char pair[64];
	char *config;
};

static bool
set_pair(struct config *c, const struct config_row *row, const char *one)
{
	struct fields *f = c->to;
	const char *two = config_argument(c);

	if (two == NULL)
		return config_wrong(c, "%s takes two words", row->name);
	snprintf(f->pair, sizeof f->pair, "%s %s", one, two);
	return true;
}

#define FIELD(name) .field = offsetof(struct fields, name)

static const struct config_row rows[] = {
	{ "quiet", 'q', CONFIG_FLAG, CONFIG_LIVE, NULL, FIELD(quiet),
	    .help = "say nothing" },
	{ "registration", 0, CONFIG_EITHER, CONFIG_LIVE, "open|closed",
	    FIELD(open), .normal = "open", .help = "may anybody register?" },
	{ "rate", 'r', CONFIG_NUMBER, 0, "N|off", FIELD(rate), 2, 9, "5",
	    .help = "messages a second from one and the same user, whoever" },
	{ "level", 0, CONFIG_WORD, CONFIG_LIVE, "low|middling|high",
	    FIELD(level), .normal = "high", .help = "how high" },
	{ "motto", 0, CONFIG_TEXT, CONFIG_LIVE, "TEXT", FIELD(motto),
	    .help = "any text" },
	{ "file", 'f', CONFIG_PATH, 0, "FILE", FIELD(file), .help = "a file" },
	{ "realm", 0, CONFIG_NAME, CONFIG_LIVE, "NAME", FIELD(realm),
	    .without = "the host's", .help = "its name" },
	{ "admin", 0, CONFIG_NAMES, CONFIG_LIVE, "NAME", FIELD(admins),
	    .most = 2, .help = "one who may do all" },
	{ "listen", 'l', CONFIG_ADDRESSES, 0, "ADDR:PORT|off", FIELD(listen),
	    .most = 2, .normal = "localhost:1", .help = "where" },
	{ "pair", 0, CONFIG_CALL, CONFIG_ONLY, "A B", FIELD(pair),
	    .set = set_pair, .help = "two words" },
	{ "tls", 's', CONFIG_LATER, 0, "ADDR:PORT", .help = "" },
	{ "config", 'c', CONFIG_PATH, CONFIG_ONLY, "FILE", FIELD(config),
	    .help = "a file of the same names" },
	{ "help", 0, CONFIG_STOP, CONFIG_ONLY, .help = "print this" },
};

static const struct config_table table = {
	rows, sizeof rows / sizeof rows[0]
};

static char why[256];
static char folder[] = "/tmp/config_test.XXXXXX", file[64];

static bool
read_words(struct fields *f, struct config *c, const char *const *words)
{
	char *argv[9] = { NULL }, program[] = "program";
	int argc = 1;
	bool ok;

	*c = (struct config){
		.table = &table, .to = f, .why = why, .why_cap = sizeof why
	};
	*f = (struct fields){ 0 };
	argv[0] = program;
	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = strdup(words[argc - 1]);
	ok = config_arguments(c, argc, argv) && (f->config == NULL ||
	    config_file(c, f->config)) && config_defaults(c);
	while (argc-- > 1)
		free(argv[argc]);
	return ok;
}

#define READ(f, c, ...) \
	read_words(f, c, (const char *const[8]){ __VA_ARGS__, NULL })

static void
put(const char *text, size_t n)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void
each_kind_sets_its_field(void **state)
{
	struct fields f;
	struct config c;

	(void)state;
	assert_true(READ(&f, &c, "-q", "--reg=closed", "-r9", "--motto", "",
	    "-lb:1", "operand"));
	assert_true(f.quiet);
	assert_false(f.open);
	assert_int_equal(f.rate, 9);
	assert_string_equal(f.motto, "");
	assert_int_equal(f.listen.count, 1);
	assert_string_equal(f.listen.at[0], "b:1");
	assert_int_equal(c.next, 7);
	config_release(&table, &f);
	assert_true(READ(&f, &c, "--pair", "horas", "bah", "--rate=off"));
	assert_int_equal(f.level, 2);
	assert_string_equal(f.pair, "horas bah");
	assert_int_equal(f.rate, 0);
	assert_true(f.open);
	assert_string_equal(f.listen.at[0], "localhost:1");
	config_release(&table, &f);
	assert_true(READ(&f, &c, "--listen", "b:1", "--listen", "off"));
	assert_int_equal(f.listen.count, 0);
	config_release(&table, &f);
	assert_true(READ(&f, &c, "--help", "--nonsense"));
	assert_string_equal(c.stop->name, "help");
	config_release(&table, &f);
}

static void
what_a_row_does_not_take_is_told(void **state)
{
	static const struct {
		const char *words[3], *why;
	} bad[] = {
		{ { "--rate", "1" }, "rate: '1' is not a number from 2 to 9" },
		{ { "--rate=10" }, "rate: '10' is not a number from 2 to 9" },
		{ { "--registration=on" },
		    "registration: 'on' is neither 'open' nor 'closed'" },
		{ { "--level=lo" }, "level: 'lo' is none of low|middling|high" },
		{ { "--realm", "a b" }, "realm: 'a b' is no good name" },
		{ { "--file=" }, "file: the name is empty" },
		{ { "-l", "x" }, "listen: 'x' is not of the form ADDR:PORT" },
		{ { "--pair", "x" }, "pair takes two words" },
		{ { "--quiet=x" }, "--quiet takes no value" },
		{ { "--rate" }, "--rate needs a value" },
		{ { "-r" }, "-r needs a value" },
		{ { "--re=1" },
		    "several options begin with '--re' (see --help)" },
		{ { "--nothing=1" },
		    "unknown option '--nothing' (see --help)" },
		{ { "-Zoo", "x" }, "unknown option '-Zoo' (see --help)" },
		{ { "-qZ" }, "unknown option '-qZ' (see --help)" },
		{ { "-s" }, "tls is not part of this version" },
	};
	struct fields f;
	struct config c;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(read_words(&f, &c, bad[i].words));
		assert_string_equal(why, bad[i].why);
		config_release(&table, &f);
	}
}

static void
a_file_has_the_same_rows(void **state)
{
	static const char text[] = "\xef\xbb\xbfquiet = yes\r\n # no\n"
	    "file=x/y\nadmin = a\nadmin = b\nrate = 3\nmotto = a # b = c";
	struct fields f;
	struct config c;
	char path[96];

	(void)state;
	put(text, strlen(text));
	assert_true(READ(&f, &c, "-r", "4", "-c", file));
	assert_true(f.quiet);
	snprintf(path, sizeof path, "%s/x/y", folder);
	assert_string_equal(f.file, path);
	assert_int_equal(f.admins.count, 2);
	assert_int_equal(f.rate, 4);
	assert_string_equal(f.motto, "a # b = c");
	config_release(&table, &f);
}

static void
a_wrong_line_is_told_by_its_number(void **state)
{
	static const char nul[] = "rate = 3\nmotto = a\0b\n";
	static const char *const bad[][2] = {
		{ "quiet = on\n", ":1: quiet: 'on' is neither 'yes' nor 'no'" },
		{ "\nhelp = yes", ":2: 'help' belongs on the command line" },
		{ "rate = 3\nrate = 3", ":2: rate stands here twice" },
		{ "admin=a\nadmin=b\nadmin=c\n",
		    ":3: admin: more than 2 of them" },
	};
	struct fields f;
	struct config c;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		put(bad[i][0], strlen(bad[i][0]));
		assert_false(READ(&f, &c, "-c", file));
		assert_string_equal(why + strlen(file), bad[i][1]);
		config_release(&table, &f);
	}
	put(nul, sizeof nul - 1);
	assert_false(READ(&f, &c, "-c", file));
	assert_string_equal(why + strlen(file), ":2: a NUL byte is in it");
	config_release(&table, &f);
	assert_false(READ(&f, &c, "-c", "/nowhere/x"));
	assert_string_equal(why, "/nowhere/x: No such file or directory");
	config_release(&table, &f);
}

static char noted[64];

static void
note(const char *name)
{
	snprintf(noted + strlen(noted), sizeof noted - strlen(noted), "%s ",
	    name);
}

static void
what_is_live_is_taken_over_and_the_rest_is_noted(void **state)
{
	struct fields f, next;
	struct config c;

	(void)state;
	assert_true(READ(&f, &c, "--motto=x", "--admin=a", "--file=x"));
	assert_true(READ(&next, &c, "-q", "--realm=its", "--admin=b",
	    "--admin=c", "--rate=off", "-lb:1", "--level=low"));
	config_apply(&table, &f, &next, note);
	assert_string_equal(noted, "rate file listen ");
	assert_true(f.quiet);
	assert_int_equal(f.level, 0);
	assert_null(f.motto);
	assert_string_equal(f.realm, "its");
	assert_int_equal(f.admins.count, 2);
	assert_string_equal(f.admins.at[1], "c");
	assert_int_equal(f.rate, 5);
	config_release(&table, &f);
	config_release(&table, &next);
}

static void
a_word_is_found_whole(void **state)
{
	(void)state;
	assert_int_equal(config_word("auto dark light", "light"), 2);
	assert_int_equal(config_word("open|closed", "closed"), 1);
	assert_int_equal(config_word("open|closed", "close"), -1);
	assert_int_equal(config_word("open|closed", "open|closed"), -1);
	assert_int_equal(config_word("open|closed", ""), -1);
}

static void
a_file_of_as_many_bytes_as_may_be_is_read(void **state)
{
	char *text;
	size_t n;

	(void)state;
	put("12345", 5);
	assert_null(config_slurp(file, 4, &n));
	assert_int_equal(errno, EFBIG);
	text = config_slurp(file, 5, &n);
	assert_int_equal(n, 5);
	assert_string_equal(text, "12345");
	free(text);
}

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(file, sizeof file, "%s/conf", folder);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_sets_its_field),
		cmocka_unit_test(what_a_row_does_not_take_is_told),
		cmocka_unit_test(a_file_has_the_same_rows),
		cmocka_unit_test(a_wrong_line_is_told_by_its_number),
		cmocka_unit_test(
		    what_is_live_is_taken_over_and_the_rest_is_noted),
		cmocka_unit_test(a_word_is_found_whole),
		cmocka_unit_test(a_file_of_as_many_bytes_as_may_be_is_read),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
