/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lines mean, with a client that is nowhere connected: what is said waits
 * in the model, which shows what would be sent.
 */
#include "tui/input/slash.h"

#include "shared/buf.h"
#include "shared/loop.h"
#include "tui/net/client.h"
#include "tui/input/complete.h"
#include "tui/input/links.h"
#include "tui/model/model.h"
#include "tui/model/groups.h"
#include "tui/input/settings.h"

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
		.settings = settings_new(),
		.links = links_new(),
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
	settings_free(w->slash.settings);
	links_free(w->slash.links);
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

/* What is done to others is not proposed for what only looks like it. */
static void
a_near_miss_does_no_harm(void **state)
{
	static const char *const harmless[] = { "nick", "pick", "man", "can",
		"set-op", "up", "x", "bang" };
	static const char *const leave[] = { "edit", "qiut", "leav", "prat",
		"logut", "clsoe" };
	struct world *w = *state;
	char line[32], said[64];

	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
		snprintf(line, sizeof(line), "/%s neko", harmless[i]);
		snprintf(said, sizeof(said), "there is no /%s; /help",
		    harmless[i]);
		assert_false(slash_line(&w->slash, line));
		if (strcmp(harmless[i], "bang") != 0)
			assert_true(noticed(w, said));
	}
	assert_true(noticed(w, "there is no /bang; /ban?"));
	assert_false(slash_line(&w->slash, "/kcik neko"));
	assert_true(noticed(w, "there is no /kcik; /kick?"));
	/* To leave is nothing that a hint offers. */
	for (size_t i = 0; i < sizeof(leave) / sizeof(*leave); i++) {
		snprintf(said, sizeof(said), "/%s", leave[i]);
		assert_false(slash_line(&w->slash, said));
		snprintf(said, sizeof(said), "there is no /%s; /", leave[i]);
		assert_true(noticed(w, said));
		assert_false(noticed(w, "/exit?"));
		assert_false(noticed(w, "/quit?"));
		assert_false(noticed(w, "/leave?"));
		assert_false(noticed(w, "/part?"));
		assert_false(noticed(w, "/logout?"));
		assert_false(noticed(w, "/close?"));
	}
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

/* Blanks that nobody sees, or that a paste brings. */
static void
a_command_behind_blanks_is_one(void **state)
{
	static const char *const blanks[] = { " ", "\t", "  \t ", "\n", "\r\n",
		"\v", "\f", "\u00a0", "\u2003", "\u202f", "\u3000", "\ufeff",
		"\u200b", "\u2060", " \u3000\t", "\u2028" };
	struct world *w = *state;
	char line[64];

	for (size_t i = 0; i < sizeof(blanks) / sizeof(*blanks); i++) {
		snprintf(line, sizeof(line), "%s/msg neko secret%zu",
		    blanks[i], i);
		assert_true(slash_is_command(&w->slash, line));
		assert_true(slash_line(&w->slash, line));
		snprintf(line, sizeof(line), "secret%zu", i);
		assert_string_equal(last_of(w, "neko")->text, line);
		snprintf(line, sizeof(line), "%s/usr is full", blanks[i]);
		assert_false(slash_line(&w->slash, line));
		assert_true(noticed(w, "there is no /usr"));
		snprintf(line, sizeof(line), "%s/passwd old new", blanks[i]);
		assert_true(slash_secret(&w->slash, line));
		assert_int_equal(model_waiting(w->model), (int)i + 1);
	}
	/* A second slash makes text of it, with its blanks. */
	assert_true(slash_line(&w->slash, " \u3000//usr is full"));
	assert_string_equal(last_of(w, "*")->text, " \u3000/usr is full");
	assert_false(slash_is_command(&w->slash, " //x"));
	/* Nothing but such blanks is nothing. */
	assert_true(slash_line(&w->slash, "\u3000\u00a0"));
	assert_string_equal(last_of(w, "*")->text, " \u3000/usr is full");
}

static void
a_setting_makes_text_of_a_slash_behind_a_blank(void **state)
{
	struct world *w = *state;

	assert_true(slash_line(&w->slash, "/set literal yes"));
	assert_true(slash_line(&w->slash, " /msg neko x"));
	assert_string_equal(last_of(w, "*")->text, " /msg neko x");
	assert_true(slash_line(&w->slash, " //x"));
	assert_string_equal(last_of(w, "*")->text, " //x");
	assert_false(slash_secret(&w->slash, " /usr is full"));
	assert_false(slash_line(&w->slash, "/usr is full"));
	assert_true(slash_line(&w->slash, "//x"));
	assert_string_equal(last_of(w, "*")->text, "/x");
	assert_true(slash_line(&w->slash, "/set literal no"));
	assert_false(slash_line(&w->slash, " /usr is full"));
}

/* Not even where a command behind a blank is text. */
static void
after_login_a_password_is_told_to_nobody(void **state)
{
	static const char *const leaks[] = { " /login x rahasia",
		"\t/regist x rahasia", " /PASSWD old rahasia",
		" /pasword old rahasia", "\u3000/login:neko rahasia" };
	struct world *w = *state;

	assert_true(slash_line(&w->slash, "/set literal yes"));
	for (size_t i = 0; i < sizeof(leaks) / sizeof(*leaks); i++) {
		assert_true(slash_secret(&w->slash, leaks[i]));
		assert_false(slash_line(&w->slash, leaks[i]));
		assert_int_equal(model_waiting(w->model), 0);
		assert_true(noticed(w, "not sent"));
	}
	assert_true(slash_line(&w->slash, " /usr is full"));
	assert_true(slash_line(&w->slash, "/all login neko rahasia"));
	assert_string_equal(last_of(w, "*")->text, "login neko rahasia");
}

static void
words_of_the_five_systems_without_a_slash_are_held_once(void **state)
{
	static const char *const held[] = { "send neko malam bos",
		"send-to neko rahasia", "SEND Neko halo", "  send neko",
		"send\tneko x", "send neko a\nsend neko b", "send", "send-to ",
		"send james@medan horas", "send james horas",
		"send #batak halo", "send * halo", "msg neko halo", "inbox",
		"Inbox", " logout ", "users", "list", "list_user", "list-user",
		"user_aktif", "exit", "group", "group batak", "group #batak",
		"group batak origin", "login", "auth", "regist", "register",
		"login neko", "auth neko rahasia", "regist baru 123",
		"register baru 123 Orang Baru", "login neko\n 123",
		"login dulu ya", "passwd lama baru" };
	static const char *const text[] = { "send me the file", "sendneko x",
		"send the inbox", "inbox penuh", "list of things", "who",
		"group the rows by name", "passwd", "msg", "msg me", "help",
		"logins neko x", "/send neko x", "//send neko x",
		"a\nsend neko x", "kirim neko x", "exit now" };
	struct slash_held h = { .asks = true };
	struct world *w = *state;

	model_user_set(w->model, "neko", "Neko", true, 0);
	model_user_set(w->model, "james@medan", "James", true, 0);
	for (size_t i = 0; i < sizeof(held) / sizeof(*held); i++) {
		if (!slash_hold(&h, &w->slash, held[i]))
			fail_msg("not held: %s", held[i]);
		assert_true(noticed(w, "not sent"));
		assert_true(noticed(w, "Enter again"));
		if (slash_hold(&h, &w->slash, held[i]))
			fail_msg("held twice: %s", held[i]);
	}
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++)
		if (slash_hold(&h, &w->slash, text[i]))
			fail_msg("held: %s", text[i]);
	assert_int_equal(model_waiting(w->model), 0);
	slash_held_release(&h);
}

static void
what_was_held_is_held_again_elsewhere_and_later(void **state)
{
	struct slash_held h = { .asks = true };
	struct world *w = *state;

	assert_true(slash_hold(&h, &w->slash, "inbox"));
	assert_true(slash_line(&w->slash, "/w neko"));
	assert_true(slash_hold(&h, &w->slash, "inbox"));
	assert_false(slash_hold(&h, &w->slash, "halo"));
	assert_true(slash_hold(&h, &w->slash, "inbox"));
	assert_false(slash_hold(&h, &w->slash, "inbox"));
	assert_true(slash_hold(&h, &w->slash, "inbox"));
	slash_held_release(&h);
}

/* As long as nobody knows who there is, it may be anybody. */
static void
before_the_users_are_known_each_may_be_one(void **state)
{
	struct slash_held h = { .asks = true };
	struct world *w = *state;

	assert_true(slash_hold(&h, &w->slash, "send neko rahasia"));
	model_user_set(w->model, "messi", "Lionel Messi", true, 0);
	assert_false(slash_hold(&h, &w->slash, "send me the file"));
	slash_held_release(&h);
}

/* Nobody is there who could press Enter again. */
static void
in_a_pipe_they_are_held_each_time(void **state)
{
	struct slash_held h = { .asks = false };
	struct world *w = *state;

	assert_true(slash_hold(&h, &w->slash, "inbox"));
	assert_true(slash_hold(&h, &w->slash, "inbox"));
	assert_true(noticed(w, "/inbox is the command"));
	assert_false(noticed(w, "Enter again"));
	slash_held_release(&h);
}

/* Each of them is a command, which nobody is told wrongly of. */
static void
what_is_held_names_a_command_that_there_is(void **state)
{
	struct slash_held h = { .asks = true };
	struct world *w = *state;

	assert_true(slash_hold(&h, &w->slash, "exit"));
	assert_true(noticed(w, "/exit is the command (leave, when"));
	model_switch(w->model, model_open(w->model, "#batak"));
	assert_true(slash_hold(&h, &w->slash, "exit"));
	assert_true(noticed(w, "/leave is the command (leave the group)"));
	assert_true(slash_hold(&h, &w->slash, "auth neko rahasia"));
	assert_true(noticed(w, "a password may be in it"));
	assert_false(noticed(w, "rahasia"));
	slash_held_release(&h);
}

static void
before_login_nothing_is_held(void **state)
{
	struct slash_held h = { .asks = true };
	struct world *w = *state;

	assert_false(slash_hold(&h, &w->slash, "auth messi surabaya"));
	assert_false(slash_hold(&h, &w->slash, "inbox"));
	slash_held_release(&h);
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
	assert_false(slash_secret(&w->slash, "login"));
	assert_false(slash_secret(&w->slash, "login dulu"));
	assert_false(slash_secret(&w->slash, "/login"));
}

/* What is refused because it was mistyped, too. */
static void
what_may_hold_a_password_is_a_secret(void **state)
{
	static const char *const secret[] = { " /login amy pw",
		"\t/passwd old new", "/LOGIN amy pw", "/Passwd old new",
		"/logni amy pw", "/lgoin amy pw", "/passw old new",
		"/password old new", "/pw old new", "/reg amy pw",
		"/registre amy pw", "/ amy pw", "aaa\n/login amy pw",
		"aaa\n\n  /LGIN amy pw\nbbb", "/login\namy pw",
		"login neko surabaya", "login x surabaya",
		"Regist baru\n 123", "passwd old new", "aaa\nauth neko pw",
		"/pasword old new", "/passwords x",
		"/Passwort alt neu", "/passphrase x", "/loginamy pw",
		"/login:amy pw", "/login:amy:pw", "/login/amy/pw",
		"/mgs neko b", "/kcik neko", "/xyz\tpw", "/xyz\npw",
		"/Login=pw", "aaa\n/pasword x y", "aaa\n/login:amy pw",
		"/abcdefghijabcdefghijabcdefghijabcdefghij:pw" };
	static const char *const open[] = { "/w login x", "/all login x y",
		"/groups x", "see /login amy pw", "logni amy pw",
		"hey\nlogin is hard", "//xyz and more", "/xyz", "/pasword",
		"/user_aktif", "/list-us", "int x;\n/* that is x */" };
	struct world *w = *state;

	model_user_set(w->model, "neko", "Neko", true, 0);
	for (size_t i = 0; i < sizeof(secret) / sizeof(*secret); i++)
		if (!slash_secret(&w->slash, secret[i]))
			fail_msg("no secret: %s", secret[i]);
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
		if (slash_secret(&w->slash, open[i]))
			fail_msg("a secret: %s", open[i]);
}

static void
before_login_passwords_need_no_slash(void **state)
{
	struct world *w = *state;

	assert_true(slash_secret(&w->slash, "login a b"));
	assert_true(slash_secret(&w->slash, "  register a b"));
	assert_true(slash_secret(&w->slash, "auth a b"));
	assert_true(slash_secret(&w->slash, "regist a b"));
	assert_true(slash_secret(&w->slash, "passwd a b"));
	assert_true(slash_secret(&w->slash, "LOGIN a b"));
	assert_true(slash_secret(&w->slash, "logni a b"));
	assert_true(slash_secret(&w->slash, "/logni a b"));
	assert_false(slash_secret(&w->slash, "help"));
}

static void
expect_words(
    const struct world *w, const char *line, size_t start, const char *const *want)
{
	char **got = complete_words(
	    &w->slash, w->model, line, start, strlen(line));
	size_t i;

	for (i = 0; want[i] != NULL; i++) {
		assert_non_null(got[i]);
		assert_string_equal(got[i], want[i]);
		free(got[i]);
	}
	assert_null(got[i]);
	free(got);
}

static void
completion_knows_what_stands_where(void **state)
{
	static const struct {
		const char *line;
		size_t at;
		enum slash_word word;
	} places[] = {
		{ "/wh", 0, SLASH_WORD_COMMAND },
		{ " \t/wh", 2, SLASH_WORD_COMMAND },
		{ "/msg ne", 5, SLASH_WORD_USER },
		{ "/w ne", 3, SLASH_WORD_USER },
		{ "/passwd ne", 8, SLASH_WORD_NONE },
		{ "/register ne ne", 13, SLASH_WORD_NONE },
		{ "/who ne", 5, SLASH_WORD_NONE },
		{ "/xyz ne", 5, SLASH_WORD_NONE },
		{ "hey ne", 4, SLASH_WORD_USER },
		{ "//usr ne", 6, SLASH_WORD_USER },
		{ "/help jo", 6, SLASH_WORD_COMMAND },
		{ "/help join x", 11, SLASH_WORD_NONE },
		{ "/set th", 5, SLASH_WORD_CHOICE },
		{ "/set theme l", 11, SLASH_WORD_CHOICE },
		{ "/set theme = l", 13, SLASH_WORD_CHOICE },
		{ "/set theme x l", 13, SLASH_WORD_NONE },
		{ "/mode o", 6, SLASH_WORD_CHOICE },
		{ "/mode #l", 6, SLASH_WORD_USER },
		{ "/mode #lab o", 11, SLASH_WORD_CHOICE },
	};
	struct world *w = *state;
	struct buf choices;

	buf_init(&choices, 8192);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (slash_word_at(&w->slash, places[i].line, places[i].at,
		    &choices) != places[i].word)
			fail_msg("%s", places[i].line);
	buf_release(&choices);
}

static void
settings_topics_and_modes_are_completed(void **state)
{
	static const struct {
		const char *line;
		size_t at;
		const char *want[8];
	} lines[] = {
		{ "/set the", 5, { "theme" } },
		{ "/set l", 5, { "language", "literal" } },
		{ "/set theme l", 11, { "light" } },
		{ "/set theme D", 11, { "dark", "default" } },
		{ "/set theme = a", 13, { "auto", "any" } },
		{ "/set language ", 14, { "auto", "en", "id", "default" } },
		{ "/set server x", 12, { NULL } },
		{ "/set nosuch x", 12, { NULL } },
		{ "/set bin", 5, { "bind." } },
		{ "/set bind.alt-s", 5, { "bind.alt-s" } },
		{ "/set bind.f7 page", 13, { "page-up", "page-down" } },
		{ "/set bind.f7 no", 13, { "none" } },
		{ "/set bind.nosuch no", 17, { NULL } },
		{ "/help jo", 6, { "join" } },
		{ "/help /jo", 6, { "/join" } },
		{ "/? namea", 3, { NULL } },
		{ "/? reg", 3, { "register", "regist" } },
		{ "/mode ", 6, { "open", "invite", "secret" } },
		{ "/mode #lab i", 11, { "invite" } },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		expect_words(w, lines[i].line, lines[i].at, lines[i].want);
}

static void
names_are_completed_behind_any_sign(void **state)
{
	static const struct {
		const char *line, *want;
	} lines[] = {
		{ "(bud", "(budi" }, { "(BUD", "(budi" }, { "[bud", "[budi" },
		{ "\"bud", "\"budi" }, { "'bud", "'budi" },
		{ "(@bud", "(@budi" }, { "((bud", "((budi" },
		{ "see:bud", "see:budi" }, { "neko,bud", "neko,budi" },
		{ "neko/bud", "neko/budi" }, { "*bud", "*budi" },
		{ "_bud", "_budi" }, { "-bud", "-budi" }, { "\u201cbud", "\u201cbudi" },
		{ "\u300cbud", "\u300cbudi" }, { "\u3000bud", "\u3000budi" },
		{ "//bud", "//budi" }, { "(#la", "(#lab" },
		{ "@bud", "@budi" }, { "bud", "budi:" },
		{ "xbud", NULL }, { "(xbud", NULL }, { "(", NULL },
	};
	struct world *w = *state;
	struct group g = { .topic = "", .target = "#lab", .member = true };

	model_user_set(w->model, "neko", "", true, 0);
	model_user_set(w->model, "budi", "", true, 0);
	groups_put(model_rooms(w->model), &g);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const char *const want[] = { lines[i].want, NULL };

		expect_words(w, lines[i].line, 0, want);
	}
}

static void
help_names_every_command(void **state)
{
	struct world *w = *state;
	const char *name;

	assert_true(slash_line(&w->slash, "/help"));
	assert_true(slash_line(&w->slash, "/help groups"));
	for (size_t i = 0; (name = slash_command_name(i)) != NULL; i++)
		assert_true(noticed(w, name));
	assert_true(slash_line(&w->slash, "/help send"));
	assert_false(slash_line(&w->slash, "/help nonsense"));
}

/* Whoever asks for one does not see the row above it. */
static void
the_help_on_one_stands_by_itself(void **state)
{
	static const char *const fragments[] = { "and ", "undo that", "be in",
		"no ", "which there", "a member" };
	struct world *w = *state;
	struct slash_help h;

	for (size_t i = 0; slash_help(i, &h); i++) {
		if (strcmp(h.name, "/quiet") == 0)
			continue; /* no bell: it is whole */
		for (size_t j = 0; j < sizeof(fragments) / sizeof(*fragments);
		    j++)
			assert_int_not_equal(strncmp(h.help, fragments[j],
			    strlen(fragments[j])), 0);
		assert_null(strstr(h.help, " in it"));
	}
	assert_true(slash_line(&w->slash, "/help ban"));
	assert_true(noticed(w, "put and keep USER out"));
	assert_true(slash_line(&w->slash, "/help unquiet"));
	assert_true(noticed(w, "bell and count again for what is said"));
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

/* What was checked and would be asked: nobody is connected. */
static void
expect_asked(struct world *w, const char *line, const char *verb)
{
	char text[64];

	model_clear(w->model, model_current(w->model));
	assert_true(slash_line(&w->slash, line));
	snprintf(text, sizeof(text), "%s: not connected", verb);
	assert_true(noticed(w, text));
}

static void
expect_refused(struct world *w, const char *line, const char *why)
{
	model_clear(w->model, model_current(w->model));
	assert_false(slash_line(&w->slash, line));
	assert_true(noticed(w, why));
	assert_false(noticed(w, "not connected"));
}

static void
a_group_is_the_one_that_is_shown_or_named(void **state)
{
	struct world *w = *state;

	expect_refused(w, "/kick neko", "/kick: in which group?");
	expect_refused(w, "/kick neko", "(or * for the whole server)");
	expect_refused(w, "/leave", "/leave: in which group?");
	expect_asked(w, "/kick #batak neko", "kick");
	expect_asked(w, "/ban * neko spam", "ban");
	assert_true(slash_line(&w->slash, "/w #batak"));
	expect_asked(w, "/kick neko because of it", "kick");
	expect_asked(w, "/mute #other james@medan", "mute");
	expect_asked(w, "/leave", "leave");
	expect_asked(w, "/part #other", "leave");
	expect_asked(w, "/members", "members");
	expect_asked(w, "/topic", "topic");
	expect_asked(w, "/topic * lunch * at noon", "topic");
	expect_asked(w, "/mode secret", "mode");
	expect_asked(w, "/rules *", "rules");
}

static void
what_is_done_in_groups_is_checked_before_it_is_sent(void **state)
{
	struct world *w = *state;
	char line[WIRE_TOPIC_MAX + 32];

	expect_asked(w, "/join batak", "join");
	expect_asked(w, "/join #batak@medan", "join");
	expect_asked(w, "/grant neko", "grant");
	expect_refused(w, "/join ##", "that is no group's name");
	expect_refused(w, "/join #a b", "/join #NAME");
	expect_refused(w, "/leave #@", "that is no group's name");
	assert_true(slash_line(&w->slash, "/w #batak"));
	expect_refused(w, "/kick", "/kick [#GROUP|*] USER [REASON]");
	expect_refused(w, "/op", "/op [#GROUP] USER");
	expect_refused(w, "/op * neko", "/op [#GROUP] USER");
	expect_refused(w, "/op !", "that is nobody's name");
	expect_refused(w, "/invite #other #more", "that is nobody's name");
	expect_refused(w, "/grant #batak", "that is nobody's name");
	expect_refused(w, "/mode ajar", "open, invite or secret");
	expect_refused(w, "/mode", "nothing is known");
	memset(line, 'x', sizeof(line));
	memcpy(line, "/topic ", 7);
	line[sizeof(line) - 1] = '\0';
	expect_refused(w, line, "it may have 512");
	expect_refused(w, "/topic a\033[31m",
	    "/topic: a control character (U+001B) is in it");
	expect_refused(w, "/topic a\177b", "(U+007F)");
	expect_refused(w, "/kick neko a\tb", "/kick: a control character");
	expect_refused(w, "/topic a\nb", "several lines; it may have one");
	expect_asked(w, "/topic é and 日本", "topic");
}

/* A user of that name there may be: the word still means all. */
static void
everyone_has_names_of_its_own(void **state)
{
	static const char *const lines[] = { "/w all", "/w everyone", "/w ALL",
		"/w Everyone", "/w semua", "/w every-body", "/w *", "/w" };
	struct world *w = *state;

	model_user_set(w->model, "all", "", true, 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_true(slash_line(&w->slash, "/w neko"));
		assert_true(slash_line(&w->slash, lines[i]));
		assert_string_equal(
		    convo_target(model_current(w->model)), "*");
	}
	assert_int_equal(model_convos(w->model), 2);
	assert_true(slash_line(&w->slash, "/quiet all"));
	assert_true(noticed(w, "everyone is quiet"));
	assert_true(model_quiet(w->model, model_find(w->model, "*")));
	assert_true(slash_line(&w->slash, "/unquiet everyone"));
	assert_false(model_quiet(w->model, model_find(w->model, "*")));
	assert_true(slash_line(&w->slash, "/close everyone"));
	assert_int_equal(model_convos(w->model), 2);
}

static void
a_bare_name_opens_the_one_it_can_mean(void **state)
{
	struct world *w = *state;

	model_user_set(w->model, "james@medan", "", true, 0);
	model_user_set(w->model, "budi@medan", "", true, 0);
	model_user_set(w->model, "budi@bali", "", true, 0);
	model_user_set(w->model, "neko", "", true, 0);
	model_user_set(w->model, "neko@medan", "", true, 0);
	assert_true(slash_line(&w->slash, "/w james"));
	assert_string_equal(
	    convo_target(model_current(w->model)), "james@medan");
	assert_true(slash_line(&w->slash, "/w budi"));
	assert_string_equal(convo_target(model_current(w->model)), "budi");
	assert_true(slash_line(&w->slash, "/w neko"));
	assert_string_equal(convo_target(model_current(w->model)), "neko");
	assert_true(slash_line(&w->slash, "/w jam"));
	assert_string_equal(convo_target(model_current(w->model)), "jam");
}

static void
ones_own_realm_is_no_other_one(void **state)
{
	struct world *w = *state;
	struct model_status st = *model_status(w->model);

	snprintf(st.realm, sizeof(st.realm), "its");
	model_set_status(w->model, &st);
	assert_true(slash_line(&w->slash, "/w neko@its"));
	assert_true(slash_line(&w->slash, "horas"));
	assert_string_equal(last_of(w, "neko")->text, "horas");
	assert_true(slash_line(&w->slash, "/msg NEKO@ITS juga"));
	assert_string_equal(last_of(w, "neko")->text, "juga");
	assert_true(slash_line(&w->slash, "/msg messi@its halo"));
	assert_non_null(model_find(w->model, "messi"));
	assert_string_equal(
	    convo_target(model_find(w->model, "messi@its")), "messi");
	assert_int_equal(model_convos(w->model), 3);
	assert_true(slash_line(&w->slash, "/quiet neko@its"));
	assert_true(noticed(w, "neko is quiet"));
	assert_true(slash_line(&w->slash, "/unquiet Neko@its"));
	assert_true(slash_line(&w->slash, "/ignore paff@its"));
	assert_true(noticed(w, "paff is ignored"));
	assert_true(slash_line(&w->slash, "/unignore paff@its"));
	assert_true(noticed(w, "paff is not ignored any more"));
	assert_false(slash_line(&w->slash, "/mode #batak@its"));
	assert_true(noticed(w, "#batak: nothing is known of it here"));
}

/* Whatever takes a name, in any spelling, and the numbers of the bar. */
static void
a_name_means_the_same_to_all_commands(void **state)
{
	struct world *w = *state;
	struct groups *rs = model_rooms(w->model);
	struct group g = { .topic = "", .target = "#batak@medan" };

	model_user_set(w->model, "james@medan", "", true, 0);
	model_user_set(w->model, "Neko", "", true, 0);
	groups_put(rs, &g);
	assert_non_null(model_open(w->model, "james@Medan"));
	assert_true(slash_line(&w->slash, "/w JAMES"));
	assert_string_equal(
	    convo_target(model_current(w->model)), "james@Medan");
	assert_true(slash_line(&w->slash, "/w NEKO"));
	assert_string_equal(convo_target(model_current(w->model)), "Neko");
	assert_true(slash_line(&w->slash, "/w #Batak"));
	assert_string_equal(
	    convo_target(model_current(w->model)), "#batak@medan");
	assert_true(slash_line(&w->slash, "/w"));
	assert_true(slash_line(&w->slash, "/quiet JAMES"));
	assert_true(noticed(w, "james@medan is quiet"));
	assert_true(slash_line(&w->slash, "/quiet #batak"));
	assert_true(noticed(w, "#batak@medan is quiet"));
	assert_true(slash_line(&w->slash, "/unquiet 2"));
	assert_true(noticed(w, "james@Medan is not quiet any more"));
	assert_true(slash_line(&w->slash, "/unquiet #BATAK"));
	assert_true(noticed(w, "#batak@medan is not quiet any more"));
	assert_true(slash_line(&w->slash, "/ignore James"));
	assert_true(noticed(w, "james@medan is ignored"));
	assert_true(slash_line(&w->slash, "/unignore JAMES"));
	assert_true(noticed(w, "james@medan is not ignored any more"));
	assert_true(slash_line(&w->slash, "/close James"));
	assert_null(model_find(w->model, "james@medan"));
	assert_true(slash_line(&w->slash, "/w JAMES")); /* is closed now */
	assert_true(slash_line(&w->slash, "/close #batak"));
	assert_null(model_find(w->model, "#batak@medan"));
	assert_true(slash_line(&w->slash, "/close 2"));
	assert_null(model_find(w->model, "neko"));
	assert_false(slash_line(&w->slash, "/close 3"));
	assert_true(noticed(w, "3 is not on the list"));
	assert_int_equal(model_convos(w->model), 2);
}

static void
set_link(struct world *w, enum model_link link)
{
	struct model_status st = *model_status(w->model);

	st.link = link;
	model_set_status(w->model, &st);
}

static void
a_name_of_nobody_opens_nothing_while_all_are_known(void **state)
{
	struct world *w = *state;

	assert_true(slash_line(&w->slash, "/w nobody"));
	model_user_set(w->model, "neko", "", true, 0);
	model_user_set(w->model, "Messi", "", true, 0);
	model_user_set(w->model, "james@medan", "", false, 0);
	set_link(w, LINK_ONLINE);
	assert_true(slash_line(&w->slash, "/w nobody")); /* is there already */
	assert_true(slash_line(&w->slash, "/w"));
	assert_false(slash_line(&w->slash, "/w nekko"));
	assert_true(noticed(w, "there is no nekko here; neko?"));
	assert_false(slash_line(&w->slash, "/w xylophone"));
	assert_true(noticed(w, "there is no xylophone here; /who"));
	assert_int_equal(model_convos(w->model), 2);
	assert_true(slash_line(&w->slash, "/w NEKO"));
	assert_true(slash_line(&w->slash, "/w messi"));
	assert_true(slash_line(&w->slash, "/w James"));
	assert_true(slash_line(&w->slash, "/w nobody@bali"));
	assert_true(slash_line(&w->slash, "/w #batak"));
	set_link(w, LINK_LOST);
	assert_true(slash_line(&w->slash, "/w nekko"));
	assert_int_equal(model_convos(w->model), 8);
}

static void
a_group_that_is_not_known_opens_nothing(void **state)
{
	struct world *w = *state;
	struct groups *rs = model_rooms(w->model);
	struct group g = { .topic = "", .target = "#batak" };

	set_link(w, LINK_ONLINE);
	assert_true(slash_line(&w->slash, "/w #early")); /* no list has come */
	groups_begin(rs);
	groups_put(rs, &g);
	groups_end(rs, NULL, NULL);
	assert_true(slash_line(&w->slash, "/w #BATAK"));
	assert_true(slash_line(&w->slash, "/w #early")); /* is there already */
	assert_true(slash_line(&w->slash, "/close #early"));
	assert_true(slash_line(&w->slash, "/w #early")); /* and was */
	assert_false(slash_line(&w->slash, "/w #nogroup"));
	assert_true(noticed(w, "no group #nogroup is known here; "
	    "/join #nogroup makes it, or joins it"));
	assert_false(slash_line(&w->slash, "/w #nogroup@medan"));
	assert_true(noticed(w, "/join #nogroup@medan makes it"));
	assert_int_equal(model_convos(w->model), 3);
	set_link(w, LINK_LOST);
	assert_true(slash_line(&w->slash, "/w #nogroup"));
	set_link(w, LINK_ONLINE);
	groups_stale(rs);
	assert_true(slash_line(&w->slash, "/w #another"));
	assert_int_equal(model_convos(w->model), 5);
}

static void
a_number_is_one_of_the_bar(void **state)
{
	struct world *w = *state;
	char name[32];

	for (int i = 2; i <= 12; i++) {
		snprintf(name, sizeof(name), "neko%d", i);
		assert_non_null(model_open(w->model, name));
	}
	assert_true(slash_line(&w->slash, "/w 12"));
	assert_int_equal(model_current_index(w->model), 11);
	assert_true(slash_line(&w->slash, "/w 1"));
	assert_int_equal(model_current_index(w->model), 0);
	model_user_set(w->model, "7", "", true, 0);
	assert_true(slash_line(&w->slash, "/w 7"));
	assert_string_equal(convo_target(model_current(w->model)), "7");
	set_link(w, LINK_ONLINE);
	assert_false(slash_line(&w->slash, "/w 99"));
	assert_int_equal(model_convos(w->model), 13);
}

static void
help_on_groups_lists_them_with_their_signs(void **state)
{
	struct world *w = *state;

	assert_true(slash_line(&w->slash, "/help groups"));
	assert_true(noticed(w, "/kick USER [REASON]"));
	assert_true(noticed(w, "~ owner, @ moderator, ! muted"));
	assert_false(noticed(w, "/passwd"));
	assert_true(convo_count(model_current(w->model)) <= 21);
}

static void
completion_knows_groups_and_who_is_in_them(void **state)
{
	static const char *const groups[] = { "#lab", "#Labu", NULL };
	static const char *const all[] = { "neko", "nena", NULL };
	static const char *const first[] = { "nena", "neko", NULL };
	static const char *const none[] = { NULL };
	struct world *w = *state;
	struct groups *rs = model_rooms(w->model);
	struct group g = { .topic = "", .member = true };
	const struct user in = { .user = "nena", .name = "" };

	model_user_set(w->model, "neko", "", true, 0);
	model_user_set(w->model, "nena", "", true, 0);
	assert_non_null(model_open(w->model, "#lab"));
	g.target = "#lab";
	groups_put(rs, &g);
	g.target = "#Labu";
	g.member = false;
	groups_put(rs, &g);
	groups_members_begin(rs, "#lab");
	groups_member_put(rs, "#lab", &in);
	groups_members_end(rs, "#lab");
	expect_words(w, "/join #la", 6, groups);
	expect_words(w, "see you in #LA", 11, groups);
	expect_words(w, "/kick #lab ne", 11, all);
	expect_words(w, "/groups ne", 8, none);
	assert_true(slash_line(&w->slash, "/w #lab"));
	expect_words(w, "/op ne", 4, first);
	expect_words(w, "/kick #xyz ne", 11, first);
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
		IN(a_near_miss_does_no_harm),
		IN(too_few_or_too_many_words_are_told_the_form),
		IN(blank_lines_say_nothing),
		IN(what_is_no_utf8_is_refused),
		OUT(before_login_words_need_no_slash),
		IN(after_login_words_are_text),
		IN(a_command_behind_blanks_is_one),
		IN(a_setting_makes_text_of_a_slash_behind_a_blank),
		IN(after_login_a_password_is_told_to_nobody),
		IN(words_of_the_five_systems_without_a_slash_are_held_once),
		IN(what_was_held_is_held_again_elsewhere_and_later),
		IN(before_the_users_are_known_each_may_be_one),
		IN(in_a_pipe_they_are_held_each_time),
		IN(what_is_held_names_a_command_that_there_is),
		OUT(before_login_nothing_is_held),
		IN(lines_with_passwords_are_known),
		IN(what_may_hold_a_password_is_a_secret),
		OUT(before_login_passwords_need_no_slash),
		IN(completion_knows_what_stands_where),
		IN(settings_topics_and_modes_are_completed),
		IN(names_are_completed_behind_any_sign),
		IN(help_names_every_command),
		IN(the_help_on_one_stands_by_itself),
		IN(closing_goes_back_to_everyone),
		IN(a_group_is_the_one_that_is_shown_or_named),
		IN(what_is_done_in_groups_is_checked_before_it_is_sent),
		IN(everyone_has_names_of_its_own),
		IN(a_bare_name_opens_the_one_it_can_mean),
		IN(ones_own_realm_is_no_other_one),
		IN(a_name_means_the_same_to_all_commands),
		IN(a_name_of_nobody_opens_nothing_while_all_are_known),
		IN(a_group_that_is_not_known_opens_nothing),
		IN(a_number_is_one_of_the_bar),
		IN(help_on_groups_lists_them_with_their_signs),
		IN(completion_knows_groups_and_who_is_in_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
