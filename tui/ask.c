/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person's questions (client_ask): part of the client, see core.h. */
#include "shared/utf8.h"
#include "shared/wire.h"
#include "tui/answer.h"
#include "tui/clock.h"
#include "tui/core.h"
#include "tui/parse.h"
#include "tui/tidings.h"
#include "tui/uplink.h"

#include <string.h>

static void
done_ask(struct client *c, const struct request *rq, json_t *reply)
{
	char why[ANSWER_WHY_CAP];
	bool token;

	if (!parse_ok(reply)) {
		answer_why(reply, why);
		core_notice(c, "%s: %s", answer_verb(rq->ask, &token), why);
		return;
	}
	if (!answer_print(c->model, rq->ask, reply, clock_ms())) {
		core_broken(c, "a bad answer");
		return;
	}
	if (rq->ask == CLIENT_WHO &&
	    !tidings_put_users(c, json_object_get(reply, "users")))
		core_broken(c, "a bad list of users");
	else if (rq->ask == CLIENT_INBOX)
		tidings_ask_unread(c);
	else if (rq->ask == CLIENT_NAME)
		tidings_ask_users(c);
}

void
client_ask(struct client *c, enum client_ask ask, const char *params)
{
	struct request rq = { .done = done_ask, .ask = ask };
	bool token;
	const char *verb = answer_verb(ask, &token);

	if (params == NULL)
		params = "";
	if (!uplink_is_up(c->uplink) || c->link == LINK_CONNECTING)
		core_notice(c, "%s: not connected", verb);
	else if (token && !core_watching(c))
		core_notice(c, "%s: log in first", verb);
	else if (c->requests.count >= REQUESTS_MAX)
		core_notice(c, "%s: too much is on its way already", verb);
	else if (strlen(params) > WIRE_LINE_MAX - 64 ||
	    strpbrk(params, "\r\n") != NULL ||
	    !utf8_valid(params, strlen(params)))
		core_notice(c, "%s: that cannot be asked", verb);
	else
		core_request(c, &rq, "%s%s%s%s", verb, token ? " -" : "",
		    *params == '\0' ? "" : " ", params);
}
