/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings, bindings and the names of keys; the file is settings_test's of
 * the screen. */
#include "tui/input/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/buf.h"
#include "tui/input/actions.h"
#include "tui/input/keymap.h"
#include "tui/term/keyname.h"

static void
expect_key(const char *text, const char *name, const char *bytes)
{
	struct keyname k;

	assert_true(keyname_parse(&k, text));
	assert_string_equal(k.name, name);
	for (size_t i = 0; i < KEYNAME_KINDS; i++)
		if (strcmp(k.bytes[i], bytes) == 0)
			return;
	fail_msg("%s does not send it", text);
}

static void
keys_have_one_name_and_their_bytes(void **state)
{
	(void)state;
	expect_key("ctrl-n", "ctrl-n", "\016");
	expect_key("CTRL-N", "ctrl-n", "\016");
	expect_key("alt-a", "alt-a", "\033a");
	expect_key("Alt-A", "alt-A", "\033A");
	expect_key("alt-ü", "alt-ü", "\033ü");
	expect_key("alt--", "alt--", "\033-");
	expect_key("alt-enter", "alt-enter", "\033\r");
	expect_key("alt-ctrl-x", "ctrl-alt-x", "\033\030");
	expect_key("f1", "f1", "\033[[A");
	expect_key("F12", "f12", "\033[24~");
	expect_key("shift-f5", "shift-f5", "\033[15;2~");
	expect_key("ctrl-home", "ctrl-home", "\033[1;5H");
	expect_key("shift-ctrl-PageUp", "ctrl-shift-pgup", "\033[5;6~");
	expect_key("up", "up", "\033OA");
}

static void
what_cannot_be_bound_is_refused(void **state)
{
	static const char *const bad[] = { "", "a", "enter", "ctrl-m", "ctrl-i",
		"ctrl-", "alt-", "alt-[", "alt-O", "alt-ab", "f13", "ctrl-1",
		"shift-a", "hyper-x", "alt-\033", "ctrl-ü", "escape" };
	struct keyname k;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (keyname_parse(&k, bad[i]))
			fail_msg("\"%s\" was taken", bad[i]);
}

static void
names_are_shown_as_on_a_keyboard(void **state)
{
	char show[KEYNAME_CAP];

	(void)state;
	keyname_show("ctrl-alt-x", show);
	assert_string_equal(show, "Ctrl-Alt-X");
	keyname_show("alt-enter", show);
	assert_string_equal(show, "Alt-Enter");
	keyname_show("shift-pgdn", show);
	assert_string_equal(show, "Shift-PgDn");
}

static bool
has_action(int key)
{
	const struct action *a;

	for (size_t i = 0; (a = actions_at(i)) != NULL; i++)
		if ((int)a->key == key)
			return true;
	return false;
}

/* Each of the screen's keys has its action, each action a name of its own, and
 * keys that can be bound. */
static void
the_table_of_actions_is_sound(void **state)
{
	const struct action *a;
	struct keyname k;

	(void)state;
	for (size_t i = 0; (a = actions_at(i)) != NULL; i++) {
		char *copy = strdup(a->keys), *rest = copy, *key;

		assert_ptr_equal(actions_find(a->name), a);
		while ((key = strsep(&rest, " ")) != NULL) {
			assert_true(keyname_parse(&k, key));
			assert_string_equal(k.name, key);
		}
		free(copy);
	}
	for (int key = KEYS_PAGE_UP; key <= KEYS_CONVERSATION_9; key++)
		if (!has_action(key))
			fail_msg("key %d has no row in actions.c", key);
}

static enum setting told;
static int tellings;

static void
listen(void *arg, enum setting setting)
{
	(void)arg;
	told = setting;
	tellings++;
}

static void
only_what_a_person_sets_is_told_and_unsaved(void **state)
{
	struct settings *s = settings_new();
	char why[SETTINGS_WHY_CAP], line[] = " no-color=yes\r";

	(void)state;
	tellings = 0;
	settings_listen(s, listen, NULL);
	assert_true(settings_on(s, SETTING_COLOR));
	assert_true(settings_line(s, line, why));
	assert_false(settings_on(s, SETTING_COLOR));
	assert_int_equal(tellings, 0);
	assert_int_equal(settings_unsaved(s), 0);
	assert_true(settings_set(s, "color", "default", true, why));
	assert_int_equal(tellings, 1);
	assert_int_equal(told, SETTING_COLOR);
	assert_int_equal(settings_unsaved(s), 1);
	assert_true(settings_on(s, SETTING_COLOR));
	assert_false(settings_given(s, SETTING_COLOR));
	settings_free(s);
}

static void
bad_lines_change_nothing_and_say_why(void **state)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "color", "not NAME = VALUE" },
		{ "color =", "color: no value" },
		{ "color = blue", "color is one of: yes, no" },
		{ "users = auto yes", "users is one of: auto, yes, no" },
		{ "users = aut", "users is one of: auto, yes, no" },
		{ "colour = yes", "colour: no such setting; color?" },
		{ "zzz = yes", "zzz: no such setting" },
		{ "no-users = yes", "no-users: no such setting" },
		{ "bind.x = next", "x: no key that can be bound; such as "
		    "alt-x, ctrl-x, f5, shift-pgup" },
		{ "bind.f5 = nxt", "nxt: nothing that a key does; next?" },
		{ "greeting = \xff", "a value is one line of at most 1024 "
		    "bytes" },
	};
	struct settings *s = settings_new();
	char why[SETTINGS_WHY_CAP], line[64];
	struct setting_row row;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(line, sizeof(line), "%s", bad[i].line);
		assert_false(settings_line(s, line, why));
		assert_string_equal(why, bad[i].why);
	}
	for (size_t i = 0; settings_row(s, i, &row); i++)
		assert_false(row.given);
	settings_free(s);
}

static void
bindings_are_found_by_any_spelling(void **state)
{
	struct settings *s = settings_new();
	char why[SETTINGS_WHY_CAP], line[] = "bind.Alt-PageUp = top";
	char odd[] = "bind.alt-= = bottom";
	const char *key, *action;
	struct setting_row row;

	(void)state;
	assert_true(settings_line(s, line, why));
	assert_true(settings_line(s, odd, why));
	assert_true(settings_binding(s, 0, &key, &action));
	assert_string_equal(key, "alt-pgup");
	assert_string_equal(action, "top");
	assert_string_equal(settings_bound(s, "alt-="), "bottom");
	assert_true(settings_find(s, "bind.alt-pgup", &row, why));
	assert_string_equal(row.value, "top");
	assert_true(settings_find(s, "bind.F1", &row, why));
	assert_string_equal(row.value, "help");
	assert_true(settings_set(s, "bind.alt-pgup", "default", true, why));
	assert_null(settings_bound(s, "alt-pgup"));
	assert_true(settings_binding(s, 0, &key, &action));
	assert_string_equal(key, "alt-=");
	settings_free(s);
}

static void
a_file_that_cannot_be_written_is_said(void **state)
{
	struct settings *s = settings_new();
	char why[SETTINGS_WHY_CAP];

	(void)state;
	assert_true(settings_set(s, "bell", "no", true, why));
	assert_false(settings_save(s, why));
	settings_set_path(s, "/proc/nowhere/config");
	assert_false(settings_save(s, why));
	assert_non_null(strstr(why, "/proc/nowhere"));
	assert_int_equal(settings_unsaved(s), 1);
	settings_free(s);
}

static void
bind(struct settings *s, const char *name, const char *action)
{
	char why[SETTINGS_WHY_CAP];

	if (!settings_set(s, name, action, true, why))
		fail_msg("%s", why);
}

static void
expect_bound(const struct settings *s, enum keys_key key, const char *shown)
{
	char out[KEYNAME_CAP];

	assert_int_equal(keymap_key(s, key, out), shown != NULL);
	assert_string_equal(out, shown == NULL ? "" : shown);
}

static void
the_key_that_is_named_is_the_one_that_is_bound(void **state)
{
	struct settings *s = settings_new();
	struct buf all;

	(void)state;
	expect_bound(NULL, KEYS_AGAIN, "Alt-S");
	expect_bound(s, KEYS_AGAIN, "Alt-S");
	expect_bound(s, KEYS_PAGE_UP, "PgUp");
	expect_bound(s, KEYS_END, "End");
	expect_bound(s, KEYS_CHAR, NULL); /* that is no action */

	bind(s, "bind.ctrl-g", "send-again");
	expect_bound(s, KEYS_AGAIN, "Alt-S"); /* that too; the usual first */
	buf_init(&all, 100);
	keymap_keys(s, actions_find("send-again"), &all);
	assert_string_equal(buf_data(&all), "Alt-S Ctrl-G");
	buf_release(&all);
	bind(s, "bind.alt-s", "drop");
	expect_bound(s, KEYS_AGAIN, "Ctrl-G");
	expect_bound(s, KEYS_DROP, "Alt-X");
	bind(s, "bind.alt-x", "none");
	expect_bound(s, KEYS_DROP, "Alt-S");
	assert_false(keymap_free(s, "alt-x"));
	bind(s, "bind.ctrl-g", "default");
	expect_bound(s, KEYS_AGAIN, NULL);

	bind(s, "bind.end", "none");
	expect_bound(s, KEYS_END, "Ctrl-End");
	bind(s, "bind.ctrl-end", "none");
	expect_bound(s, KEYS_END, NULL);
	bind(s, "bind.end", "default");
	expect_bound(s, KEYS_END, "End");
	assert_true(keymap_free(s, "end"));
	settings_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_have_one_name_and_their_bytes),
		cmocka_unit_test(what_cannot_be_bound_is_refused),
		cmocka_unit_test(names_are_shown_as_on_a_keyboard),
		cmocka_unit_test(the_table_of_actions_is_sound),
		cmocka_unit_test(only_what_a_person_sets_is_told_and_unsaved),
		cmocka_unit_test(bad_lines_change_nothing_and_say_why),
		cmocka_unit_test(bindings_are_found_by_any_spelling),
		cmocka_unit_test(a_file_that_cannot_be_written_is_said),
		cmocka_unit_test(the_key_that_is_named_is_the_one_that_is_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
