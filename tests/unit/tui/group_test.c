/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups and remote names, as the client puts them into the model. */
#include "tests/unit/tui/server_fake.h"

#include "tui/net/answer.h"
#include "tui/model/groups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OK "\"status\":\"OK\","
#define REFUSED(code) \
	"\"status\":\"ERROR\",\"message\":\"m\",\"code\":\"" code "\""
#define BATAK \
	"{\"target\":\"#batak\",\"group\":\"batak\",\"topic\":\"lunch\"," \
	"\"mode\":\"open\",\"members\":2,\"member\":true,\"role\":\"owner\"}"
#define LAB \
	"{\"target\":\"#lab\",\"group\":\"lab\",\"topic\":\"\"," \
	"\"mode\":\"invite\",\"members\":5,\"member\":false}"
#define MEMBERS \
	OK "\"target\":\"#batak\",\"members\":[" \
	"{\"user\":\"messi\",\"name\":\"Lionel Messi\",\"online\":true," \
	"\"role\":\"owner\",\"muted\":false}," \
	"{\"user\":\"james@medan\",\"name\":\"James\",\"online\":false," \
	"\"role\":\"member\",\"muted\":false}]"

static const struct group *
group_of(const struct world *w, const char *target)
{
	return groups_find(model_rooms(w->model), target);
}

static bool
noticed_in(const struct world *w, const char *target, const char *text)
{
	const struct convo *c = model_find(w->model, target);

	assert_non_null(c);
	for (size_t i = 0; i < convo_count(c); i++)
		if (convo_item(c, i)->kind == ITEM_NOTICE &&
		    strstr(convo_item(c, i)->text, text) != NULL)
			return true;
	return false;
}

/* Online, and a member of #batak, whose conversation is shown. */
static void
go_to_group(struct world *w)
{
	w->groups = OK "\"groups\":[" BATAK "," LAB "]";
	w->members = MEMBERS;
	go_online(w);
	client_show(w->client, model_find(w->model, "#batak"));
	await(w, !client_busy(w->client));
}

static void
a_login_opens_the_groups_that_one_is_in(void **state)
{
	struct world *w = *state;
	const struct group *g;

	w->groups = OK "\"groups\":[" BATAK "," LAB "]";
	go_online(w);
	assert_int_equal(asked(w, "groups -"), 1);
	assert_non_null(model_find(w->model, "#batak"));
	assert_null(model_find(w->model, "#lab"));
	assert_int_equal(model_current_index(w->model), 0);
	g = group_of(w, "#Batak");
	assert_non_null(g);
	assert_string_equal(g->topic, "lunch");
	assert_int_equal(g->role, GROUP_OWNER);
	assert_false(group_of(w, "#lab")->member);
	assert_int_equal(group_of(w, "#lab")->mode, GROUP_INVITE);
	/* Who is in it is asked when it is looked at. */
	assert_int_equal(asked(w, "members"), 0);
	assert_null(model_here(w->model));
}

static void
members_are_asked_once_and_kept(void **state)
{
	struct world *w = *state;
	struct userlist *here;
	const struct user *u;

	go_to_group(w);
	assert_int_equal(asked(w, "members - #batak"), 1);
	here = model_here(w->model);
	assert_non_null(here);
	assert_int_equal(userlist_count(here), 2);
	assert_int_equal(userlist_online(here), 1);
	assert_string_equal(userlist_shown(here, 0)->user, "messi");
	put(w, "{\"event\":\"join\",\"target\":\"#batak\",\"user\":\"neko\"}");
	put(w, "{\"event\":\"presence\",\"user\":\"james@medan\","
	       "\"name\":\"James\",\"online\":true}");
	put(w, "{\"event\":\"member\",\"target\":\"#batak\",\"user\":\"neko\","
	       "\"role\":\"moderator\",\"muted\":true,\"by\":\"messi\"}");
	await(w, noticed(w, "neko may not say anything in #batak (by messi)"));
	assert_true(noticed(w, "neko has joined #batak"));
	assert_true(noticed(w, "neko is a moderator of #batak now"));
	assert_int_equal(userlist_count(here), 3);
	assert_int_equal(userlist_online(here), 3);
	u = userlist_find(here, "neko");
	assert_int_equal(u->role, GROUP_MODERATOR);
	assert_true(u->muted);
	put(w, "{\"event\":\"leave\",\"target\":\"#batak\",\"user\":\"neko\","
	       "\"by\":\"messi\",\"act\":\"ban\",\"reason\":\"spam\"}");
	await(w, noticed(w, "messi has banned neko: spam"));
	assert_int_equal(userlist_count(here), 2);
	assert_int_equal(group_of(w, "#batak")->members, 2);
	client_show(w->client, model_find(w->model, "*"));
	assert_null(model_here(w->model));
	client_show(w->client, model_find(w->model, "#batak"));
	await(w, !client_busy(w->client));
	assert_int_equal(asked(w, "members"), 1);
}

static void
joining_opens_and_shows_it_and_is_told_once(void **state)
{
	struct world *w = *state;
	size_t before;

	go_online(w);
	w->groups = OK "\"groups\":[" BATAK "]";
	w->members = MEMBERS;
	w->deed = OK "\"target\":\"#batak\"";
	put(w, "{\"event\":\"join\",\"target\":\"#batak\",\"user\":\"messi\"}");
	await(w, model_find(w->model, "#batak") != NULL);
	assert_int_equal(model_current_index(w->model), 0);
	client_do(w->client, CLIENT_JOIN, "#batak", NULL, NULL);
	await(w, model_current_index(w->model) == 1);
	assert_true(noticed(w, "you have joined #batak"));
	await(w, !client_busy(w->client));
	before = convo_count(model_current(w->model));
	put(w, "{\"event\":\"join\",\"target\":\"#batak\",\"user\":\"messi\"}");
	event(w, 5, "#batak", "neko", "halo");
	await(w, messages(model_current(w->model)) == 1);
	assert_int_equal(convo_count(model_current(w->model)), before + 1);
	assert_string_equal(group_of(w, "#batak")->topic, "lunch");
}

static void
a_join_that_is_refused_says_why(void **state)
{
	struct world *w = *state;

	go_online(w);
	w->deed = REFUSED("invite-only");
	client_do(w->client, CLIENT_JOIN, "#lab", NULL, NULL);
	await(w, noticed(w, "#lab: only who was invited may join that group"));
	w->deed = REFUSED("no-such-group");
	client_do(w->client, CLIENT_JOIN, "#lab", NULL, NULL);
	await(w, noticed(w, "#lab: there is no such group here"));
	assert_null(model_find(w->model, "#lab"));
	assert_int_equal(model_current_index(w->model), 0);
}

static void
who_is_put_out_keeps_the_words_and_may_say_no_more(void **state)
{
	struct world *w = *state;

	go_to_group(w);
	event(w, 5, "#batak", "neko", "halo");
	put(w, "{\"event\":\"leave\",\"target\":\"#batak\",\"user\":\"messi\","
	       "\"by\":\"neko\",\"act\":\"kick\",\"reason\":\"enough\"}");
	await(w, noticed(w, "you were kicked from #batak by neko: enough"));
	assert_int_equal(messages(model_current(w->model)), 1);
	assert_false(group_of(w, "#batak")->member);
	assert_null(model_here(w->model));
	assert_false(client_say(w->client, "#batak", "but why"));
	assert_true(noticed(w, "not sent: you are no member of #batak"));
	assert_int_equal(asked(w, "say"), 0);
	w->deed = OK "\"target\":\"#batak\"";
	client_do(w->client, CLIENT_JOIN, "#batak", NULL, NULL);
	await(w, !client_busy(w->client));
	assert_true(client_say(w->client, "#batak", "again"));
	await(w, w->good == 1);
}

static void
leaving_is_told_once_by_answer_or_event(void **state)
{
	struct world *w = *state;
	size_t before;

	go_to_group(w);
	w->deed = OK "\"target\":\"#batak\"";
	client_do(w->client, CLIENT_LEAVE, "#batak", NULL, NULL);
	await(w, noticed(w, "you have left #batak"));
	before = convo_count(model_current(w->model));
	put(w, "{\"event\":\"leave\",\"target\":\"#batak\",\"user\":\"messi\"}");
	put(w, "{\"event\":\"presence\",\"user\":\"neko\",\"online\":true}");
	await(w, model_user_by_name(w->model, "neko") != NULL);
	assert_int_equal(convo_count(model_current(w->model)), before);
}

static void
topic_and_mode_change_in_the_title_and_in_a_line(void **state)
{
	struct world *w = *state;

	go_to_group(w);
	put(w, "{\"event\":\"group\",\"target\":\"#batak\",\"topic\":\"tea\","
	       "\"mode\":\"open\",\"by\":\"neko\"}");
	await(w, noticed(w, "neko has set the topic of #batak: tea"));
	assert_string_equal(group_of(w, "#batak")->topic, "tea");
	assert_true(model_changes(w->model) & MODEL_STATUS);
	put(w, "{\"event\":\"group\",\"target\":\"#batak\",\"topic\":\"\","
	       "\"mode\":\"secret\",\"by\":\"neko\"}");
	await(w, noticed(w, "#batak is secret now (by neko)"));
	assert_true(noticed(w, "neko has taken the topic of #batak away"));
	assert_int_equal(group_of(w, "#batak")->mode, GROUP_SECRET);
}

static void
an_invitation_is_told_wherever_one_is(void **state)
{
	struct world *w = *state;

	go_online(w);
	put(w, "{\"event\":\"invite\",\"target\":\"#lab\",\"by\":\"neko\"}");
	await(w, noticed(w, "neko invites you: /join #lab"));
}

static void
what_happens_elsewhere_is_told_there(void **state)
{
	struct world *w = *state;

	go_to_group(w);
	client_show(w->client, model_find(w->model, "*"));
	put(w, "{\"event\":\"join\",\"target\":\"#batak\",\"user\":\"neko\"}");
	await(w, noticed_in(w, "#batak", "neko has joined #batak"));
	assert_false(noticed(w, "neko has joined"));
	assert_int_equal(convo_unread(model_find(w->model, "#batak")), 0);
}

static void
a_deed_is_confirmed_where_no_event_tells_of_it(void **state)
{
	struct world *w = *state;

	go_to_group(w);
	w->deed = OK "\"target\":\"#batak\"";
	client_do(w->client, CLIENT_INVITE, "#batak", "neko", NULL);
	await(w, noticed(w, "neko is invited to #batak"));
	assert_int_equal(asked(w, "invite - #batak neko"), 1);
	w->deed = OK "\"target\":\"*\"";
	client_do(w->client, CLIENT_BAN, "*", "neko", "for good reasons");
	await(w, noticed(w, "neko is banned from the whole server"));
	assert_int_equal(asked(w, "ban - * neko for good reasons"), 1);
	client_do(w->client, CLIENT_GRANT, NULL, "neko", NULL);
	await(w, noticed(w, "neko is an administrator of the whole server"));
	w->deed = REFUSED("denied");
	client_do(w->client, CLIENT_OP, "#batak", "neko", NULL);
	await(w, noticed(w, "/op: you may not do that"));
}

/* Scripts end by it. */
static void
what_is_refused_or_not_answered_is_told(void **state)
{
	struct world *w = *state;

	go_online(w);
	client_do(w->client, CLIENT_KICK, "#batak", "neko", NULL);
	client_ask(w->client, CLIENT_WHO, NULL);
	await(w, !client_busy(w->client));
	assert_int_equal(w->refused, 0);
	w->deed = REFUSED("denied");
	client_do(w->client, CLIENT_KICK, "#batak", "neko", NULL);
	await(w, w->refused == 1);
	client_do(w->client, CLIENT_JOIN, "#batak", NULL, NULL);
	await(w, w->refused == 2);
	client_do(w->client, CLIENT_LEAVE, "#batak", NULL, NULL);
	await(w, w->refused == 3);
	client_ask(w->client, CLIENT_PASSWD, "old new");
	await(w, w->refused == 4);
	assert_true(noticed(w, "/passwd: "));

	client_do(w->client, CLIENT_KICK, "#batak", "neko", NULL);
	cut(w);
	await(w, w->unanswered == 1);
	assert_true(noticed(w, "/kick: the connection was lost before the"));
	client_ask(w->client, CLIENT_WHO, NULL);
	assert_int_equal(w->refused, 5); /* not connected */
	await(w, link_of(w) == LINK_ONLINE && !client_busy(w->client));
	assert_int_equal(w->refused, 5);
	assert_int_equal(w->unanswered, 1);
	assert_int_equal(w->bad, 0);
}

static void
a_deed_too_long_is_never_cut(void **state)
{
	struct world *w = *state;
	char *topic = malloc(WIRE_LINE_MAX + 1);

	assert_non_null(topic);
	memset(topic, 'x', WIRE_LINE_MAX);
	topic[WIRE_LINE_MAX] = '\0';
	go_to_group(w);
	client_do(w->client, CLIENT_TOPIC, "#batak", NULL, topic);
	client_do(w->client, CLIENT_TOPIC, "#batak", NULL, "a\r\nlogout -");
	free(topic);
	assert_true(noticed(w, "too long"));
	assert_true(noticed(w, "/topic: that cannot be asked"));
	assert_int_equal(asked(w, "topic"), 0);
}

static void
a_reconnect_finds_out_what_changed(void **state)
{
	struct world *w = *state;

	go_to_group(w);
	w->groups = OK "\"groups\":[" LAB "]";
	cut(w);
	await(w, link_of(w) == LINK_LOST);
	await(w, !client_busy(w->client));
	assert_true(noticed(w, "you are no member of #batak any more"));
	assert_false(group_of(w, "#batak")->member);
	w->groups = OK "\"groups\":[" BATAK "]";
	cut(w);
	await(w, link_of(w) == LINK_LOST);
	await(w, !client_busy(w->client));
	assert_true(group_of(w, "#batak")->member);
	assert_null(group_of(w, "#lab"));
	assert_int_equal(asked(w, "members"), 2);
}

static void
an_older_server_has_no_groups_and_that_is_well(void **state)
{
	struct world *w = *state;

	w->groups = REFUSED("unknown-command");
	go_online(w);
	assert_int_equal(w->losses, 0);
	assert_int_equal(groups_count(model_rooms(w->model)), 0);
}

static void
what_waits_for_a_realm_is_marked_with_it(void **state)
{
	struct world *w = *state;
	const struct convo *c;

	go_online(w);
	w->said = ",\"queued\":true";
	assert_true(client_say(w->client, "james@medan", "halo"));
	await(w, w->good == 1);
	c = model_find(w->model, "james@medan");
	assert_int_equal(convo_item(c, 0)->kind, ITEM_MESSAGE);
	assert_string_equal(convo_item(c, 0)->queued, "medan");
	w->said = NULL;
	assert_true(client_say(w->client, "james@medan", "again"));
	await(w, w->good == 2);
	assert_null(convo_item(c, 1)->queued);
}

static void
a_name_alone_may_be_of_another_realm(void **state)
{
	struct world *w = *state;
	const struct convo *c;

	go_online(w);
	w->said = ",\"target\":\"james@medan\"";
	client_show(w->client, model_open(w->model, "james"));
	assert_true(client_say(w->client, "james", "one"));
	await(w, w->good == 1);
	c = model_current(w->model);
	assert_string_equal(convo_target(c), "james@medan");
	assert_null(model_find(w->model, "james"));
	client_show(w->client, model_find(w->model, "*"));
	assert_true(client_say(w->client, "james", "two"));
	await(w, w->good == 2);
	assert_int_equal(messages(c), 2);
	assert_null(model_find(w->model, "james"));
	assert_int_equal(model_convos(w->model), 2);
	/* What is half typed stays where it was typed. */
	model_draft(w->model, model_open(w->model, "james"), "half");
	assert_true(client_say(w->client, "james", "three"));
	await(w, w->good == 3);
	assert_int_equal(messages(c), 3);
	assert_string_equal(
	    convo_draft(model_find(w->model, "james")), "half");
}

static void
remote_people_stand_with_the_others(void **state)
{
	struct world *w = *state;

	go_online(w);
	put(w, "{\"event\":\"presence\",\"user\":\"james@medan\","
	       "\"name\":\"James\",\"online\":true}");
	event(w, 7, "james@medan", "james@medan", "halo its");
	event(w, 8, "@medan", "@medan", "no user of that name: jim");
	await(w, model_last_seen(w->model) == 8);
	assert_true(model_user_by_name(w->model, "james@medan")->online);
	assert_int_equal(convo_unread(model_find(w->model, "James@Medan")), 1);
	assert_int_equal(convo_unread(model_find(w->model, "@medan")), 1);
	assert_false(client_say(w->client, "@medan", "what?"));
	assert_true(noticed(w, "nobody reads there"));
}

static void
bad_groups_are_left(void **state)
{
	static const char *const bad[] = {
		"{\"event\":\"join\",\"target\":\"#batak\"}",
		"{\"event\":\"join\",\"target\":\"batak\",\"user\":\"x\"}",
		"{\"event\":\"leave\",\"user\":\"x\"}",
		"{\"event\":\"member\",\"target\":\"#batak\",\"user\":\"x\","
		"\"role\":\"king\"}",
		"{\"event\":\"group\",\"target\":\"#batak\",\"topic\":7}",
		"{\"event\":\"group\",\"target\":\"#batak\",\"topic\":\"t\","
		"\"mode\":\"ajar\"}",
		"{\"event\":\"invite\",\"by\":\"x\"}",
	};
	struct world *w = *state;

	go_to_group(w);
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
the_lists_are_printed(void **state)
{
	struct world *w = *state;

	go_to_group(w);
	client_ask(w->client, CLIENT_GROUPS, NULL);
	await(w, noticed(w, "2 groups"));
	assert_true(noticed(w, "  * #batak, 2 members, open to all, yours: "
	                       "lunch"));
	assert_true(noticed(w, "  - #lab, 5 members, invite-only"));
	client_ask(w->client, CLIENT_MEMBERS, "#batak");
	await(w, noticed(w, "#batak has 2 members:"));
	assert_true(noticed(w, "~messi [Lionel Messi], owner, here"));
	assert_true(noticed(w, " james@medan [James], away"));
	w->deed = OK "\"target\":\"#batak\",\"rules\":[{\"act\":\"ban\","
	    "\"user\":\"neko\",\"by\":\"messi\",\"reason\":\"spam\","
	    "\"time\":\"2026-11-21T03:04:05.678Z\"}]";
	client_ask(w->client, CLIENT_RULES, "#batak");
	await(w, noticed(w, "invited in #batak:"));
	assert_true(noticed(w, "  ban neko, by messi, 2026-11-21 "));
	assert_true(noticed(w, ": spam"));
	w->deed = OK "\"links\":[{\"realm\":\"medan\",\"kind\":\"ours\","
	    "\"state\":\"down\",\"since\":\"2026-11-21T03:04:05.678Z\","
	    "\"queued\":3,\"error\":\"Connection refused\"}]";
	client_ask(w->client, CLIENT_LINKS, NULL);
	await(w, noticed(w, "1 link to other realms:"));
	assert_true(noticed(w, "  medan: down since 2026-11-21 "));
	assert_true(noticed(w, ", ours, 3 queued (Connection refused)"));
	w->deed = OK "\"target\":\"#batak\",\"topic\":\"\"";
	client_ask(w->client, CLIENT_TOPIC_OF, "#batak");
	await(w, noticed(w, "#batak has no topic"));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_login_opens_the_groups_that_one_is_in),
		T(members_are_asked_once_and_kept),
		T(joining_opens_and_shows_it_and_is_told_once),
		T(a_join_that_is_refused_says_why),
		T(who_is_put_out_keeps_the_words_and_may_say_no_more),
		T(leaving_is_told_once_by_answer_or_event),
		T(topic_and_mode_change_in_the_title_and_in_a_line),
		T(an_invitation_is_told_wherever_one_is),
		T(what_happens_elsewhere_is_told_there),
		T(a_deed_is_confirmed_where_no_event_tells_of_it),
		T(what_is_refused_or_not_answered_is_told),
		T(a_deed_too_long_is_never_cut),
		T(a_reconnect_finds_out_what_changed),
		T(an_older_server_has_no_groups_and_that_is_well),
		T(what_waits_for_a_realm_is_marked_with_it),
		T(a_name_alone_may_be_of_another_realm),
		T(remote_people_stand_with_the_others),
		T(bad_groups_are_left),
		T(the_lists_are_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
