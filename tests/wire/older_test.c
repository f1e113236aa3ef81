/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A client of the older systems, as it is: a blank before every CRLF, two
 * before a text, reads of 64 bytes until CRLFCRLF, one object for each request
 * and no idea of events.
 */
#include <sys/socket.h>

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/server.h"

enum { OLDER_READ = 64, OLDER_MAX = 1 << 20 };

/* Its sendstring: all that comes until the buffer ends in CRLFCRLF is taken
 * for the one reply. */
static json_t *
sendstring(struct client *c, const char *line)
{
	static char answer[OLDER_MAX];
	struct pollfd p = { .fd = client_fd(c), .events = POLLIN };
	size_t len = 0;
	json_t *o;
	ssize_t n;

	client_puts(c, line);
	do {
		assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
		n = recv(p.fd, answer + len, OLDER_READ, 0);
		assert_true(n > 0);
		/* It decodes each read by itself: half a character in one
		 * would be its end. */
		for (ssize_t i = 0; i < n; i++)
			assert_true((unsigned char)answer[len + (size_t)i] <
			    0x80);
		len += (size_t)n;
		assert_true(len < OLDER_MAX - OLDER_READ);
	} while (len < 4 || memcmp(answer + len - 4, "\r\n\r\n", 4) != 0);
	o = json_loadb(answer, len, 0, NULL);
	if (o == NULL)
		fail_msg("not one object: \"%.*s\"", (int)len, answer);
	return o;
}

static void
older(struct client *c, const char *line, const char *pattern)
{
	json_t *o = sendstring(c, line);
	bool same = json_matches(pattern, o);

	json_decref(o);
	if (!same)
		fail_msg("%s is not answered with %s", line, pattern);
}

static char *
older_login(struct client *c, const char *user)
{
	char line[64], *token;
	json_t *o;

	snprintf(line, sizeof(line), "auth %s surabaya \r\n", user);
	o = sendstring(c, line);
	expect_json(o, "{'status':'OK','tokenid':'<uuid>'}");
	token = xstrdup(str_of(o, "tokenid"));
	json_decref(o);
	return token;
}

static void
a_session_of_the_older_client_goes_as_ever(void **state)
{
	struct client *a = client_open(*state), *b = client_open(*state);
	char *messi = older_login(a, "messi");
	char *henderson = older_login(b, "henderson");
	char line[256];

	snprintf(line, sizeof(line), "send %s henderson  hello there \r\n",
	    messi);
	older(a, line, "{'status':'OK','message':'Message Sent'}");
	snprintf(line, sizeof(line), "inbox %s \r\n", henderson);
	older(b, line,
	    "{'status':'OK','messages':{'messi':[{"
	    "'msg_from':'Lionel Messi','msg_to':'Jordan Henderson',"
	    "'msg':'hello there'}]}}");
	snprintf(line, sizeof(line), "send %s henderson  sampai jumpa 皆さん "
	    "👋 \r\n", messi);
	older(a, line, "{'status':'OK','message':'Message Sent'}");
	snprintf(line, sizeof(line), "inbox %s \r\n", henderson);
	older(b, line,
	    "{'status':'OK','messages':{'messi':[{"
	    "'msg':'sampai jumpa 皆さん 👋'}]}}");
	snprintf(line, sizeof(line), "list_user %s \r\n", messi);
	older(a, line,
	    "{'status':'OK','list_user':['messi','henderson','lineker']}");
	snprintf(line, sizeof(line), "user_aktif %s \r\n", messi);
	older(a, line, "{'status':'OK','message':'messi, henderson, '}");
	snprintf(line, sizeof(line), "logout %s \r\n", messi);
	older(a, line, "{'status':'OK','message':'Berhasil Logout'}");
	older(a, line,
	    "{'status':'ERROR','message':'Session Tidak Ditemukan'}");
	free(messi);
	free(henderson);
}

static void
errors_have_the_texts_that_it_prints(void **state)
{
	struct client *c = client_open(*state);
	char *token;
	char line[256];

	older(c, "auth nobody surabaya \r\n",
	    "{'status':'ERROR','message':'User Tidak Ada'}");
	older(c, "auth messi malang \r\n",
	    "{'status':'ERROR','message':'Password Salah'}");
	older(c, "auth messi \r\n",
	    "{'status':'ERROR','message':'--Protocol Tidak Benar'}");
	older(c, "create \r\n",
	    "{'status':'ERROR','message':'**Protocol Tidak Benar'}");
	older(c, "send none henderson  hey \r\n",
	    "{'status':'ERROR','message':'Informasi tidak ditemukan'}");
	older(c, "inbox none \r\n",
	    "{'status':'ERROR','message':'Informasi tidak ditemukan'}");
	older(c, "list_user none \r\n",
	    "{'status':'ERROR','message':'Session Tidak Ditemukan'}");
	token = older_login(c, "messi");
	snprintf(line, sizeof(line), "send %s nobody  hey \r\n", token);
	older(c, line,
	    "{'status':'ERROR','message':'User Tidak Ditemukan'}");
	free(token);
}

static void
it_never_gets_an_event(void **state)
{
	struct client *a = client_open(*state);
	struct client *b = client_watching(*state, "lineker", "surabaya");
	char *token = older_login(a, "messi");
	char line[256];
	const char *left;
	int i;

	snprintf(line, sizeof(line), "user_aktif %s \r\n", token);
	for (i = 0; i < 20; i++) {
		expect(b, "broadcast - to all", "{'status':'OK'}");
		expect(b, "send - messi to you", "{'status':'OK'}");
		/* sendstring fails where two objects come at once. */
		older(a, line, "{'status':'OK'}");
	}
	assert_int_equal(client_pending(a, &left), 0);
	free(token);
}

static void
a_long_inbox_ends_where_it_stops_reading(void **state)
{
	struct client *a = client_open(*state);
	struct client *b = client_as(*state, "lineker", "surabaya");
	char *token = older_login(a, "messi");
	char line[256];
	json_t *o, *page;
	int i;

	/* Line ends inside a text do not end the reply. */
	for (i = 0; i < 60; i++)
		expect(b, "say - messi \"line\\r\\n\\r\\nend\"",
		    "{'status':'OK'}");
	snprintf(line, sizeof(line), "inbox %s \r\n", token);
	o = sendstring(a, line);
	page = json_object_get(json_object_get(o, "messages"), "lineker");
	assert_int_equal(json_array_size(page), 60);
	json_decref(o);
	free(token);
}

static void
a_client_for_each_request_is_served_as_well(void **state)
{
	struct client *c = client_open(*state);
	char *token = older_login(c, "messi");
	char line[256];
	int i;

	client_close(c);
	for (i = 0; i < 20; i++) {
		c = client_open(*state);
		snprintf(line, sizeof(line), "send %s henderson  n%d \r\n",
		    token, i);
		older(c, line, "{'status':'OK','message':'Message Sent'}");
		client_close(c);
	}
	free(token);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SERVER_TEST(a_session_of_the_older_client_goes_as_ever),
		SERVER_TEST(errors_have_the_texts_that_it_prints),
		SERVER_TEST(it_never_gets_an_event),
		SERVER_TEST(a_long_inbox_ends_where_it_stops_reading),
		SERVER_TEST(a_client_for_each_request_is_served_as_well),
	};

	return cmocka_run_group_tests_name(
	    "older", tests, NULL, clients_cleanup);
}
