/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chat-server.conf(5) is true: its table, its example and each of its
 * sentences, read from the page as it lies in man/.  A new sentence needs a
 * test, here or where a server is needed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/options.h"
#include "shared/xalloc.h"
#include "tests/lib/page.h"

enum { NAME, VALUE, DEFAULT, HUP, SINCE, CELLS };

static char folder[] = "/tmp/conf_page.XXXXXX";
static char file[64];
static char why[OPTIONS_WHY_CAP];
static struct page *page;

static int
setup(void **state)
{
	(void)state;
	page = page_open("chat-server.conf.5");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(file, sizeof file, "%s/conf", folder);
	return 0;
}

static int
teardown(void **state)
{
	char *secret = xasprintf("%s/medan.secret", folder);

	(void)state;
	page_close(page);
	unlink(file);
	unlink(secret);
	free(secret);
	return rmdir(folder);
}

static void
put_file(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	free(path);
}

/* Of a file with that text, and NULL or one more option and its value. */
static enum options_status
read_with(struct options *o, const char *text, const char *name,
    const char *value)
{
	char *argv[6], words[3][96] = { "chat-server", "-c", "" };
	char more[2][96];
	int argc = 3;

	put_file("conf", text);
	snprintf(words[2], sizeof words[2], "%s", file);
	for (int i = 0; i < 3; i++)
		argv[i] = words[i];
	if (name != NULL) {
		snprintf(more[0], sizeof more[0], "--%s", name);
		snprintf(more[1], sizeof more[1], "%s", value);
		argv[argc++] = more[0];
		argv[argc++] = more[1];
	}
	argv[argc] = NULL;
	return options_read(o, argc, argv, why);
}

static enum options_status
read_text(struct options *o, const char *text)
{
	return read_with(o, text, NULL, NULL);
}

static bool
reads(const char *name, const char *value)
{
	char *text = xasprintf("%s = %s\n", name, value);
	struct options o;
	bool ok = read_text(&o, text) == OPTIONS_RUN;

	options_release(&o);
	free(text);
	return ok;
}

/* ---- values ----------------------------------------------------------- */

/* Two good values for each row, from what its cell says. */
static void
values_of(const struct page_row *row, char v[2][96])
{
	static const struct {
		const char *cell, *one, *other;
	} kinds[] = {
		{ "addr:port", "[::1]:1", "[::1]:2" },
		{ "folder", "/x", "/y" },
		{ "file", "/x", "/y" },
		{ "name", "a", "b" },
		{ "error, warning, ", "error", "debug" },
		{ "see text", "a=b:1,legacy", "a=b:2,legacy" },
	};
	const char *cell = row->cell[VALUE];
	long long least, most;

	if (page_range(cell, &least, &most)) {
		snprintf(v[0], 96, "%lld", least);
		snprintf(v[1], 96, "%lld", most);
		return;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strncmp(cell, kinds[i].cell, strlen(kinds[i].cell)) == 0) {
			snprintf(v[0], 96, "%s", kinds[i].one);
			snprintf(v[1], 96, "%s", kinds[i].other);
			return;
		}
	/* "open or closed" */
	assert_int_equal(sscanf(cell, "%95s or %95s", v[0], v[1]), 2);
}

static bool
same_list(const struct config_list *a, const struct config_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->at[i], b->at[i]) != 0)
			return false;
	return true;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
same_links(const struct options_links *a, const struct options_links *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->at[i].name, b->at[i].name) != 0 ||
		    strcmp(a->at[i].port, b->at[i].port) != 0)
			return false;
	return true;
}

static bool
same(const struct options *a, const struct options *b)
{
	return same_list(&a->listen[DIALECT_FRAMED],
	    &b->listen[DIALECT_FRAMED]) &&
	    same_list(&a->listen[DIALECT_TEXT],
	    &b->listen[DIALECT_TEXT]) &&
	    same_list(&a->admins, &b->admins) &&
	    same_links(&a->links, &b->links) && same_text(a->data, b->data) &&
	    same_text(a->accounts, b->accounts) &&
	    same_text(a->trace, b->trace) && a->log_level == b->log_level &&
	    strcmp(a->realm, b->realm) == 0 &&
	    a->registration_open == b->registration_open &&
	    a->min_password == b->min_password && a->rate == b->rate &&
	    a->sync_full == b->sync_full &&
	    a->max_connections == b->max_connections &&
	    a->max_per_address == b->max_per_address &&
	    a->register_rate == b->register_rate &&
	    a->idle_minutes == b->idle_minutes &&
	    a->token_days == b->token_days && a->max_memory == b->max_memory;
}

static bool
may_repeat(const char *name)
{
	return strcmp(name, "listen") == 0 || strcmp(name, "text") == 0 ||
	    strcmp(name, "link") == 0 || strcmp(name, "admin") == 0;
}

#define EACH_ROW(row) \
	for (size_t row_i = 0; page_row(page, "Names", row_i, &(row)); row_i++)

/* ---- the table -------------------------------------------------------- */

/* Those of --help are all there are: it is made of the same table. */
static void
the_table_has_every_name_and_no_other(void **state)
{
	struct page_row row;
	char path[64], line[256], name[64];
	size_t listed = 0, known = 0;
	int out, saved;
	FILE *f;

	(void)state;
	EACH_ROW(row) {
		char v[2][96];

		assert_int_equal(row.cells, CELLS);
		assert_string_equal(row.cell[SINCE], "0.1");
		values_of(&row, v);
		if (!reads(row.cell[NAME], v[0]) ||
		    !reads(row.cell[NAME], v[1]))
			fail_msg("%s: %s", row.cell[NAME], why);
		listed++;
	}
	snprintf(path, sizeof path, "%s/conf", folder);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	assert_non_null(f = fopen(path, "w+"));
	out = dup2(fileno(f), STDOUT_FILENO);
	options_usage();
	fflush(stdout);
	assert_int_equal(dup2(saved, STDOUT_FILENO), out);
	close(saved);
	rewind(f);
	while (fgets(line, sizeof line, f) != NULL) {
		const char *option = strstr(line, "--");

		if (option == NULL ||
		    sscanf(option, "--%63[a-z-]", name) != 1 ||
		    strcmp(name, "config") == 0 ||
		    strcmp(name, "version") == 0 || strcmp(name, "help") == 0)
			continue;
		page_find_row(page, "Names", name, &row);
		known++;
	}
	fclose(f);
	assert_int_equal(known, listed);
}

static void
each_default_is_what_holds_without_it(void **state)
{
	struct page_row row;
	struct options none, o;
	size_t literal = 0;

	(void)state;
	EACH_ROW(row) {
		char *text;

		if (!row.literal[DEFAULT])
			continue;
		text = xasprintf(
		    "%s = %s\n", row.cell[NAME], row.cell[DEFAULT]);
		assert_int_equal(read_text(&none, ""), OPTIONS_RUN);
		assert_int_equal(read_text(&o, text), OPTIONS_RUN);
		if (!same(&none, &o))
			fail_msg("that is not the default: %s", text);
		options_release(&none);
		options_release(&o);
		free(text);
		literal++;
	}
	assert_int_equal(literal, 11);
	assert_int_equal(read_text(&none, ""), OPTIONS_RUN);
	page_find_row(page, "Names", "accounts", &row);
	assert_string_equal(row.cell[DEFAULT], "none");
	assert_null(none.accounts);
	page_find_row(page, "Names", "link", &row);
	assert_string_equal(row.cell[DEFAULT], "none");
	assert_int_equal(none.links.count, 0);
	page_find_row(page, "Names", "admin", &row);
	assert_string_equal(row.cell[DEFAULT], "none");
	assert_int_equal(none.admins.count, 0);
	options_release(&none);
}

static bool
is_any_word(const char *cell)
{
	return strcmp(cell, "name") == 0 || strcmp(cell, "file") == 0 ||
	    strcmp(cell, "folder") == 0;
}

static void
what_lies_outside_its_range_is_refused(void **state)
{
	struct page_row row;

	(void)state;
	EACH_ROW(row) {
		const char *name = row.cell[NAME];
		bool off = strstr(row.cell[VALUE], "or off") != NULL;
		long long least, most;
		char v[96];

		if (reads(name, ""))
			fail_msg("%s =", name);
		if (is_any_word(row.cell[VALUE]))
			continue;
		if (reads(name, "o") || reads(name, "off") != off)
			fail_msg("%s = o or off", name);
		if (!page_range(row.cell[VALUE], &least, &most))
			continue;
		snprintf(v, sizeof v, "%lld", least - 1);
		if (reads(name, v))
			fail_msg("%s = %s", name, v);
		snprintf(v, sizeof v, "%lld", most + 1);
		if (reads(name, v))
			fail_msg("%s = %s", name, v);
	}
}

static char noted[128];

static void
note(const char *name)
{
	snprintf(noted, sizeof noted, "%s", name);
}

static void
a_change_takes_effect_where_the_table_says_so(void **state)
{
	struct page_row row;

	(void)state;
	EACH_ROW(row) {
		struct options o, next;
		char v[2][96], *one, *other;

		values_of(&row, v);
		one = xasprintf("%s = %s\n", row.cell[NAME], v[0]);
		other = xasprintf("%s = %s\n", row.cell[NAME], v[1]);
		assert_int_equal(read_text(&o, one), OPTIONS_RUN);
		assert_int_equal(read_text(&next, other), OPTIONS_RUN);
		noted[0] = '\0';
		options_apply(&o, &next, note);
		if (strcmp(row.cell[HUP], "yes") == 0) {
			assert_string_equal(noted, "");
			assert_true(same(&o, &next));
		} else {
			assert_string_equal(row.cell[HUP], "no");
			assert_string_equal(noted, row.cell[NAME]);
		}
		options_release(&o);
		options_release(&next);
		free(one);
		free(other);
	}
}

/* ---- the example ------------------------------------------------------ */

static void
the_example_is_taken_as_it_stands(void **state)
{
	char *text = page_example(page, 0);
	struct options o;

	(void)state;
	assert_non_null(text);
	put_file("medan.secret", "horas\n");
	if (read_text(&o, text) != OPTIONS_RUN)
		fail_msg("%s", why);
	assert_int_equal(o.listen[DIALECT_FRAMED].count, 2);
	assert_int_equal(o.listen[DIALECT_TEXT].count, 0);
	assert_string_equal(o.data, "/var/lib/chat-server");
	assert_int_equal(o.min_password, 10);
	assert_string_equal(o.links.at[0].secret, "horas");
	options_release(&o);
	free(text);
	assert_null(page_example(page, 1));
}

/* ---- sentences -------------------------------------------------------- */

static void
lines_are_names_and_values(void)
{
	char longest[4096 + 2];
	struct options o;

	assert_int_equal(read_text(&o, "\n  # rate = 1\n\t rate\t = \t7 \t\n"
	    "#\r\nidle=5\r\n"), OPTIONS_RUN);
	assert_int_equal(o.rate, 7);
	assert_int_equal(o.idle_minutes, 5);
	options_release(&o);
	assert_int_equal(read_text(&o, "rate = 7 # eight\n"), OPTIONS_WRONG);
	options_release(&o);
	assert_int_equal(read_text(&o, "data = a #b\n"), OPTIONS_RUN);
	assert_string_equal(strrchr(o.data, '/'), "/a #b");
	options_release(&o);
	memset(longest, '#', sizeof longest);
	memcpy(longest + 4094, "\n", 2);
	assert_int_equal(read_text(&o, longest), OPTIONS_RUN);
	options_release(&o);
	memcpy(longest + 4094, "#\n", 3);
	assert_int_equal(read_text(&o, longest), OPTIONS_WRONG);
	assert_non_null(strstr(why, "conf:1: the line is too long"));
	options_release(&o);
}

static void
names_of_files_count_from_its_folder(void)
{
	struct page_row row;

	EACH_ROW(row) {
		bool dir = strcmp(row.cell[VALUE], "folder") == 0;
		bool trace = strcmp(row.cell[NAME], "trace") == 0;
		struct options o;
		char *text, *path;

		if (!dir && strcmp(row.cell[VALUE], "file") != 0)
			continue;
		text = xasprintf("%s = a/b\n", row.cell[NAME]);
		path = xasprintf("%s/a/b", folder);
		assert_int_equal(read_text(&o, text), OPTIONS_RUN);
		assert_string_equal(
		    dir ? o.data : trace ? o.trace : o.accounts, path);
		options_release(&o);
		free(path);
		free(text);
	}
}

static void
each_name_may_stand_once_or_more(void)
{
	struct page_row row;

	EACH_ROW(row) {
		struct options o;
		char v[2][96], *text;
		bool ok, many = may_repeat(row.cell[NAME]);

		values_of(&row, v);
		text = xasprintf("%s = %s\n\n%s = %s\n", row.cell[NAME],
		    v[0], row.cell[NAME],
		    strcmp(row.cell[NAME], "link") == 0 ? "c=b:1,legacy" :
		    v[1]);
		ok = read_text(&o, text) == OPTIONS_RUN;
		if (ok != many)
			fail_msg("%s twice: %s", row.cell[NAME], why);
		if (!ok)
			assert_non_null(strstr(why, "conf:3: "));
		options_release(&o);
		free(text);
	}
}

static void
options_win(void)
{
	struct page_row row;

	EACH_ROW(row) {
		struct options o, given;
		char v[2][96], *text;

		values_of(&row, v);
		text = xasprintf("%s = %s\n", row.cell[NAME], v[0]);
		assert_int_equal(read_with(&o, text, row.cell[NAME], v[1]),
		    OPTIONS_RUN);
		assert_int_equal(read_with(&given, "", row.cell[NAME], v[1]),
		    OPTIONS_RUN);
		assert_true(same(&o, &given));
		options_release(&o);
		options_release(&given);
		free(text);
	}
}

static void
without_data_it_is_the_state_folder(void)
{
	struct options o;

	setenv("XDG_STATE_HOME", "/state", 1);
	setenv("HOME", "/home/neko", 1);
	assert_int_equal(read_text(&o, ""), OPTIONS_RUN);
	assert_string_equal(o.data, geteuid() == 0 ? "/var/lib/chat-server" :
	    "/state/chat-server");
	options_release(&o);
	unsetenv("XDG_STATE_HOME");
	assert_int_equal(read_text(&o, ""), OPTIONS_RUN);
	assert_string_equal(o.data, geteuid() == 0 ? "/var/lib/chat-server" :
	    "/home/neko/.local/state/chat-server");
	options_release(&o);
}

static void
a_link_has_two_forms(void)
{
	put_file("medan.secret", "horas\n");
	assert_true(reads("link", "name=[::1]:1,secret=medan.secret"));
	assert_true(reads("link", "name=localhost:1,legacy"));
	assert_false(reads("link", "name=localhost:1"));
}

static void
without_min_password_and_max_connections_it_depends(void)
{
	struct options o;

	assert_int_equal(read_text(&o, ""), OPTIONS_RUN);
	assert_int_equal(o.min_password, 0);
	assert_int_equal(o.max_connections, 0);
	options_release(&o);
}

/* run, or the test of tests/wire/options_test.c that shows it. */
static const struct {
	const char *part, *sentence;
	void (*run)(void);
	const char *wire;
} sentences[] = {
	{ "DESCRIPTION", "chat-server 8 reads the file that it is given with "
	    "-c; there is none by default.", NULL,
	    "the_file_sets_what_the_command_line_does_not" },
	{ "DESCRIPTION", "A line is name = value where name is one of those "
	    "below.", lines_are_names_and_values, NULL },
	{ "DESCRIPTION", "Blanks around both do not count.",
	    lines_are_names_and_values, NULL },
	{ "DESCRIPTION", "Empty lines and lines that begin with # are "
	    "skipped; behind a value a # is part of it.",
	    lines_are_names_and_values, NULL },
	{ "DESCRIPTION", "A line has at most 4094 bytes.",
	    lines_are_names_and_values, NULL },
	{ "DESCRIPTION", "Relative names of files and folders count from the "
	    "folder that the configuration file is in.",
	    names_of_files_count_from_its_folder, NULL },
	{ "DESCRIPTION", "listen, text, link and admin may stand more than "
	    "once.", each_name_may_stand_once_or_more, NULL },
	{ "DESCRIPTION", "Any other name that stands twice is an error.",
	    each_name_may_stand_once_or_more, NULL },
	{ "DESCRIPTION", "An option that is given on the command line wins "
	    "over the file.", options_win, NULL },
	{ "DESCRIPTION", "An error is told with file and line, and the server "
	    "does not start.", NULL,
	    "an_error_in_the_file_is_64_with_its_line" },
	{ "DESCRIPTION", "On SIGHUP the file is read again, and with an error "
	    "in it the server goes on with what it had.", NULL,
	    "hup_with_a_broken_file_keeps_what_there_was_and_says_so" },
	{ "DESCRIPTION", "A change of what has yes in the table then takes "
	    "effect.", NULL, "hup_applies_the_file_and_drops_nobody" },
	{ "DESCRIPTION", "Other changes are named in the log as needing a "
	    "restart.", NULL, "hup_names_what_needs_a_restart" },
	{ "DESCRIPTION", "What is gone from the file is back at its default.",
	    NULL, "hup_applies_the_file_and_drops_nobody" },
	{ "DESCRIPTION", "A file that is no plain file, a pipe, is read at "
	    "start only.", NULL, "hup_does_not_read_a_pipe" },
	{ "Names", "What each is for is told in chat-server 8, at the option "
	    "of that name.", NULL, "every_option_is_told_of_in_the_manual" },
	{ "Names", "Without data the folder is $XDG_STATE_HOME/chat-server, "
	    "else ~/.local/state/chat-server, for root /var/lib/chat-server.",
	    without_data_it_is_the_state_folder, NULL },
	{ "Names", "A link is name=addr:port,secret=file or "
	    "name=addr:port,legacy.", a_link_has_two_forms, NULL },
	{ "Names", "Without min-password 1 character is enough while every "
	    "listener is on loopback, and 8 are needed as soon as one can be "
	    "reached from another machine.",
	    without_min_password_and_max_connections_it_depends,
	    "reachable_from_elsewhere_it_wants_eight_characters" },
	{ "Names", "Without max-connections there are as many as the limit "
	    "of descriptors leaves.",
	    without_min_password_and_max_connections_it_depends,
	    "without_a_number_the_descriptors_bound_the_connections" },
};

enum { SENTENCES = sizeof sentences / sizeof sentences[0] };

static bool
has_wire_test(const char *name)
{
	char line[256];
	FILE *f = fopen("tests/wire/options_test.c", "r");
	bool found = false;

	assert_non_null(f);
	while (!found && fgets(line, sizeof line, f) != NULL)
		found = strstr(line, name) != NULL && line[0] == '\t';
	fclose(f);
	return found;
}

static void
each_sentence_is_true(void **state)
{
	static const char *const parts[] = { "DESCRIPTION", "Names" };
	size_t k = 0;

	(void)state;
	for (size_t p = 0; p < 2; p++) {
		char *s;

		for (size_t i = 0;
		    (s = page_sentence(page, parts[p], i)) != NULL; i++) {
			if (k == SENTENCES ||
			    strcmp(sentences[k].sentence, s) != 0 ||
			    strcmp(sentences[k].part, parts[p]) != 0)
				fail_msg("no test for: %s", s);
			if (sentences[k].run != NULL)
				sentences[k].run();
			if (sentences[k].wire != NULL &&
			    !has_wire_test(sentences[k].wire))
				fail_msg("no %s", sentences[k].wire);
			free(s);
			k++;
		}
	}
	assert_int_equal(k, SENTENCES);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_has_every_name_and_no_other),
		cmocka_unit_test(each_default_is_what_holds_without_it),
		cmocka_unit_test(what_lies_outside_its_range_is_refused),
		cmocka_unit_test(
		    a_change_takes_effect_where_the_table_says_so),
		cmocka_unit_test(the_example_is_taken_as_it_stands),
		cmocka_unit_test(each_sentence_is_true),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
