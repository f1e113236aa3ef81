/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tables of chat-tui(1) are true: each option and each setting stands in
 * one with its values and its default, and no other does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/page.h"
#include "tui/options.h"
#include "tui/input/settings.h"

enum { NAME, VALUE, DEFAULT, SINCE, CELLS };

static struct page *page;

static int
setup(void **state)
{
	(void)state;
	page = page_open("chat-tui.1");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	page_close(page);
	return 0;
}

/* "auto dark light any" as the page has it: "auto, dark, light or any". */
static void
as_told(const char *choices, char told[PAGE_CELL_CAP])
{
	const char *last = strrchr(choices, ' ');
	size_t n = 0;

	for (const char *p = choices; *p != '\0'; p++)
		n += (size_t)snprintf(told + n, PAGE_CELL_CAP - n, "%.*s%s", 1,
		    p, p + 1 == last ? " or" :
		    p[1] == ' ' ? "," : "");
}

/* Runs the words as options of the command line, what it prints into out. */
static int
run(char *const words[], char *out, size_t cap)
{
	char *argv[8] = { NULL }, program[] = "chat-tui";
	FILE *f = tmpfile();
	int saved[2], status = 0, argc = 1;
	struct options o;
	size_t n;

	assert_non_null(f);
	argv[0] = program;
	for (; words[argc - 1] != NULL; argc++)
		argv[argc] = words[argc - 1];
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		saved[i] = dup(i + 1);
		dup2(fileno(f), i + 1);
	}
	optind = 0; /* of getopt(3): from the beginning */
	(void)options_read(&o, argc, argv, &status);
	options_release(&o);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	rewind(f);
	n = fread(out, 1, cap - 1, f);
	out[n] = '\0';
	fclose(f);
	return status;
}

static void
each_option_of_the_help_is_in_the_table_and_no_other(void **state)
{
	static char out[16 << 10];
	char word[] = "--help", *argv[] = { word, NULL };
	struct page_row row;

	(void)state;
	assert_int_equal(run(argv, out, sizeof(out)), 0);
	for (size_t i = 0; page_row(page, "All options", i, &row); i++) {
		assert_int_equal(row.cells, CELLS);
		assert_true(strcmp(row.cell[SINCE], "0.1") == 0 ||
		    strcmp(row.cell[SINCE], "not yet") == 0);
		if (strstr(out, row.cell[NAME]) == NULL)
			fail_msg("%s is not in --help", row.cell[NAME]);
	}
	for (char *p = out; (p = strstr(p, " --")) != NULL; p++) {
		char name[64];

		assert_int_equal(sscanf(p, " %63[a-z-]", name), 1);
		page_find_row(page, "All options", name, &row);
	}
}

static void
what_takes_a_value_says_which(void **state)
{
	static char out[1024];
	struct page_row row;

	(void)state;
	for (size_t i = 0; page_row(page, "All options", i, &row); i++) {
		bool none = strcmp(row.cell[VALUE], "no value") == 0;
		char *word = xasprintf("%s=x", row.cell[NAME]);
		char *argv[] = { word, NULL };
		int status;

		if (strcmp(row.cell[NAME], "--tls") == 0)
			assert_string_equal(row.cell[SINCE], "not yet");
		status = run(argv, out, sizeof(out));
		if (none && (status != EX_USAGE || (strstr(out,
		    "takes no value") == NULL &&
		    strcmp(row.cell[SINCE], "not yet") != 0)))
			fail_msg("%s: %d %s", word, status, out);
		if (row.literal[VALUE])
			assert_int_equal(status, EX_USAGE);
		free(word);
		if (!row.literal[VALUE])
			continue;
		word = xasprintf("%s=%s", row.cell[NAME], row.cell[DEFAULT]);
		argv[0] = word;
		setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
		assert_int_equal(run(argv, out, sizeof(out)), 0);
		free(word);
	}
}

static void
each_setting_is_in_the_table_and_no_other(void **state)
{
	struct settings *s = settings_new();
	struct page_row row;
	struct setting_row set;
	size_t i, rows = 0;

	(void)state;
	for (i = 0; settings_row(s, i, &set); i++) {
		char told[PAGE_CELL_CAP];

		page_find_row(page, "All settings", set.name, &row);
		assert_int_equal(row.cells, CELLS);
		assert_string_equal(row.cell[SINCE], "0.1");
		assert_string_equal(row.cell[DEFAULT],
		    *set.value == '\0' ? "none" : set.value);
		assert_true(row.literal[VALUE] == (set.choices != NULL));
		if (set.choices == NULL)
			continue;
		as_told(set.choices, told);
		assert_string_equal(row.cell[VALUE], told);
	}
	while (page_row(page, "All settings", rows, &row))
		rows++;
	assert_int_equal(rows, i + 1);
	assert_string_equal(row.cell[NAME], "bind.key");
	settings_free(s);
}

static void
a_value_is_a_line_and_the_last_one_counts(void **state)
{
	struct settings *s = settings_new();
	char why[SETTINGS_WHY_CAP], longest[1024 + 2];
	char *told = page_sentence(page, "All settings", 0);

	(void)state;
	assert_string_equal(told, "A value is one line of at most 1024 bytes.");
	free(told);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[1024] = '\0';
	assert_true(settings_set(s, "greeting", longest, false, why));
	longest[1024] = 'x';
	longest[1025] = '\0';
	assert_false(settings_set(s, "greeting", longest, false, why));
	told = page_sentence(page, "All settings", 1);
	assert_string_equal(told,
	    "Where a name stands twice in the file the last one counts.");
	free(told);
	snprintf(longest, sizeof(longest), "theme = dark");
	assert_true(settings_line(s, longest, why));
	snprintf(longest, sizeof(longest), "theme = light");
	assert_true(settings_line(s, longest, why));
	assert_string_equal(settings_get(s, SETTING_THEME), "light");
	settings_free(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_option_of_the_help_is_in_the_table_and_no_other),
		cmocka_unit_test(what_takes_a_value_says_which),
		cmocka_unit_test(each_setting_is_in_the_table_and_no_other),
		cmocka_unit_test(a_value_is_a_line_and_the_last_one_counts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
