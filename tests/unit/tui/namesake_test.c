/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/namesake.h"

#include "shared/wire.h"
#include "tui/model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct model_status at_its = { .user = "me", .realm = "its" };
static const struct model_status nowhere = { .user = "me" };

static void
named(const struct model_status *st, const char *in, const char *out)
{
	json_t *o = json_loads(in, 0, NULL);
	char *got;

	assert_non_null(o);
	namesake_name(st, o);
	got = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(got, out);
	free(got);
	json_decref(o);
}

static void
users_have_their_realm_and_nothing_else_changes(void **state)
{
	(void)state;
	named(&at_its, "{\"event\":\"message\",\"from\":\"everyone\","
	    "\"name\":\"everyone\",\"target\":\"me\",\"text\":\"all\"}",
	    "{\"event\":\"message\",\"from\":\"everyone@its\","
	    "\"name\":\"everyone\",\"target\":\"me\",\"text\":\"all\"}");
	named(&at_its, "{\"messages\":[{\"from\":\"neko\",\"target\":\"#all\"},"
	    "{\"by\":\"server\",\"target\":\"*\",\"user\":\"all@medan\"}]}",
	    "{\"messages\":[{\"from\":\"neko\",\"target\":\"#all\"},"
	    "{\"by\":\"server@its\",\"target\":\"*\","
	    "\"user\":\"all@medan\"}]}");
	named(&at_its, "{\"unread\":{\"Semua\":{\"count\":2},\"me\":{}},"
	    "\"messages\":{\"all\":[]}}",
	    "{\"messages\":{\"all@its\":[]},\"unread\":{\"Semua@its\":"
	    "{\"count\":2},\"me\":{}}}");
	named(&nowhere, "{\"from\":\"everyone\"}", "{\"from\":\"everyone\"}");
}

static void
listed(const char *in, const char *out)
{
	char *got = namesake_list(&at_its, in);

	assert_string_equal(got, out);
	free(got);
}

static void
names_in_the_older_lists_have_theirs_too(void **state)
{
	(void)state;
	listed("messi, everyone, ", "messi, everyone@its, ");
	listed("List user: all,neko,semua", "List user: all@its,neko,semua@its");
	listed("server [Pak Semua all]", "server@its [Pak Semua all]");
	listed("me", "me");
	listed("", "");
}

/* The word of each language is one that nobody can be called by. */
static void
no_name_is_a_translation_of_everyone(void **state)
{
	FILE *list = popen("ls tui/po/*.po", "r");
	char path[256], line[512];
	int languages = 0;

	(void)state;
	assert_non_null(list);
	while (fgets(path, sizeof(path), list) != NULL) {
		bool next = false;
		FILE *f;

		path[strcspn(path, "\n")] = '\0';
		f = fopen(path, "r");
		assert_non_null(f);
		while (fgets(line, sizeof(line), f) != NULL) {
			const char *word = line + strlen("msgstr \"");

			if (next) {
				assert_true(wire_means_everyone(
				    word, strcspn(word, "\"")));
				languages++;
			}
			next = strcmp(line, "msgid \"everyone\"\n") == 0;
		}
		fclose(f);
	}
	assert_int_equal(pclose(list), 0);
	assert_true(languages > 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    users_have_their_realm_and_nothing_else_changes),
		cmocka_unit_test(names_in_the_older_lists_have_theirs_too),
		cmocka_unit_test(no_name_is_a_translation_of_everyone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
