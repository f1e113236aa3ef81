/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The client against a server of the test's own, in the same loop: a socket
 * on loopback that answers as a chat-server would, or as the test says.
 */
#include "tui/client.h"

#include "shared/loop.h"
#include "shared/wire.h"
#include "tui/model.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include <cmocka.h>

enum { LINES_MAX = 4000, KEPT_MAX = 2000, TURNS_MS = 20000 };

struct kept {
	char tag[80];
	char text[128];
	int64_t id;
};

struct world {
	struct loop *loop;
	struct model *model;
	struct client *client;

	/* the server */
	int listener, fd; /* fd: -1 while nobody is connected */
	char address[32];
	char in[1 << 16];
	size_t len;
	char *line[LINES_MAX]; /* all that was asked, without its tag */
	size_t lines;
	int connections;
	struct kept kept[KEPT_MAX]; /* messages, as they were taken */
	size_t count;
	int64_t last_id;

	/* how it behaves */
	int mute;            /* so many sayings are not heard */
	int cut_after;       /* so many are kept, then the line is cut */
	int too_fast;        /* so many are told to wait */
	const char *refuse;  /* a text that is refused */
	bool bad_token;
	const char *watched; /* the reply to watch; NULL: the usual */
	const char *history; /* likewise */

	/* what the client told */
	enum client_why why;
	char text[512];
	int asked, logged_in, forgot, losses, good, bad;
};

/* ---- the server ------------------------------------------------------- */

static void
cut(struct world *w)
{
	if (w->fd == -1)
		return;
	loop_unwatch(w->loop, w->fd);
	close(w->fd);
	w->fd = -1;
	w->len = 0;
}

static void
put(struct world *w, const char *object)
{
	size_t n = strlen(object);
	char *all = malloc(n + 5);
	size_t off = 0;

	assert_non_null(all);
	memcpy(all, object, n);
	memcpy(all + n, "\r\n\r\n", 5);
	while (w->fd != -1 && off < n + 4) {
		ssize_t k = send(
		    w->fd, all + off, n + 4 - off, MSG_NOSIGNAL);

		if (k == -1)
			break;
		off += (size_t)k;
	}
	free(all);
}

static void
reply(struct world *w, const char *tag, const char *members)
{
	char *text = malloc(strlen(members) + 200);

	assert_non_null(text);
	sprintf(text, "{\"tag\":\"%s\",%s}", tag, members);
	put(w, text);
	free(text);
}

static void
reply_id(struct world *w, const char *tag, int64_t id)
{
	char text[128];

	snprintf(text, sizeof(text), "\"status\":\"OK\",\"id\":%lld",
	    (long long)id);
	reply(w, tag, text);
}

static void
text_of(const char *literal, char out[128])
{
	json_t *s = json_loads(literal, JSON_DECODE_ANY, NULL);

	assert_non_null(s);
	snprintf(out, 128, "%s", json_string_value(s));
	json_decref(s);
}

static void
serve_say(struct world *w, const char *tag, const char *literal)
{
	char text[128];
	struct kept *k;

	text_of(literal, text);
	if (w->mute > 0) {
		w->mute--;
		return;
	}
	if (w->too_fast > 0) {
		w->too_fast--;
		reply(w, tag, "\"status\":\"ERROR\",\"message\":\"m\","
		    "\"code\":\"rate-limited\",\"retry_ms\":20");
		return;
	}
	if (w->refuse != NULL && strcmp(w->refuse, text) == 0) {
		reply(w, tag, "\"status\":\"ERROR\",\"message\":\"m\","
		    "\"code\":\"no-such-user\"");
		return;
	}
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->kept[i].tag, tag) == 0) {
			reply_id(w, tag, w->kept[i].id);
			return;
		}
	assert_true(w->count < KEPT_MAX);
	k = &w->kept[w->count++];
	memcpy(k->tag, tag, strlen(tag) + 1); /* 64 at most: serve() looked */
	snprintf(k->text, sizeof(k->text), "%s", text);
	k->id = ++w->last_id;
	if (w->cut_after > 0 && --w->cut_after == 0) {
		cut(w);
		return;
	}
	reply_id(w, tag, k->id);
}

static void
serve_watch(struct world *w, const char *tag)
{
	char text[128];

	if (w->bad_token) {
		w->bad_token = false;
		reply(w, tag, "\"status\":\"ERROR\",\"message\":\"m\","
		    "\"code\":\"bad-token\"");
		return;
	}
	snprintf(text, sizeof(text),
	    "\"status\":\"OK\",\"last\":%lld,\"missed\":0,\"gap\":false",
	    (long long)w->last_id);
	reply(w, tag, w->watched != NULL ? w->watched : text);
}

static bool
begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static void
serve(struct world *w, char *line)
{
	char *tag = line + 1, *verb = strchr(line, ' ');

	assert_int_equal(*line, '@');
	assert_non_null(verb);
	*verb++ = '\0';
	assert_true(wire_tag_ok(tag, strlen(tag)));
	assert_true(w->lines < LINES_MAX);
	w->line[w->lines] = strdup(verb);
	assert_non_null(w->line[w->lines++]);
	if (begins(verb, "hello"))
		reply(w, tag, "\"status\":\"OK\",\"server\":\"s\","
		    "\"realm\":\"test\"");
	else if (strcmp(verb, "auth messi surabaya") == 0)
		reply(w, tag, "\"status\":\"OK\",\"tokenid\":\"TOKEN\"");
	else if (begins(verb, "auth"))
		reply(w, tag, "\"status\":\"ERROR\",\"message\":"
		    "\"Password Salah\",\"code\":\"wrong-password\"");
	else if (begins(verb, "watch "))
		serve_watch(w, tag);
	else if (begins(verb, "unread"))
		reply(w, tag, "\"status\":\"OK\",\"unread\":{}");
	else if (begins(verb, "who"))
		reply(w, tag, "\"status\":\"OK\",\"users\":[{\"user\":\"messi\""
		    ",\"name\":\"Lionel Messi\",\"online\":true}]");
	else if (begins(verb, "history"))
		reply(w, tag, w->history != NULL ? w->history :
		    "\"status\":\"OK\",\"messages\":[],\"more\":false");
	else if (begins(verb, "say - "))
		serve_say(w, tag, strchr(verb + 6, ' ') + 1);
	else
		reply(w, tag, "\"status\":\"OK\"");
}

static void
on_bytes(void *arg, int fd, unsigned what)
{
	struct world *w = arg;
	ssize_t n = read(fd, w->in + w->len, sizeof(w->in) - w->len);
	char *end;

	(void)what;
	if (n <= 0) {
		cut(w);
		return;
	}
	w->len += (size_t)n;
	while (w->fd == fd &&
	    (end = memmem(w->in, w->len, "\r\n", 2)) != NULL) {
		char line[1 << 14];
		size_t size = (size_t)(end - w->in);

		assert_true(size < sizeof(line));
		memcpy(line, w->in, size);
		line[size] = '\0';
		w->len -= size + 2;
		memmove(w->in, end + 2, w->len);
		serve(w, line);
	}
}

static void
on_accept(void *arg, int fd, unsigned what)
{
	struct world *w = arg;

	(void)what;
	cut(w);
	w->fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	assert_int_not_equal(w->fd, -1);
	w->connections++;
	loop_watch(w->loop, w->fd, LOOP_READ, on_bytes, w);
}

static void
listen_at(struct world *w, int port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);
	int one = 1;

	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(w->listener, -1);
	assert_int_equal(setsockopt(w->listener, SOL_SOCKET, SO_REUSEADDR,
	    &one, sizeof(one)), 0);
	assert_int_equal(
	    bind(w->listener, (const struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(w->listener, 8), 0);
	assert_int_equal(
	    getsockname(w->listener, (struct sockaddr *)&sa, &len), 0);
	snprintf(w->address, sizeof(w->address), "127.0.0.1:%d",
	    ntohs(sa.sin_port));
	loop_watch(w->loop, w->listener, LOOP_READ, on_accept, w);
}

static int
stop_listening(struct world *w)
{
	int port = atoi(strchr(w->address, ':') + 1);

	loop_unwatch(w->loop, w->listener);
	close(w->listener);
	w->listener = -1;
	cut(w);
	return port;
}

static size_t
asked(const struct world *w, const char *with)
{
	size_t n = 0;

	for (size_t i = 0; i < w->lines; i++)
		n += begins(w->line[i], with);
	return n;
}

/* ---- what the client tells -------------------------------------------- */

static void
on_changed(void *arg)
{
	(void)arg;
}

static void
on_need_login(void *arg, enum client_why why, const char *text)
{
	struct world *w = arg;

	w->asked++;
	w->why = why;
	snprintf(w->text, sizeof(w->text), "%s", text);
}

static void
on_logged_in(void *arg, const char *user, const char *token)
{
	struct world *w = arg;

	w->logged_in++;
	snprintf(w->text, sizeof(w->text), "%s %s", user, token);
}

static void
on_forget(void *arg)
{
	((struct world *)arg)->forgot++;
}

static void
on_lost(void *arg, const char *why)
{
	struct world *w = arg;

	w->losses++;
	snprintf(w->text, sizeof(w->text), "%s", why);
}

static void
on_answered(void *arg, bool ok, const char *why)
{
	struct world *w = arg;

	(void)why;
	if (ok)
		w->good++;
	else
		w->bad++;
}

static const struct client_events events = {
	.changed = on_changed,
	.need_login = on_need_login,
	.logged_in = on_logged_in,
	.forget = on_forget,
	.lost = on_lost,
	.answered = on_answered,
};

/* ---- the frame of a test ---------------------------------------------- */

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->fd = w->listener = -1;
	w->loop = loop_new();
	w->model = model_new();
	w->client = client_new(w->loop, w->model, &events, w);
	listen_at(w, 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	client_free(w->client);
	model_free(w->model);
	cut(w);
	if (w->listener != -1)
		(void)stop_listening(w);
	loop_free(w->loop);
	for (size_t i = 0; i < w->lines; i++)
		free(w->line[i]);
	free(w);
	return 0;
}

static int64_t
ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

#define await(w, condition) \
	do { \
		int64_t await_end = ms() + TURNS_MS; \
		while (!(condition)) { \
			assert_true(ms() < await_end); \
			assert_int_equal(loop_turn((w)->loop, 100), 0); \
		} \
	} while (0)

static enum model_link
link_of(const struct world *w)
{
	return model_status(w->model)->link;
}

static void
go_online(struct world *w)
{
	assert_true(client_connect(w->client, w->address));
	client_login(w->client, "messi", "surabaya");
	await(w, !client_busy(w->client));
	assert_int_equal(link_of(w), LINK_ONLINE);
}

static void
event(struct world *w, int64_t id, const char *target, const char *from,
    const char *text)
{
	char object[512];

	snprintf(object, sizeof(object), "{\"event\":\"message\",\"id\":%lld,"
	    "\"target\":\"%s\",\"from\":\"%s\",\"name\":\"N\",\"text\":\"%s\","
	    "\"time\":\"2026-11-21T03:04:05.678Z\"}",
	    (long long)id, target, from, text);
	put(w, object);
}

static size_t
messages(const struct convo *c)
{
	size_t n = 0;

	for (size_t i = 0; i < convo_count(c); i++)
		n += convo_item(c, i)->kind == ITEM_MESSAGE;
	return n;
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

/* ---- tests ------------------------------------------------------------ */

static void
a_login_watches_and_asks_for_all_that_is_shown(void **state)
{
	static const char *const want[] = { "hello", "auth messi surabaya",
		"watch TOKEN", "unread -", "who -", "history - * limit=50" };
	struct world *w = *state;

	w->last_id = 41;
	go_online(w);
	assert_int_equal(w->lines, 6);
	for (size_t i = 0; i < 6; i++)
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

static void
what_was_not_sent_last_time_is_sent_with_its_old_tag(void **state)
{
	struct world *w = *state;
	char *unsent, *all;

	client_resume(w->client, "messi", "TOKEN");
	assert_true(client_say(w->client, "*", "one"));
	assert_true(client_say(w->client, "neko", "two\nlines"));
	unsent = client_unsent(w->client);
	client_free(w->client);
	model_reset(w->model);

	w->client = client_new(w->loop, w->model, &events, w);
	client_resume(w->client, "messi", "TOKEN");
	assert_true(asprintf(&all, "rubbish\n@t logout -\n@t say - x\n"
	    "@a b say - * \"x\"\n@t say - * 7\n\n%s", unsent) > 0);
	client_take_back(w->client, all);
	assert_int_equal(client_unanswered(w->client), 2);
	assert_true(client_connect(w->client, w->address));
	await(w, client_unanswered(w->client) == 0);
	assert_int_equal(w->count, 2);
	assert_string_equal(w->kept[1].text, "two\nlines");
	assert_memory_equal(
	    w->kept[0].tag, unsent + 1, strlen(w->kept[0].tag));
	free(unsent);
	free(all);
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
	assert_true(now >= 900 && now <= 2000);
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
	assert_true(noticed(w, "search: that cannot be asked"));
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
		T(what_was_not_sent_last_time_is_sent_with_its_old_tag),
		T(a_gap_is_filled_from_history),
		T(an_expired_token_asks_again_and_keeps_what_waits),
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
