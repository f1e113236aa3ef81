/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server finds (client_find): part of the client, see client_priv.h. */
#include "shared/utf8.h"
#include "shared/wire.h"
#include "tui/net/client_priv.h"
#include "tui/model/model.h"
#include "tui/net/json_in.h"
#include "tui/text.h"
#include "tui/net/uplink.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void
done_find(struct client *c, const struct request *rq, json_t *reply)
{
	client_found_fn *found = c->found;
	struct model_message *msg = NULL;
	size_t n = 0;

	if (rq->tag != c->find_tag || found == NULL)
		return; /* other words were asked for since */
	/* Words that it cannot look for it does not find. */
	if (json_in_ok(reply) && !json_in_messages(reply, &msg, &n)) {
		client_broken(c, _("a bad page of what was found"));
		return;
	}
	c->found = NULL; /* who is told may ask for more */
	found(c->found_arg, msg, n, n > 0 && json_in_true(reply, "more"));
	free(msg);
	c->events->changed(c->arg);
}

bool
client_find(struct client *c, const char *words, int64_t before,
    client_found_fn *found, void *arg)
{
	const struct request rq = { .done = done_find };

	if (!uplink_is_up(c->uplink) || !client_watching(c) ||
	    c->requests.count >= REQUESTS_MAX ||
	    strlen(words) > WIRE_LINE_MAX - 64 ||
	    strpbrk(words, "\r\n") != NULL ||
	    !utf8_valid(words, strlen(words)))
		return false;
	c->found = found;
	c->found_arg = arg;
	if (before > 0)
		client_request(c, &rq, "search - before=%" PRId64 " limit=%d %s",
		    before, WIRE_PAGE_MAX, words);
	else
		client_request(c, &rq, "search - limit=%d %s",
		    WIRE_PAGE_DEFAULT, words);
	c->find_tag = c->requests.tag;
	return true;
}

bool
client_finding(const struct client *c)
{
	return c->found != NULL;
}

void
client_find_end(struct client *c)
{
	c->found = NULL;
}
