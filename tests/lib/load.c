/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/load.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

static unsigned long long lot;

void
lot_start(void)
{
	const char *seed = getenv("CHAT_SEED");

	lot = seed != NULL ? strtoull(seed, NULL, 10) :
			     (unsigned long long)getpid();
	print_message("CHAT_SEED=%llu\n", lot);
}

unsigned
lot_draw(unsigned below)
{
	lot = lot * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(lot >> 33) % below;
}

void
sender_init(struct sender *x, struct server *s, int who, const char *user,
    const char *verb, const char *target)
{
	struct client *c = client_open(s);
	const char *token = client_login(c, user, "surabaya");

	*x = (struct sender){ .server = s, .who = who };
	x->command = xasprintf("%s %s%s%s", verb, token,
	    target != NULL ? " " : "", target != NULL ? target : "");
	x->id = xcalloc(LOAD_EACH_MAX, sizeof(*x->id));
	client_close(c);
}

void
sender_release(struct sender *x)
{
	free(x->command);
	free(x->id);
}

void
sender_connect(struct sender *x)
{
	x->c = client_open(x->server);
	x->in_flight = x->answered; /* those are sent again */
}

void
sender_close(struct sender *x)
{
	if (x->c != NULL)
		client_close(x->c);
	x->c = NULL;
}

static void
send_one(struct sender *x, int number)
{
	char line[256];

	/* A lost connection is no fault here: the answer will be missing. */
	snprintf(line, sizeof(line), "@s%d.%d %s %d %d\r\n", x->who, number,
	    x->command, x->who, number);
	(void)client_try_send(x->c, line, strlen(line));
}

void
sender_fill(struct sender *x)
{
	while (x->c != NULL && x->in_flight < x->answered + LOAD_WINDOW &&
	    x->in_flight < LOAD_EACH_MAX) {
		send_one(x, x->in_flight++);
		if (x->next < x->in_flight)
			x->next = x->in_flight;
	}
}

static void
take_one(struct sender *x, json_t *o)
{
	char want[32];

	snprintf(want, sizeof(want), "s%d.%d", x->who, x->answered);
	assert_string_equal(str_of(o, "tag"), want);
	expect_json(o, "{'status':'OK','id':'<id>'}");
	x->id[x->answered++] = int_of(o, "id");
}

void
sender_take(struct sender *x, bool to_the_end)
{
	json_t *o;

	while (x->c != NULL &&
	    (o = to_the_end ? client_try_object(x->c) :
			      client_poll_object(x->c)) != NULL)
		take_one(x, o);
}

bool
sender_finish(struct sender *x)
{
	while (x->in_flight < x->next)
		send_one(x, x->in_flight++);
	sender_take(x, false);
	return x->answered == x->next;
}

void
senders_wait(struct sender *x, int count, int extra, int timeout_ms)
{
	struct pollfd p[32];
	nfds_t n = 0;

	assert_true(count < 31);
	for (int i = 0; i < count; i++)
		if (x[i].c != NULL)
			p[n++] = (struct pollfd){
				.fd = client_fd(x[i].c), .events = POLLIN
			};
	if (extra != -1)
		p[n++] = (struct pollfd){ .fd = extra, .events = POLLIN };
	poll(p, n, timeout_ms);
}
