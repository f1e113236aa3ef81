/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/tui/server_fake.h"

#include "shared/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include <cmocka.h>

/* ---- the server ------------------------------------------------------- */

void
cut(struct world *w)
{
	if (w->fd == -1)
		return;
	loop_unwatch(w->loop, w->fd);
	close(w->fd);
	w->fd = -1;
	w->len = 0;
}

void
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

	snprintf(text, sizeof(text), "\"status\":\"OK\",\"id\":%lld%s",
	    (long long)id, w->said == NULL ? "" : w->said);
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

bool
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
	else if (begins(verb, "groups"))
		reply(w, tag, w->groups != NULL ? w->groups :
		    "\"status\":\"OK\",\"groups\":[]");
	else if (begins(verb, "members "))
		reply(w, tag, w->members != NULL ? w->members :
		    "\"status\":\"OK\",\"members\":[]");
	else if (begins(verb, "history"))
		reply(w, tag, w->history != NULL ? w->history :
		    "\"status\":\"OK\",\"messages\":[],\"more\":false");
	else if (begins(verb, "search"))
		reply(w, tag, w->search != NULL ? w->search :
		    "\"status\":\"OK\",\"messages\":[],\"more\":false");
	else if (begins(verb, "say - "))
		serve_say(w, tag, strchr(verb + 6, ' ') + 1);
	else
		reply(w, tag, w->deed != NULL ? w->deed :
		    "\"status\":\"OK\"");
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

void
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

int
stop_listening(struct world *w)
{
	int port = atoi(strchr(w->address, ':') + 1);

	loop_unwatch(w->loop, w->listener);
	close(w->listener);
	w->listener = -1;
	cut(w);
	return port;
}

size_t
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

static void
on_refused(void *arg, bool lost)
{
	struct world *w = arg;

	if (lost)
		w->unanswered++;
	else
		w->refused++;
}

static void
on_unsent(void *arg, const char *tag, const char *line, const char *why)
{
	struct world *w = arg;
	size_t n = strlen(w->unsent);

	if (line != NULL)
		snprintf(w->unsent + n, sizeof(w->unsent) - n, "%s\n", line);
	else
		snprintf(w->unsent + n, sizeof(w->unsent) - n, "%s %s\n",
		    why == NULL ? "gone" : why, tag);
}

static const struct client_events events = {
	.changed = on_changed,
	.need_login = on_need_login,
	.logged_in = on_logged_in,
	.forget = on_forget,
	.lost = on_lost,
	.answered = on_answered,
	.refused = on_refused,
	.unsent = on_unsent,
};

/* ---- the frame of a test ---------------------------------------------- */

void
new_client(struct world *w)
{
	w->client = client_new(w->loop, w->model, &events, w);
}

int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->fd = w->listener = -1;
	w->loop = loop_new();
	w->model = model_new();
	new_client(w);
	listen_at(w, 0);
	*state = w;
	return 0;
}

int
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

int64_t
ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

enum model_link
link_of(const struct world *w)
{
	return model_status(w->model)->link;
}

void
go_online(struct world *w)
{
	assert_true(client_connect(w->client, w->address));
	client_login(w->client, "messi", "surabaya");
	await(w, !client_busy(w->client));
	assert_int_equal(link_of(w), LINK_ONLINE);
}

void
event(struct world *w, int64_t id, const char *target, const char *from,
    const char *text)
{
	char object[512];

	snprintf(object, sizeof(object), "{\"event\":\"message\",\"id\":%lld,"
	    "\"target\":\"%s\",\"from\":\"%s\",\"name\":\"N\",\"text\":\"%s\","
	    "\"time\":\"2026-11-21T03:04:05.678Z\"}",
	    (long long)id, target, from, text);
	if (id > w->last_id)
		w->last_id = id;
	put(w, object);
}

size_t
messages(const struct convo *c)
{
	size_t n = 0;

	for (size_t i = 0; i < convo_count(c); i++)
		n += convo_item(c, i)->kind == ITEM_MESSAGE;
	return n;
}

bool
noticed(const struct world *w, const char *text)
{
	const struct convo *c = model_current(w->model);

	for (size_t i = 0; i < convo_count(c); i++)
		if (convo_item(c, i)->kind == ITEM_NOTICE &&
		    strstr(convo_item(c, i)->text, text) != NULL)
			return true;
	return false;
}
