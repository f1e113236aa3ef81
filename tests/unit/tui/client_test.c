/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client against a server of the test's own (server_fake.h). */
#include "tests/unit/tui/server_fake.h"

#include "shared/wire.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
a_login_watches_and_asks_for_all_that_is_shown(void **state)
{
	static const char *const want[] = { "hello", "auth messi surabaya",
		"watch TOKEN", "unread -", "who -", "groups -",
		"history - * limit=50" };
	struct world *w = *state;

	w->last_id = 41;
	go_online(w);
	assert_int_equal(w->lines, 7);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(w->line[i], want[i]);
	assert_int_equal(w->logged_in, 1);
	assert_string_equal(w->text, "messi TOKEN");
	assert_string_equal(model_status(w->model)->realm, "test");
	assert_string_equal(model_status(w->model)->user, "messi");
	assert_int_equal(model_last_seen(w->model), 41);
	assert_int_equal(model_users(w->model), 1);
	assert_true(convo_begin(model_current(w->model)));
}

static void
a_wrong_password_is_told_and_can_be_mended(void **state)
{
	struct world *w = *state;

	assert_true(client_connect(w->client, w->address));
	client_login(w->client, "messi", "bandung");
	await(w, w->asked == 1);
	assert_int_equal(w->why, CLIENT_REFUSED);
	assert_string_equal(w->text, "wrong password");
	assert_int_equal(link_of(w), LINK_LOGIN);
	client_login(w->client, "messi", "surabaya");
	await(w, link_of(w) == LINK_ONLINE);
}

static void
without_a_login_somebody_is_asked(void **state)
{
	struct world *w = *state;

	assert_true(client_connect(w->client, w->address));
	await(w, w->asked == 1);
	assert_int_equal(w->why, CLIENT_NO_LOGIN);
	assert_int_equal(w->lines, 1);
}

static void
a_new_account_is_made_and_logged_in(void **state)
{
	struct world *w = *state;

	assert_true(client_connect(w->client, w->address));
	client_register(w->client, "messi", "surabaya", "Lionel Messi");
	await(w, link_of(w) == LINK_ONLINE);
	assert_string_equal(
	    w->line[1], "register messi surabaya Lionel Messi");
	assert_string_equal(w->line[2], "auth messi surabaya");
}

static void
a_password_with_a_blank_is_refused_here(void **state)
{
	struct world *w = *state;

	assert_true(client_connect(w->client, w->address));
	await(w, w->asked == 1);
	client_login(w->client, "messi", "sura baya");
	assert_int_equal(w->asked, 2);
	client_login(w->client, "messi", "x\r\nlogout");
	assert_int_equal(w->asked, 3);
	assert_int_equal(w->lines, 1);
}

static void
words_are_sent_one_after_the_other(void **state)
{
	struct world *w = *state;

	go_online(w);
	assert_true(client_say(w->client, "*", "one"));
	assert_true(client_say(w->client, "neko", "two\nlines \"quoted\""));
	assert_int_equal(client_unanswered(w->client), 2);
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(w->count, 2);
	assert_string_equal(w->kept[0].text, "one");
	assert_string_equal(w->kept[1].text, "two\nlines \"quoted\"");
	assert_int_equal(w->good, 2);
	assert_int_equal(messages(model_find(w->model, "*")), 1);
	assert_int_equal(messages(model_find(w->model, "neko")), 1);
	assert_int_equal(model_waiting(w->model), 0);
}

static void
what_was_not_answered_is_sent_again_with_its_tag(void **state)
{
	struct world *w = *state;

	go_online(w);
	w->mute = 1;
	assert_true(client_say(w->client, "*", "one"));
	assert_true(client_say(w->client, "*", "two"));
	await(w, w->mute == 0);
	cut(w);
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(w->connections, 2);
	assert_int_equal(w->count, 2);
	assert_string_equal(w->kept[0].text, "one");
	assert_string_equal(w->kept[1].text, "two");
	assert_int_equal(messages(model_current(w->model)), 2);
	assert_int_equal(asked(w, "say - * \"one\""), 2);
	assert_int_equal(asked(w, "say - * \"two\""), 1);
}

static void
an_answer_that_was_lost_doubles_nothing(void **state)
{
	struct world *w = *state;

	go_online(w);
	w->cut_after = 1;
	assert_true(client_say(w->client, "*", "one"));
	assert_true(client_say(w->client, "*", "two"));
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(w->count, 2); /* the tag was the same: taken once */
	assert_int_equal(asked(w, "say - * \"one\""), 2);
	assert_int_equal(messages(model_current(w->model)), 2);
}

static void
what_is_typed_while_away_is_sent_once_in_order(void **state)
{
	struct world *w = *state;
	char text[32];
	int port;

	go_online(w);
	port = stop_listening(w);
	await(w, link_of(w) == LINK_LOST);
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "%d", i);
		assert_true(client_say(w->client, "*", text));
	}
	assert_int_equal(model_waiting(w->model), 100);
	listen_at(w, port);
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(w->count, 100);
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "%d", i);
		assert_string_equal(w->kept[i].text, text);
	}
	assert_int_equal(model_waiting(w->model), 0);
	assert_true(noticed(w, "connection lost"));
}

static void
cuts_in_the_middle_lose_and_double_nothing(void **state)
{
	struct world *w = *state;
	char text[32];

	go_online(w);
	for (int i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "%d", i);
		assert_true(client_say(w->client, "*", text));
	}
	for (int i = 0; i < 5; i++) {
		int before = w->connections;

		w->cut_after = 3;
		await(w, w->connections > before);
		client_retry(w->client);
	}
	w->cut_after = 0;
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(w->count, 40);
	for (int i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "%d", i);
		assert_string_equal(w->kept[i].text, text);
	}
	assert_int_equal(messages(model_current(w->model)), 40);
}

static void
too_fast_waits_and_keeps_the_order(void **state)
{
	struct world *w = *state;

	go_online(w);
	w->too_fast = 3;
	assert_true(client_say(w->client, "*", "one"));
	assert_true(client_say(w->client, "*", "two"));
	await(w, client_unanswered(w->client) == 0);
	assert_string_equal(w->kept[0].text, "one");
	assert_string_equal(w->kept[1].text, "two");
	assert_int_equal(w->good, 2);
	assert_int_equal(w->bad, 0);
}

static void
what_is_refused_stays_visible_and_holds_nobody_up(void **state)
{
	struct world *w = *state;
	const struct convo *c;

	go_online(w);
	w->refuse = "one";
	assert_true(client_say(w->client, "nobody", "one"));
	assert_true(client_say(w->client, "*", "two"));
	await(w, client_unanswered(w->client) == 0);
	c = model_find(w->model, "nobody");
	assert_int_equal(convo_item(c, 0)->kind, ITEM_FAILED);
	assert_string_equal(convo_item(c, 0)->text, "one");
	assert_string_equal(
	    convo_item(c, 0)->why, "there is no user of that name");
	assert_true(noticed(w, "nobody: not sent"));
	assert_int_equal(w->count, 1);
	assert_int_equal(w->bad, 1);
}

static void
more_than_can_wait_is_refused_in_words(void **state)
{
	struct world *w = *state;

	client_resume(w->client, "messi", "TOKEN");
	for (int i = 0; i < MODEL_WAITING; i++)
		assert_true(client_say(w->client, "*", "x"));
	assert_false(client_say(w->client, "*", "x"));
	assert_true(noticed(w, "not taken"));
	assert_int_equal(client_unanswered(w->client), MODEL_WAITING);
}

static void
what_cannot_be_a_message_is_refused_in_words(void **state)
{
	struct world *w = *state;
	char big[WIRE_TEXT_MAX + 2];

	go_online(w);
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_false(client_say(w->client, "*", big));
	assert_true(noticed(w, "at most 4096"));
	memset(big, '\001', WIRE_TEXT_MAX); /* six bytes each in JSON */
	big[WIRE_TEXT_MAX] = '\0';
	assert_false(client_say(w->client, "*", big));
	assert_false(client_say(w->client, "*", "\xff"));
	assert_false(client_say(w->client, "no body", "x"));
	assert_int_equal(client_unanswered(w->client), 0);
	assert_int_equal(model_waiting(w->model), 0);
	assert_true(client_say(w->client, "*", "fine"));
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(w->count, 1);
}

static void
it_resumes_after_the_last_message_it_was_told_of(void **state)
{
	struct world *w = *state;

	w->last_id = 5;
	go_online(w);
	event(w, 6, "*", "neko", "hey");
	event(w, 7, "neko", "neko", "you");
	await(w, model_last_seen(w->model) == 7);
	w->last_id = 7;
	assert_true(client_say(w->client, "*", "mine")); /* 8 */
	await(w, client_unanswered(w->client) == 0);
	cut(w);
	await(w, asked(w, "watch ") == 2);
	assert_int_equal(asked(w, "watch TOKEN 7"), 1);
	event(w, 8, "*", "messi", "mine");
	event(w, 9, "*", "neko", "more");
	await(w, model_last_seen(w->model) == 9);
	assert_int_equal(messages(model_current(w->model)), 3);
}

/* Of a server at which nothing had been said. */
static void
it_resumes_after_nothing_too(void **state)
{
	struct world *w = *state;

	go_online(w);
	assert_int_equal(model_last_seen(w->model), 0);
	cut(w);
	await(w, link_of(w) == LINK_LOST);
	await(w, link_of(w) == LINK_ONLINE);
	assert_int_equal(asked(w, "watch TOKEN 0"), 1);
}

static void
take_back(struct world *w, const char *lines, const char *why)
{
	char *copy = strdup(lines), *rest = copy, *line;

	assert_non_null(copy);
	while ((line = strsep(&rest, "\n")) != NULL)
		client_take_back(w->client, line, why);
	client_taken_back(w->client);
	free(copy);
}

static void
what_was_not_sent_last_time_is_sent_with_its_old_tag(void **state)
{
	struct world *w = *state;
	char *unsent;

	client_resume(w->client, "messi", "TOKEN");
	assert_true(client_say(w->client, "*", "one"));
	assert_true(client_say(w->client, "neko", "two\nlines"));
	unsent = strdup(w->unsent);
	assert_non_null(unsent);
	client_free(w->client);
	model_reset(w->model);

	new_client(w);
	client_resume(w->client, "messi", "TOKEN");
	take_back(w, "rubbish\n@t logout -\n@t say - x\n"
	    "@a b say - * \"x\"\n@t say - * 7\n\n", NULL);
	take_back(w, unsent, NULL);
	take_back(w, unsent, NULL); /* it is here already */
	assert_int_equal(client_unanswered(w->client), 2);
	assert_true(client_connect(w->client, w->address));
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(w->count, 2);
	assert_string_equal(w->kept[1].text, "two\nlines");
	assert_memory_equal(
	    w->kept[0].tag, unsent + 1, strlen(w->kept[0].tag));
	free(unsent);
}

static void
what_was_not_sent_is_not_for_another_user(void **state)
{
	struct world *w = *state;

	assert_true(client_connect(w->client, w->address));
	client_login(w->client, "neko", "hers");
	take_back(w, "@t-1 say - * \"hers\"", NULL);
	assert_int_equal(client_unanswered(w->client), 1);
	client_login(w->client, "messi", "surabaya");
	await(w, !client_busy(w->client));
	assert_int_equal(link_of(w), LINK_ONLINE);
	assert_int_equal(client_unanswered(w->client), 0);
	assert_int_equal(w->count, 0);
}

static void
what_was_refused_can_be_said_again_or_dropped(void **state)
{
	struct world *w = *state;
	struct convo *c;

	go_online(w);
	c = model_current(w->model);
	w->refuse = "bad";
	w->unsent[0] = '\0';
	assert_true(client_say(w->client, "*", "bad"));
	await(w, w->bad == 1);
	assert_non_null(convo_failed(c));
	assert_non_null(strstr(w->unsent, "say - * \"bad\"\n"));
	assert_null(strstr(w->unsent, "gone"));
	assert_true(client_say_again(w->client, c));
	assert_null(convo_failed(c)); /* it waits, once */
	assert_int_equal(model_waiting(w->model), 1);
	await(w, w->bad == 2);
	w->refuse = NULL;
	assert_true(client_say_again(w->client, c));
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(w->good, 1);
	assert_null(convo_failed(c));
	assert_false(client_say_again(w->client, c));
	assert_false(client_give_up(w->client, c));

	/* As it is after a restart. */
	take_back(w, "@t-9 say - * \"old\"", "no such user");
	assert_string_equal(convo_failed(c)->text, "old");
	assert_string_equal(convo_failed(c)->why, "no such user");
	assert_int_equal(client_unanswered(w->client), 0);
	w->unsent[0] = '\0';
	assert_true(client_give_up(w->client, c));
	assert_string_equal(w->unsent, "gone t-9\n");
	assert_null(convo_failed(c));
}

static void
a_gap_is_filled_from_history(void **state)
{
	struct world *w = *state;
	const struct convo *c;

	w->last_id = 5;
	go_online(w);
	event(w, 6, "*", "neko", "old");
	await(w, model_last_seen(w->model) == 6);
	w->watched = "\"status\":\"OK\",\"last\":5000,\"missed\":4000,"
	             "\"gap\":true";
	w->history = "\"status\":\"OK\",\"more\":true,\"messages\":[{\"id\":"
	             "4999,\"target\":\"*\",\"from\":\"neko\",\"text\":\"a\"}]";
	cut(w);
	await(w, asked(w, "history") == 2 && !client_busy(w->client));
	c = model_current(w->model);
	assert_int_equal(convo_first(c), 4999);
	assert_false(convo_begin(c));
	assert_int_equal(model_last_seen(w->model), 6);
	client_older(w->client, model_current(w->model), 10);
	await(w, asked(w, "history - * before=4999 limit=10") == 1);
}

/* Its ids are those of what was said before. */
static void
a_server_that_begins_anew_is_shown_anew(void **state)
{
	struct world *w = *state;
	struct convo *c;

	w->last_id = 5;
	go_online(w);
	event(w, 6, "*", "neko", "old");
	event(w, 7, "neko", "neko", "old too");
	await(w, model_last_seen(w->model) == 7);
	w->last_id = 5;
	w->history = "\"status\":\"OK\",\"more\":false,\"messages\":[{\"id\":"
	             "5,\"target\":\"*\",\"from\":\"neko\",\"text\":\"a\"}]";
	cut(w);
	await(w, asked(w, "history") == 2 && !client_busy(w->client));
	c = model_current(w->model);
	assert_true(noticed(w, "the server has begun anew"));
	assert_int_equal(messages(c), 1);
	c = model_find(w->model, "neko"); /* which is told of it, too */
	assert_int_equal(messages(c), 0);
	assert_int_equal(convo_count(c), 1);
	assert_non_null(strstr(convo_item(c, 0)->text, "has begun anew"));
	c = model_current(w->model);
	assert_int_equal(model_last_seen(w->model), 5);
	assert_true(client_say(w->client, "*", "mine")); /* 6 */
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(messages(c), 2);
	assert_string_equal(convo_item(c, convo_count(c) - 1)->text, "mine");
	event(w, 7, "*", "neko", "new");
	await(w, messages(c) == 3);
	cut(w);
	await(w, link_of(w) == LINK_LOST);
	await(w, link_of(w) == LINK_ONLINE);
	assert_int_equal(asked(w, "watch TOKEN 7"), 2);
	assert_int_equal(messages(c), 3);
}

/* It has more by now than what we hold: so only what comes tells it. */
static void
ids_of_other_messages_tell_of_a_new_beginning(void **state)
{
	struct world *w = *state;
	struct convo *c;

	go_online(w);
	assert_true(client_say(w->client, "*", "mine")); /* 1 */
	await(w, client_unanswered(w->client) == 0);
	cut(w);
	await(w, asked(w, "watch TOKEN 0") == 1 && !client_busy(w->client));
	event(w, 1, "*", "messi", "mine"); /* once more: it is held */
	event(w, 2, "*", "neko", "another");
	await(w, model_last_seen(w->model) == 2);
	assert_int_equal(asked(w, "watch TOKEN"), 2);
	w->history = "\"status\":\"OK\",\"more\":false,\"messages\":[{\"id\":"
	             "1,\"target\":\"*\",\"from\":\"neko\",\"text\":\"x\"}]";
	event(w, 1, "*", "neko", "x");
	await(w, asked(w, "watch TOKEN") == 3 && !client_busy(w->client));
	c = model_current(w->model);
	assert_true(noticed(w, "the server has begun anew"));
	assert_int_equal(messages(c), 1);
	assert_string_equal(convo_item(c, 0)->text, "x");
	event(w, 1, "*", "paff", "y"); /* mad: not again and again */
	event(w, 3, "*", "paff", "z");
	await(w, model_last_seen(w->model) == 3);
	assert_int_equal(asked(w, "watch TOKEN"), 3);
}

/* Who prints what comes is sent all of it. */
static void
lines_go_on_from_the_new_beginning(void **state)
{
	struct world *w = *state;

	client_lazy(w->client);
	w->last_id = 7;
	go_online(w);
	w->last_id = 2;
	cut(w);
	await(w, asked(w, "watch TOKEN 0") == 1);
	event(w, 1, "*", "neko", "new");
	event(w, 2, "*", "neko", "newer");
	await(w, model_last_seen(w->model) == 2);
	await(w, link_of(w) == LINK_ONLINE);
	assert_int_equal(messages(model_current(w->model)), 2);
	assert_int_equal(asked(w, "watch TOKEN"), 3);
}

static void
an_expired_token_asks_again_and_keeps_what_waits(void **state)
{
	struct world *w = *state;

	w->bad_token = true;
	client_resume(w->client, "messi", "OLD");
	assert_true(client_connect(w->client, w->address));
	assert_true(client_say(w->client, "*", "kept"));
	await(w, w->asked == 1);
	assert_int_equal(w->why, CLIENT_EXPIRED);
	assert_int_equal(w->forgot, 1);
	assert_false(client_logged_in(w->client));
	assert_int_equal(model_waiting(w->model), 1);
	client_login(w->client, "messi", "surabaya");
	await(w, client_unanswered(w->client) == 0);
	assert_string_equal(w->kept[0].text, "kept");
}

static void
who_is_thrown_off_is_told_and_asked_once(void **state)
{
	static const struct {
		const char *event, *text;
	} cases[] = {
		{ "{\"event\":\"removed\",\"by\":\"neko\",\"act\":\"kick\","
		  "\"reason\":\"too loud\"}",
		    "you were kicked off the server by neko: too loud" },
		{ "{\"event\":\"removed\",\"by\":\"neko\",\"act\":\"ban\","
		  "\"reason\":\"\"}",
		    "you were banned from the server by neko" },
		{ "{\"event\":\"removed\",\"by\":\"neko\"}",
		    "you were kicked off the server by neko" },
	};
	struct world *w = *state;
	int i;

	go_online(w);
	for (i = 0; i < 3; i++) {
		put(w, cases[i].event);
		await(w, w->asked == i + 1);
		assert_int_equal(w->why, CLIENT_REMOVED);
		assert_string_equal(w->text, cases[i].text);
		assert_int_equal(w->forgot, i + 1);
		assert_false(client_logged_in(w->client));
		/* The server is there again, and nobody is asked again. */
		await(w, w->connections == 2 * i + 2 &&
		    link_of(w) == LINK_LOGIN);
		cut(w);
		await(w, w->connections == 2 * i + 3 &&
		    link_of(w) == LINK_LOGIN);
		assert_int_equal(w->asked, i + 1);
		assert_false(noticed(w, "connection lost"));
		client_login(w->client, "messi", "surabaya");
		await(w, link_of(w) == LINK_ONLINE);
	}
	put(w, "{\"event\":\"removed\"}");
	await(w, noticed(w, "a bad removal"));
}

static void
a_logout_forgets_and_empties_the_screen(void **state)
{
	struct world *w = *state;

	go_online(w);
	event(w, 6, "neko", "neko", "secret");
	await(w, model_last_seen(w->model) == 6);
	assert_true(client_say(w->client, "*", "bye")); /* goes first */
	client_logout(w->client);
	await(w, w->asked == 1);
	assert_int_equal(w->count, 1);
	assert_int_equal(w->why, CLIENT_LOGGED_OUT);
	assert_int_equal(w->forgot, 1);
	assert_int_equal(model_convos(w->model), 1);
	assert_int_equal(messages(model_current(w->model)), 0);
	assert_string_equal(model_status(w->model)->user, "");
	client_login(w->client, "messi", "surabaya");
	await(w, link_of(w) == LINK_ONLINE);
}

static void
another_user_does_not_see_the_first_ones_words(void **state)
{
	struct world *w = *state;

	go_online(w);
	event(w, 6, "neko", "neko", "secret");
	await(w, model_last_seen(w->model) == 6);
	client_logout(w->client);
	await(w, w->asked == 1);
	client_resume(w->client, "paff", "OTHER");
	await(w, link_of(w) == LINK_ONLINE);
	assert_null(model_find(w->model, "neko"));
	assert_int_equal(asked(w, "watch OTHER"), 1);
}

static void
read_marks_are_told_but_seldom(void **state)
{
	struct world *w = *state;

	go_online(w);
	client_look(w->client, true);
	for (int64_t id = 10; id < 60; id++)
		event(w, id, "*", "neko", "hey");
	await(w, asked(w, "read - * 59") == 1);
	assert_true(asked(w, "read - * ") <= 3);
	assert_int_equal(convo_unread(model_current(w->model)), 0);
}

static void
what_is_not_looked_at_is_not_read(void **state)
{
	struct world *w = *state;

	go_online(w);
	client_look(w->client, true);
	event(w, 10, "neko", "neko", "hey");
	event(w, 11, "*", "neko", "hey");
	await(w, asked(w, "read - * 11") == 1);
	assert_int_equal(asked(w, "read - neko"), 0);
	assert_int_equal(convo_unread(model_find(w->model, "neko")), 1);
	put(w, "{\"event\":\"read\",\"target\":\"neko\",\"id\":10}");
	await(w, convo_unread(model_find(w->model, "neko")) == 0);
}

static void
presence_changes_the_list(void **state)
{
	struct world *w = *state;

	go_online(w);
	put(w, "{\"event\":\"presence\",\"user\":\"neko\",\"name\":\"Neko\","
	    "\"online\":true}");
	await(w, model_online(w->model) == 2);
	put(w, "{\"event\":\"presence\",\"user\":\"neko\",\"online\":false}");
	await(w, model_online(w->model) == 1);
	assert_string_equal(
	    model_user_by_name(w->model, "neko")->name, "Neko");
}

static void
events_of_a_later_server_do_not_matter(void **state)
{
	struct world *w = *state;

	go_online(w);
	put(w, "{\"event\":\"dance\",\"steps\":[1,2,3]}");
	put(w, "{\"event\":\"shutdown\",\"message\":\"Server berhenti\"}");
	await(w, noticed(w, "the server is going down"));
	assert_false(noticed(w, "berhenti"));
	put(w, "{\"event\":\"shutdown\",\"message\":\"tea\"}");
	await(w, noticed(w, "going down: tea"));
	assert_int_equal(w->losses, 0);
}

static void
a_server_that_breaks_the_protocol_is_left(void **state)
{
	static const char *const bad[] = {
		"not json at all",
		"[1,2,3]",
		"{}",
		"{\"event\":\"message\"}",
		"{\"event\":\"message\",\"id\":\"7\",\"target\":\"*\","
		"\"from\":\"x\",\"text\":\"x\"}",
		"{\"event\":\"message\",\"id\":-7,\"target\":\"*\","
		"\"from\":\"x\",\"text\":\"x\"}",
		"{\"event\":\"message\",\"id\":7,\"target\":[],"
		"\"from\":\"x\",\"text\":\"x\"}",
		"{\"event\":\"message\",\"id\":7,\"target\":\"*\","
		"\"from\":\"x\",\"text\":null}",
		"{\"event\":\"presence\",\"user\":7}",
		"{\"event\":\"read\",\"target\":\"*\",\"id\":1e999}",
		"{\"status\":\"OK\",\"status\":\"ERROR\"}",
		"{\"event\":\"message\",\"id\":99999999999999999999}",
		"\xff\xfe",
	};
	struct world *w = *state;

	go_online(w);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int before = w->losses;

		put(w, bad[i]);
		await(w, w->losses > before);
		assert_true(noticed(w, "does not speak this protocol"));
		client_retry(w->client);
		await(w, link_of(w) == LINK_ONLINE);
	}
}

static void
bad_answers_are_left_too(void **state)
{
	static const char *const bad[] = {
		"\"status\":\"OK\",\"messages\":{},\"more\":false",
		"\"status\":\"OK\",\"messages\":[7],\"more\":false",
		"\"status\":\"OK\"",
	};
	struct world *w = *state;

	go_online(w);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int before = w->losses;
		struct convo *c = model_open(w->model, "neko");

		model_page(w->model, c, NULL, 0, false);
		w->history = bad[i];
		client_older(w->client, c, 50);
		await(w, w->losses > before);
		w->history = NULL;
		client_retry(w->client);
		await(w, link_of(w) == LINK_ONLINE);
	}
}

static void
an_object_without_end_is_left(void **state)
{
	struct world *w = *state;
	static char block[1 << 16];
	size_t sent = 0;

	go_online(w);
	memset(block, 'x', sizeof(block));
	assert_int_equal(fcntl(w->fd, F_SETFL, O_NONBLOCK), 0);
	while (w->losses == 0) {
		if (w->fd != -1) {
			ssize_t n = send(
			    w->fd, block, sizeof(block), MSG_NOSIGNAL);

			if (n > 0)
				sent += (size_t)n;
		}
		assert_int_equal(loop_turn(w->loop, 10), 0);
		assert_true(sent < 3 * (size_t)WIRE_REPLY_MAX);
	}
	assert_true(noticed(w, "no end"));
}

static void
a_name_from_the_server_cannot_become_a_request(void **state)
{
	struct world *w = *state;
	struct convo *c;

	go_online(w);
	event(w, 10, "x\\r\\nlogout -", "x", "hey");
	event(w, 11, "*", "x", "hey");
	await(w, model_last_seen(w->model) == 11);
	assert_int_equal(model_convos(w->model), 1);
	c = model_current(w->model);
	client_look(w->client, true);
	client_show(w->client, c);
	await(w, asked(w, "read - * 11") == 1);
	assert_int_equal(asked(w, "logout"), 0);
}

static void
a_server_that_is_not_there_is_tried_again_with_growing_pauses(void **state)
{
	struct world *w = *state;
	int port = stop_listening(w);
	int64_t first, now;

	client_resume(w->client, "messi", "TOKEN");
	assert_true(client_connect(w->client, w->address));
	await(w, w->losses == 1);
	assert_int_equal(link_of(w), LINK_LOST);
	first = model_status(w->model)->retry_at - loop_now(w->loop);
	assert_true(first > 0 && first <= 250);
	await(w, w->losses == 4);
	now = model_status(w->model)->retry_at - loop_now(w->loop);
	assert_true(now >= 700 && now <= 1500);
	listen_at(w, port);
	client_retry(w->client);
	await(w, link_of(w) == LINK_ONLINE);
}

static void
questions_are_answered_in_lines(void **state)
{
	struct world *w = *state;

	client_ask(w->client, CLIENT_WHO, NULL);
	assert_true(noticed(w, "who: not connected"));
	go_online(w);
	client_ask(w->client, CLIENT_WHO, NULL);
	await(w, noticed(w, "1 online, 1 in all"));
	assert_true(noticed(w, "messi [Lionel Messi]"));
	client_ask(w->client, CLIENT_SEARCH, "a\r\nlogout -");
	assert_true(noticed(w, "/search: that cannot be asked"));
	assert_int_equal(asked(w, "search"), 0);
}

static void
a_server_that_is_no_address_is_refused(void **state)
{
	struct world *w = *state;

	assert_false(client_connect(w->client, "a:b:c"));
	assert_false(client_connect(w->client, "host:99999999"));
	assert_int_equal(link_of(w), LINK_OFFLINE);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_login_watches_and_asks_for_all_that_is_shown),
		T(a_wrong_password_is_told_and_can_be_mended),
		T(without_a_login_somebody_is_asked),
		T(a_new_account_is_made_and_logged_in),
		T(a_password_with_a_blank_is_refused_here),
		T(words_are_sent_one_after_the_other),
		T(what_was_not_answered_is_sent_again_with_its_tag),
		T(an_answer_that_was_lost_doubles_nothing),
		T(what_is_typed_while_away_is_sent_once_in_order),
		T(cuts_in_the_middle_lose_and_double_nothing),
		T(too_fast_waits_and_keeps_the_order),
		T(what_is_refused_stays_visible_and_holds_nobody_up),
		T(more_than_can_wait_is_refused_in_words),
		T(what_cannot_be_a_message_is_refused_in_words),
		T(it_resumes_after_the_last_message_it_was_told_of),
		T(it_resumes_after_nothing_too),
		T(what_was_not_sent_last_time_is_sent_with_its_old_tag),
		T(what_was_not_sent_is_not_for_another_user),
		T(what_was_refused_can_be_said_again_or_dropped),
		T(a_gap_is_filled_from_history),
		T(a_server_that_begins_anew_is_shown_anew),
		T(ids_of_other_messages_tell_of_a_new_beginning),
		T(lines_go_on_from_the_new_beginning),
		T(an_expired_token_asks_again_and_keeps_what_waits),
		T(who_is_thrown_off_is_told_and_asked_once),
		T(a_logout_forgets_and_empties_the_screen),
		T(another_user_does_not_see_the_first_ones_words),
		T(read_marks_are_told_but_seldom),
		T(what_is_not_looked_at_is_not_read),
		T(presence_changes_the_list),
		T(events_of_a_later_server_do_not_matter),
		T(a_server_that_breaks_the_protocol_is_left),
		T(bad_answers_are_left_too),
		T(an_object_without_end_is_left),
		T(a_name_from_the_server_cannot_become_a_request),
		T(a_server_that_is_not_there_is_tried_again_with_growing_pauses),
		T(questions_are_answered_in_lines),
		T(a_server_that_is_no_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
