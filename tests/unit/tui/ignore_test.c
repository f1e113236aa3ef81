/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is not heard, what is quiet, who is called, and who came and went. */
#include "tui/model/ignore.h"

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
#include "tui/model/model.h"
#include "tui/model/joinpart.h"
#include "tui/view/notify.h"

static char dir[] = "/tmp/ignore_test.XXXXXX";
static char path[64];

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/ignored", dir);
	return 0;
}

static int
drop_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static void
names_are_found_in_any_spelling(void **state)
{
	struct ignore *g = ignore_new();
	char why[STATE_WHY_CAP];

	(void)state;
	assert_false(ignore_has(g, IGNORE_USER, "lineker"));
	assert_true(ignore_set(g, IGNORE_USER, "Lineker", true, why));
	assert_true(ignore_set(g, IGNORE_USER, "jürgen", true, why));
	assert_true(ignore_has(g, IGNORE_USER, "lineker"));
	assert_true(ignore_has(g, IGNORE_USER, "JÜRGEN"));
	assert_false(ignore_has(g, IGNORE_USER, "lineker@medan"));
	assert_false(ignore_has(g, IGNORE_USER, "line"));
	assert_false(ignore_has(g, IGNORE_QUIET, "lineker"));
	assert_false(ignore_set(g, IGNORE_USER, "LINEKER", true, why));
	assert_string_equal(why, "it is so already");
	assert_false(ignore_set(g, IGNORE_USER, "#batak", true, why));
	assert_false(ignore_set(g, IGNORE_USER, "a b", true, why));
	assert_true(ignore_set(g, IGNORE_QUIET, "#batak", true, why));
	assert_true(ignore_set(g, IGNORE_QUIET, "*", true, why));
	assert_true(ignore_set(g, IGNORE_USER, "lineker", false, why));
	assert_false(ignore_has(g, IGNORE_USER, "Lineker"));
	assert_false(ignore_set(g, IGNORE_USER, "lineker", false, why));
	ignore_free(g);
}

static void
they_are_kept_between_runs(void **state)
{
	struct ignore *g = ignore_new();
	char why[STATE_WHY_CAP];

	(void)state;
	assert_true(ignore_keep(g, path, why));
	assert_true(ignore_set(g, IGNORE_USER, "lineker", true, why));
	assert_true(ignore_set(g, IGNORE_USER, "neko@medan", true, why));
	assert_true(ignore_set(g, IGNORE_QUIET, "#batak", true, why));
	assert_true(ignore_set(g, IGNORE_USER, "lineker", false, why));
	assert_string_equal(why, "");
	ignore_free(g);

	g = ignore_new();
	assert_true(ignore_keep(g, path, why));
	assert_int_equal(ignore_count(g, IGNORE_USER), 1);
	assert_string_equal(ignore_at(g, IGNORE_USER, 0), "neko@medan");
	assert_true(ignore_has(g, IGNORE_QUIET, "#BATAK"));
	ignore_free(g);
}

static void
there_is_an_end_to_them(void **state)
{
	struct ignore *g = ignore_new();
	char why[STATE_WHY_CAP], name[32];
	int i;

	(void)state;
	for (i = 0; i < IGNORE_MAX; i++) {
		snprintf(name, sizeof(name), "user%d", i);
		assert_true(ignore_set(g, IGNORE_USER, name, true, why));
	}
	assert_false(ignore_set(g, IGNORE_USER, "one", true, why));
	assert_string_equal(why, "these are too many");
	ignore_free(g);
}

/* ---- in the model ------------------------------------------------------ */

static struct model_message
message(int64_t id, const char *target, const char *from, const char *text)
{
	return (struct model_message){ .id = id, .time = id, .target = target,
		.from = from, .name = "", .text = text };
}

static struct model *
model_of_messi(void)
{
	struct model *m = model_new();
	struct model_status st = { .link = LINK_ONLINE, .user = "messi" };

	model_set_status(m, &st);
	return m;
}

static void
add(struct model *m, int64_t id, const char *target, const char *from,
    const char *text)
{
	struct model_message msg = message(id, target, from, text);

	assert_true(model_add(m, &msg, MODEL_LIVE));
}

static void
what_the_ignored_say_is_passed_by(void **state)
{
	struct model *m = model_of_messi();
	struct convo *c = model_current(m);
	struct model_message page[2];
	char why[STATE_WHY_CAP];

	(void)state;
	add(m, 10, "*", "lineker", "one");
	add(m, 11, "*", "neko", "two");
	ignore_set(model_ignored(m), IGNORE_USER, "lineker", true, why);
	model_hide(m, "lineker");
	assert_int_equal(convo_count(c), 1);
	model_look(m, true);
	(void)convo_take_read(c);
	add(m, 12, "*", "lineker", "three");
	add(m, 13, "lineker", "lineker", "psst");
	assert_int_equal(convo_count(c), 1);
	assert_int_equal(model_convos(m), 1);
	assert_int_equal(model_last_seen(m), 13);
	/* It was passed by where the person looks on: the server is told. */
	assert_int_equal(convo_take_read(c), 12);
	/* A page of nothing but theirs is not asked for again. */
	page[0] = message(8, "*", "lineker", "older");
	page[1] = message(9, "*", "lineker", "old");
	model_page(m, c, page, 2, false);
	assert_int_equal(convo_first(c), 8);
	assert_int_equal(convo_count(c), 1);
	model_unread(m, "lineker", 3, 13);
	assert_int_equal(model_convos(m), 1);
	model_unhide(m);
	assert_int_equal(convo_first(c), 0);
	model_free(m);
}

static void
a_mention_is_marked_and_counted_until_it_is_read(void **state)
{
	struct model *m = model_of_messi();
	struct convo *c;

	(void)state;
	add(m, 1, "#batak", "neko", "hai all");
	c = model_find(m, "#batak");
	assert_false(convo_item(c, 0)->mention);
	assert_false(convo_mentioned(c));
	add(m, 2, "#batak", "neko", "hai Messi");
	assert_true(convo_item(c, 1)->mention);
	assert_true(convo_mentioned(c));
	add(m, 3, "#batak", "messi", "messi here");
	assert_false(convo_item(c, 2)->mention);
	model_mark_read(m, c);
	assert_false(convo_mentioned(c));
	add(m, 4, "#batak", "neko", "well");
	assert_false(convo_mentioned(c));
	model_free(m);
}

static void
coming_and_going_is_one_line(void **state)
{
	struct model *m = model_of_messi();
	struct convo *c = model_open(m, "#batak");
	char name[32];
	int i;

	(void)state;
	model_noise(m, c, 1, "neko", true);
	assert_string_equal(convo_item(c, 0)->text, "neko has joined #batak");
	model_noise(m, c, 2, "lineker", false);
	model_noise(m, c, 3, "neko", false);
	model_noise(m, c, 4, "lineker", true);
	model_noise(m, c, 5, "ann", false);
	assert_int_equal(convo_count(c), 1);
	assert_string_equal(convo_item(c, 0)->text, "left: ann; "
	    "joined and left again: neko; left and came back: lineker");
	add(m, 1, "#batak", "ann", "hai");
	model_noise(m, c, 6, "bob", false);
	assert_int_equal(convo_count(c), 3);
	assert_string_equal(convo_item(c, 2)->text, "bob has left #batak");
	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "user%d", i);
		model_noise(m, c, 7, name, true);
	}
	assert_string_equal(convo_item(c, 2)->text, "joined: user0, user1, "
	    "user2, user3, user4, user5 and 2 more; left: bob");
	for (; i < 2 * JOINPART_MAX; i++) {
		snprintf(name, sizeof(name), "user%d", i);
		model_noise(m, c, 7, name, true);
	}
	assert_int_equal(convo_count(c), 5);
	model_free(m);
}

/* ---- notices through the terminal -------------------------------------- */

struct world {
	struct model *m;
	struct notify n;
};

static void
on_item(void *arg, const struct convo *c, const struct item *it,
    enum model_how how)
{
	struct world *w = arg;

	notify_item(&w->n, w->m, c, it, how);
}

static void
expect_bytes(struct world *w, int64_t now, const char *want)
{
	struct buf b;

	buf_init(&b, NOTIFY_CAP);
	assert_true(notify_take(&w->n, now, &b));
	assert_string_equal(buf_data(&b), want);
	buf_release(&b);
}

static void
nothing_of_others_gets_out_of_a_notice(void **state)
{
	struct world w = { .m = model_of_messi() };

	(void)state;
	model_on_item(w.m, on_item, &w);
	w.n.how = NOTIFY_OSC777;
	add(w.m, 1, "neko", "neko", "a\033\\b\ac\xc2\x9c;4;1\n\xe2\x80\xae" "d");
	expect_bytes(&w, 1, "\a\033]777;notify;neko;a␛\\b␇c<U+009C>,4,1␊"
	    "<U+202E>d\033\\");
	w.n.how = NOTIFY_OSC9;
	w.n.no_bell = true;
	add(w.m, 2, "neko", "neko", "4;1;50");
	expect_bytes(&w, 2000, "\033]9;neko: 4,1,50\033\\");
	notify_release(&w.n);
	model_free(w.m);
}

static void
one_is_called_for_what_is_meant_and_not_too_often(void **state)
{
	struct world w = { .m = model_of_messi() };
	char why[STATE_WHY_CAP];
	struct buf b;

	(void)state;
	buf_init(&b, NOTIFY_CAP);
	model_on_item(w.m, on_item, &w);
	add(w.m, 1, "*", "neko", "hai all");
	add(w.m, 2, "neko", "messi", "hai neko");
	model_noise(w.m, model_current(w.m), 1, "messi", true);
	assert_false(notify_take(&w.n, 1, &b));
	add(w.m, 3, "*", "neko", "hai messi");
	expect_bytes(&w, 1, "\a");
	assert_false(notify_take(&w.n, 5000, &b));
	add(w.m, 4, "neko", "neko", "psst");
	assert_false(notify_take(&w.n, 1 + NOTIFY_PAUSE_MS - 1, &b));
	expect_bytes(&w, 1 + NOTIFY_PAUSE_MS, "\a");
	ignore_set(model_ignored(w.m), IGNORE_QUIET, "*", true, why);
	add(w.m, 5, "*", "neko", "hai messi");
	assert_false(notify_take(&w.n, 9000, &b));
	buf_release(&b);
	notify_release(&w.n);
	model_free(w.m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_in_any_spelling),
		cmocka_unit_test(they_are_kept_between_runs),
		cmocka_unit_test(there_is_an_end_to_them),
		cmocka_unit_test(what_the_ignored_say_is_passed_by),
		cmocka_unit_test(a_mention_is_marked_and_counted_until_it_is_read),
		cmocka_unit_test(coming_and_going_is_one_line),
		cmocka_unit_test(nothing_of_others_gets_out_of_a_notice),
		cmocka_unit_test(
		    one_is_called_for_what_is_meant_and_not_too_often),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
