/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lines mean, with a client that is nowhere connected: what is said waits
 * in the model, which shows what would be sent.
 */
#include "tui/slash.h"

#include "shared/loop.h"
#include "tui/client.h"
#include "tui/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct loop *loop;
	struct slash slash;
	struct model *model;
	int quits, forms, asked;
	char server[64];
};

static void
on_changed(void *arg)
{
	(void)arg;
}

static void
on_need_login(void *arg, enum client_why why, const char *text)
{
	struct world *w = arg;

	(void)why;
	(void)text;
	w->asked++;
}

static void
on_logged_in(void *arg, const char *user, const char *token)
{
	(void)arg;
	(void)user;
	(void)token;
}

static void
on_lost(void *arg, const char *why)
{
	(void)arg;
	(void)why;
}

static void
on_answered(void *arg, bool ok, const char *why)
{
	(void)arg;
	(void)ok;
	(void)why;
}

static const struct client_events events = {
	.changed = on_changed,
	.need_login = on_need_login,
	.logged_in = on_logged_in,
	.forget = on_changed,
	.lost = on_lost,
	.answered = on_answered,
};

static void
on_quit(void *arg)
{
	((struct world *)arg)->quits++;
}

static void
on_form(void *arg)
{
	((struct world *)arg)->forms++;
}

static void
on_server(void *arg, const char *server)
{
	struct world *w = arg;

	snprintf(w->server, sizeof(w->server), "%s", server);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->loop = loop_new();
	w->model = model_new();
	w->slash = (struct slash){
		.client = client_new(w->loop, w->model, &events, w),
		.model = w->model,
		.quit = on_quit,
		.ask_login = on_form,
		.server = on_server,
		.arg = w,
	};
	*state = w;
	return 0;
}

static int
setup_logged_in(void **state)
{
	struct world *w;

	(void)setup(state);
	w = *state;
	client_resume(w->slash.client, "messi", "TOKEN");
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->slash.client);
	model_free(w->model);
	loop_free(w->loop);
	free(w);
	return 0;
}

static const struct item *
last_of(const struct world *w, const char *target)
{
	const struct convo *c = model_find(w->model, target);

	assert_non_null(c);
	assert_true(convo_count(c) > 0);
	return convo_item(c, convo_count(c) - 1);
}

static bool
noticed(const struct world *w, const char *text)
{
	const struct convo *c = model_current(w->model);

	for (size_t i = 0; i < convo_count(c); i++)
		if (convo_item(c, i)->kind == ITEM_NOTICE &&
		    strstr(convo_item(c, i)->text, text) != NULL)
			return true;
	return false;
}

static void
text_is_said_in_the_current_conversation(void **state)
{
	struct world *w = *state;

	assert_true(slash_line(&w->slash, "halo semua"));
	assert_string_equal(last_of(w, "*")->text, "halo semua");
	assert_true(slash_line(&w->slash, "/w neko"));
	assert_true(slash_line(&w->slash, "hey\nyou"));
	assert_string_equal(last_of(w, "neko")->text, "hey\nyou");
	assert_true(slash_line(&w->slash, "/w"));
	assert_string_equal(convo_target(model_current(w->model)), "*");
}

static void
two_slashes_are_a_text_with_one(void **state)
{
	struct world *w = *state;

	assert_true(slash_line(&w->slash, "//etc/passwd"));
	assert_string_equal(last_of(w, "*")->text, "/etc/passwd");
}

static void
words_of_the_five_systems_mean_what_they_did(void **state)
{
	static const char *const lines[] = { "/send neko  hello there ",
		"/send-to neko hello there", "/msg neko hello there" };
	struct world *w = *state;

	for (size_t i = 0; i < 3; i++) {
		assert_true(slash_line(&w->slash, lines[i]));
		assert_string_equal(last_of(w, "neko")->text, "hello there");
	}
	assert_int_equal(model_waiting(w->model), 3);
	assert_true(slash_line(&w->slash, "/broadcast to all"));
	assert_string_equal(last_of(w, "*")->text, "to all");
	for (size_t i = 0; slash_command_name(i) != NULL; i++)
		assert_int_equal(slash_command_name(i)[0], '/');
}

static void
an_unknown_command_is_never_sent(void **state)
{
	struct world *w = *state;

	assert_false(slash_line(&w->slash, "/mgs neko secret"));
	assert_true(noticed(w, "there is no /mgs; /msg?"));
	assert_false(slash_line(&w->slash, "/xylophone quartet"));
	assert_true(noticed(w, "there is no /xylophone; /help"));
	assert_false(slash_line(&w->slash, "/"));
	assert_int_equal(model_waiting(w->model), 0);
}

static void
too_few_or_too_many_words_are_told_the_form(void **state)
{
	struct world *w = *state;

	assert_false(slash_line(&w->slash, "/msg neko"));
	assert_true(noticed(w, "/msg USER TEXT"));
	assert_false(slash_line(&w->slash, "/who is it"));
	assert_true(noticed(w, "/who"));
	assert_false(slash_line(&w->slash, "/history x"));
	assert_false(slash_line(&w->slash, "/history 0"));
	assert_false(slash_line(&w->slash, "/history 201"));
	assert_true(noticed(w, "a number from 1 to 200"));
	assert_false(slash_line(&w->slash, "/w no body"));
	assert_int_equal(model_waiting(w->model), 0);
}

static void
blank_lines_say_nothing(void **state)
{
	struct world *w = *state;

	assert_true(slash_line(&w->slash, ""));
	assert_true(slash_line(&w->slash, "  \t \n"));
	assert_int_equal(convo_count(model_current(w->model)), 0);
}

static void
what_is_no_utf8_is_refused(void **state)
{
	struct world *w = *state;

	assert_false(slash_line(&w->slash, "caf\xe9"));
	assert_true(noticed(w, "not valid UTF-8"));
	assert_int_equal(model_waiting(w->model), 0);
}

static void
before_login_words_need_no_slash(void **state)
{
	struct world *w = *state;

	assert_true(slash_line(&w->slash, "help"));
	assert_true(noticed(w, "/passwd OLD NEW"));
	assert_true(slash_line(&w->slash, "server example.org:1"));
	assert_string_equal(w->server, "example.org:1");
	assert_true(slash_line(&w->slash, "login"));
	assert_int_equal(w->forms, 1);
	assert_false(slash_line(&w->slash, "halo"));
	assert_true(noticed(w, "nobody is logged in"));
	assert_false(slash_line(&w->slash, "who"));
	assert_true(noticed(w, "/who: log in first"));
	assert_false(slash_line(&w->slash, "/msg neko hey"));
	assert_int_equal(model_waiting(w->model), 0);
	assert_true(slash_line(&w->slash, "quit"));
	assert_int_equal(w->quits, 1);
	assert_true(slash_line(&w->slash, "auth messi surabaya"));
	assert_true(client_hopeful(w->slash.client));
}

static void
after_login_words_are_text(void **state)
{
	struct world *w = *state;

	assert_true(slash_line(&w->slash, "quit"));
	assert_int_equal(w->quits, 0);
	assert_string_equal(last_of(w, "*")->text, "quit");
}

static void
after_login_a_password_is_told_to_nobody(void **state)
{
	static const char *const leaks[] = { "login neko rahasia",
		"auth neko rahasia", "  regist neko rahasia",
		"register neko rahasia Neko Chan" };
	static const char *const chat[] = { "login dulu ya", "login neko",
		"auth", "regist untuk kelas B", "logins neko rahasia" };
	struct world *w = *state;

	model_user_set(w->model, "neko", "Neko", true, 0);
	for (size_t i = 0; i < sizeof(leaks) / sizeof(*leaks); i++) {
		assert_false(slash_line(&w->slash, leaks[i]));
		assert_int_equal(model_waiting(w->model), 0);
		assert_true(noticed(w, "not sent"));
	}
	for (size_t i = 0; i < sizeof(chat) / sizeof(*chat); i++) {
		assert_true(slash_line(&w->slash, chat[i]));
		assert_string_equal(last_of(w, "*")->text, chat[i]);
	}
	assert_true(slash_line(&w->slash, "/all login neko rahasia"));
	assert_string_equal(last_of(w, "*")->text, "login neko rahasia");
}

static void
lines_with_passwords_are_known(void **state)
{
	struct world *w = *state;

	assert_true(slash_secret(&w->slash, "/passwd old new"));
	assert_true(slash_secret(&w->slash, "/login a b"));
	assert_true(slash_secret(&w->slash, "/auth a b"));
	assert_true(slash_secret(&w->slash, "/regist a b"));
	assert_false(slash_secret(&w->slash, "/msg neko b"));
	assert_false(slash_secret(&w->slash, "login is hard"));
}

static void
before_login_passwords_need_no_slash(void **state)
{
	struct world *w = *state;

	assert_true(slash_secret(&w->slash, "login a b"));
	assert_true(slash_secret(&w->slash, "  register a b"));
	assert_false(slash_secret(&w->slash, "help"));
}

static void
completion_knows_what_stands_where(void **state)
{
	struct world *w = *state;

	assert_int_equal(slash_word_at(&w->slash, "/wh", 0),
	    SLASH_WORD_COMMAND);
	assert_int_equal(slash_word_at(&w->slash, "/msg ne", 5),
	    SLASH_WORD_USER);
	assert_int_equal(slash_word_at(&w->slash, "/w ne", 3),
	    SLASH_WORD_USER);
	assert_int_equal(slash_word_at(&w->slash, "/passwd ne", 8),
	    SLASH_WORD_NONE);
	assert_int_equal(slash_word_at(&w->slash, "/who ne", 5),
	    SLASH_WORD_NONE);
	assert_int_equal(slash_word_at(&w->slash, "/xyz ne", 5),
	    SLASH_WORD_NONE);
	assert_int_equal(slash_word_at(&w->slash, "hey ne", 4),
	    SLASH_WORD_USER);
}

static void
help_names_every_command(void **state)
{
	struct world *w = *state;
	const char *name;

	assert_true(slash_line(&w->slash, "/help"));
	for (size_t i = 0; (name = slash_command_name(i)) != NULL; i++)
		assert_true(noticed(w, name));
	assert_true(slash_line(&w->slash, "/help send"));
	assert_false(slash_line(&w->slash, "/help nonsense"));
}

static void
closing_goes_back_to_everyone(void **state)
{
	struct world *w = *state;

	assert_true(slash_line(&w->slash, "/w neko"));
	assert_true(slash_line(&w->slash, "/close"));
	assert_int_equal(model_convos(w->model), 1);
	assert_true(slash_line(&w->slash, "/w neko"));
	assert_true(slash_line(&w->slash, "waiting"));
	assert_false(slash_line(&w->slash, "/close"));
	assert_true(noticed(w, "no answer yet"));
}

int
main(void)
{
#define OUT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define IN(name) \
	cmocka_unit_test_setup_teardown(name, setup_logged_in, teardown)
	const struct CMUnitTest tests[] = {
		IN(text_is_said_in_the_current_conversation),
		IN(two_slashes_are_a_text_with_one),
		IN(words_of_the_five_systems_mean_what_they_did),
		IN(an_unknown_command_is_never_sent),
		IN(too_few_or_too_many_words_are_told_the_form),
		IN(blank_lines_say_nothing),
		IN(what_is_no_utf8_is_refused),
		OUT(before_login_words_need_no_slash),
		IN(after_login_words_are_text),
		IN(after_login_a_password_is_told_to_nobody),
		IN(lines_with_passwords_are_known),
		OUT(before_login_passwords_need_no_slash),
		IN(completion_knows_what_stands_where),
		IN(help_names_every_command),
		IN(closing_goes_back_to_everyone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
