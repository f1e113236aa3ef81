/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/legacy.h"

#include <sys/queue.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "server/realm/rawline.h"
#include "server/realm/realm.h"
#include "shared/buf.h"
#include "shared/conn.h"
#include "shared/dial.h"
#include "shared/frame.h"
#include "shared/loop.h"
#include "shared/resolve.h"
#include "shared/wire.h"
#include "shared/xalloc.h"

enum {
	ERROR_CAP = 256,
	OUT_HARD = 2 * RAWLINE_OUT_MAX,
	OUT_TOTAL = 8 << 20
};

static const char trouble[] = "a realm of the older system";

struct letter {
	TAILQ_ENTRY(letter) entry;
	char *request, *user;
	chat_found_fn *fn;
	void *with;
	enum wire_err err; /* that it ends with if it gets no answer */
};

TAILQ_HEAD(letters, letter);

/* An address to compare with: IPv4 ones mapped into IPv6, no port. */
struct address {
	struct in6_addr addr;
	uint32_t scope; /* 0: any */
};

struct legacy {
	struct loop *loop;
	struct conns *conns;
	struct rawlines *lines;
	void (*log)(const char *cause, const char *detail);
	char name[WIRE_NAME_CAP];
	char host[RESOLVE_HOST_CAP], port[8];

	/* The first is under way when asking says so. */
	struct letters waiting;
	size_t count;
	bool asking;
	struct dial *dial; /* one of the two, or neither */
	struct conn *conn;
	struct frame frame;
	struct loop_timer timer;

	/* Answered without having been sent. */
	struct letters refused;
	struct loop_call refuse;

	struct address address[RESOLVE_MAX];
	int addresses;
	bool numeric;
	struct resolve *resolve;
	struct loop_timer look_up;

	bool down;
	int64_t since;
	char error[ERROR_CAP];
};

/* ---- how it does ------------------------------------------------------ */

static int64_t
wall_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
set_down(struct legacy *lg, bool down)
{
	if (lg->down != down)
		lg->since = wall_clock();
	lg->down = down;
}

static void
note(struct legacy *lg, const char *why)
{
	char detail[WIRE_NAME_CAP + ERROR_CAP + 2];

	snprintf(lg->error, sizeof lg->error, "%s", why);
	snprintf(detail, sizeof detail, "%s: %s", lg->name, lg->error);
	lg->log(trouble, detail);
}

static void look_up_soon(struct legacy *);

static void
on_told(void *arg, const char *why)
{
	struct legacy *lg = arg;

	set_down(lg, why != NULL);
	if (why == NULL)
		return;
	note(lg, why);
	look_up_soon(lg);
}

/* ---- its addresses ---------------------------------------------------- */

static bool
to_address(struct address *a, const struct sockaddr_storage *sa)
{
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_in *in = (const void *)sa;

	memset(a, 0, sizeof *a);
	if (sa->ss_family == AF_INET6) {
		a->addr = in6->sin6_addr;
		a->scope = in6->sin6_scope_id;
		return true;
	}
	if (sa->ss_family != AF_INET)
		return false;
	a->addr.s6_addr[10] = a->addr.s6_addr[11] = 0xff;
	memcpy(&a->addr.s6_addr[12], &in->sin_addr, 4);
	return true;
}

bool
legacy_is(const struct legacy *lg, const struct sockaddr_storage *sa)
{
	const struct address *b;
	struct address a;

	if (!to_address(&a, sa))
		return false;
	for (b = lg->address; b < lg->address + lg->addresses; b++)
		if (IN6_ARE_ADDR_EQUAL(&a.addr, &b->addr) &&
		    (a.scope == b->scope || b->scope == 0))
			return true;
	return false;
}

static void
set_numeric(struct legacy *lg)
{
	struct sockaddr_storage sa;
	struct sockaddr_in6 *in6 = (void *)&sa;
	struct sockaddr_in *in = (void *)&sa;

	memset(&sa, 0, sizeof sa);
	if (inet_pton(AF_INET, lg->host, &in->sin_addr) == 1)
		sa.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, lg->host, &in6->sin6_addr) == 1)
		sa.ss_family = AF_INET6;
	lg->numeric = to_address(&lg->address[0], &sa);
	lg->addresses = lg->numeric;
}

static void look_up(void *arg);

static void
look_up_in(struct legacy *lg, int64_t ms)
{
	loop_timer_set(lg->loop, &lg->look_up, ms, look_up, lg);
}

/* One that cannot be looked up keeps the addresses that it had. */
static void
on_looked_up(void *arg, const struct resolve_result *res)
{
	struct legacy *lg = arg;
	char why[ERROR_CAP];

	lg->resolve = NULL;
	look_up_in(lg,
	    res->count > 0 ? LEGACY_LOOK_UP_MS : LEGACY_LOOK_UP_SOON_MS);
	if (res->count == 0) {
		snprintf(why, sizeof why, "%.100s: %s", lg->host, res->why);
		note(lg, why);
		return;
	}
	lg->addresses = 0;
	for (int i = 0; i < res->count; i++)
		if (to_address(
		        &lg->address[lg->addresses], &res->addr[i].sa))
			lg->addresses++;
}

static void
look_up(void *arg)
{
	struct legacy *lg = arg;

	lg->resolve =
	    resolve_start(lg->loop, lg->host, lg->port, on_looked_up, lg);
}

/* It may have moved.  The first trouble decides when: what fails more often
 * than that does not put it off. */
static void
look_up_soon(struct legacy *lg)
{
	int64_t soon = loop_now(lg->loop) + LEGACY_LOOK_UP_SOON_MS;

	if (!lg->numeric && lg->resolve == NULL && lg->look_up.due > soon)
		look_up_in(lg, LEGACY_LOOK_UP_SOON_MS);
}

/* ---- letters: the end ------------------------------------------------- */

static void
answer(struct letter *l, const struct chat_found *found)
{
	l->fn(l->with, found);
	free(l->request);
	free(l->user);
	free(l);
}

/* Those that will get no answer, each with its own error. */
static void
answer_all(struct letters *letters)
{
	struct chat_found found = { .err = WIRE_OK };
	struct letter *l;

	while ((l = TAILQ_FIRST(letters)) != NULL) {
		TAILQ_REMOVE(letters, l, entry);
		found.err = l->err;
		answer(l, &found);
	}
}

/* As for lines: nobody of ours hears of that connection any more. */
static const struct conn_handler deaf;

static void
stop_asking(struct legacy *lg)
{
	dial_cancel(lg->dial);
	lg->dial = NULL;
	if (lg->conn != NULL) {
		conn_set_handler(lg->conn, &deaf, NULL);
		conn_abort(lg->conn);
	}
	lg->conn = NULL;
	loop_timer_unset(lg->loop, &lg->timer);
	lg->asking = false;
}

static void ask_next(struct legacy *);

static void
finish(struct legacy *lg, struct chat_found *found)
{
	struct letter *l = TAILQ_FIRST(&lg->waiting);

	stop_asking(lg);
	TAILQ_REMOVE(&lg->waiting, l, entry);
	lg->count--;
	ask_next(lg);
	if (found->err == WIRE_OK) {
		found->realm = lg->name;
		found->user = l->user;
		if (found->real_name == NULL)
			found->real_name = l->user;
	}
	answer(l, found);
}

/* There is nobody to ask, and that holds for all who wait. */
static void
give_up(struct legacy *lg, const char *why)
{
	struct letters all = TAILQ_HEAD_INITIALIZER(all);

	on_told(lg, why);
	stop_asking(lg);
	TAILQ_CONCAT(&all, &lg->waiting, entry);
	lg->count = 0;
	answer_all(&all);
}

/* It answers, but not what was asked. */
static void
finish_nonsense(struct legacy *lg, const char *why)
{
	struct chat_found found = { .err = WIRE_REALM_UNREACHABLE };

	on_told(lg, why);
	finish(lg, &found);
}

/* ---- letters: the answer ---------------------------------------------- */

/*
 * One of theirs knows one error only, and no code.  Where there is a code, it
 * is a server of another make, which may have had other causes.
 */
static void
take_error(struct legacy *lg, const json_t *o)
{
	const char *code = json_string_value(json_object_get(o, "code"));
	struct chat_found found = { .err = WIRE_NO_SUCH_USER };
	char why[ERROR_CAP];

	if (code == NULL || strcmp(code, "no-such-user") == 0) {
		set_down(lg, false);
		finish(lg, &found);
		return;
	}
	snprintf(why, sizeof why, "it answers \"%.64s\"", code);
	finish_nonsense(lg, why);
}

static void
take_ok(struct legacy *lg, const json_t *o)
{
	const char *name = json_string_value(
	    json_object_get(json_object_get(o, "sendback"), "msg_to"));
	struct chat_found found = { .err = WIRE_OK, .delivered = true };

	if (name != NULL && wire_real_name_ok(name, strlen(name)))
		found.real_name = name;
	set_down(lg, false);
	finish(lg, &found);
}

static void
take_answer(struct legacy *lg, const char *p, size_t n)
{
	json_t *o = json_loadb(p, n, 0, NULL);
	const char *status = json_string_value(json_object_get(o, "status"));

	if (status != NULL && strcmp(status, "OK") == 0)
		take_ok(lg, o);
	else if (status != NULL && strcmp(status, "ERROR") == 0)
		take_error(lg, o);
	else
		finish_nonsense(lg, "its answer is none");
	json_decref(o);
}

static void
on_input(struct conn *c, void *arg)
{
	struct legacy *lg = arg;
	char *p;
	size_t n;

	switch (frame_next(&lg->frame, conn_in(c), &p, &n)) {
	case FRAME_MORE:
		break;
	case FRAME_READY:
		take_answer(lg, p, n);
		break;
	case FRAME_TOO_LONG:
		finish_nonsense(lg, "its answer is too long");
		break;
	}
}

static void
on_eof(struct conn *c, void *arg)
{
	(void)c;
	finish_nonsense(arg, "it ended the connection without an answer");
}

static void
on_closed(struct conn *c, void *arg, enum conn_end how)
{
	struct legacy *lg = arg;

	lg->conn = NULL;
	finish_nonsense(lg, how == CONN_FAILED ? strerror(conn_errno(c)) :
	                                         "it does not read");
}

static const struct conn_handler handler = { on_input, on_eof, NULL,
	on_closed };

/* ---- letters: the question -------------------------------------------- */

static void
on_silence(void *arg)
{
	give_up(arg, "it does not answer");
}

static void
on_dialled(void *arg, int fd, const char *why)
{
	struct legacy *lg = arg;
	const char *request = TAILQ_FIRST(&lg->waiting)->request;

	lg->dial = NULL;
	if (fd == -1) {
		give_up(lg, why);
		return;
	}
	frame_init(&lg->frame, FRAME_OBJECTS, LEGACY_ANSWER_MAX);
	lg->conn = conn_open(lg->conns, fd, &handler, lg);
	conn_speaks(lg->conn, MASK_REQUESTS);
	conn_write(lg->conn, request, strlen(request));
}

static void
ask_next(struct legacy *lg)
{
	if (lg->asking || TAILQ_EMPTY(&lg->waiting))
		return;
	lg->asking = true;
	lg->dial = dial_start(lg->loop, lg->host, lg->port, on_dialled, lg);
	loop_timer_set(
	    lg->loop, &lg->timer, LEGACY_ANSWER_MS, on_silence, lg);
}

static void
on_refuse(void *arg)
{
	struct legacy *lg = arg;
	struct letters all = TAILQ_HEAD_INITIALIZER(all);

	TAILQ_CONCAT(&all, &lg->refused, entry);
	answer_all(&all);
}

static void
refuse(struct legacy *lg, struct letter *l, enum wire_err err)
{
	l->err = err;
	TAILQ_INSERT_TAIL(&lg->refused, l, entry);
	loop_defer(lg->loop, &lg->refuse, on_refuse, lg);
}

/* The text of a request is one line. */
static void
flatten(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = ' ';
}

static char *
send_request(const struct chat_letter *letter)
{
	char *text = xstrdup(letter->text), *request;

	flatten(text);
	request = xasprintf("server send %s %s %s \r\n", letter->from,
	    letter->user, text);
	free(text);
	return request;
}

void
legacy_find(struct legacy *lg, const struct chat_letter *letter,
    chat_found_fn *fn, void *with)
{
	struct letter *l = xcalloc(1, sizeof *l);

	l->request = send_request(letter);
	l->user = xstrdup(letter->user);
	l->err = WIRE_REALM_UNREACHABLE;
	l->fn = fn;
	l->with = with;
	if (!rawline_word_ok(letter->user) || !rawline_word_ok(letter->from)) {
		refuse(lg, l, WIRE_NO_SUCH_USER);
	} else if (lg->count >= LEGACY_WAIT_MAX) {
		refuse(lg, l, WIRE_BUSY);
	} else {
		TAILQ_INSERT_TAIL(&lg->waiting, l, entry);
		lg->count++;
		ask_next(lg);
	}
}

/* ---- lines ------------------------------------------------------------ */

uint64_t
legacy_line_open(struct legacy *lg, const char *user, const char *group,
    const struct peers_line *to, uint64_t id)
{
	return rawline_open(lg->lines, user, group, to, id);
}

void
legacy_line_say(
    struct legacy *lg, uint64_t line, const char *p, size_t n)
{
	rawline_say(lg->lines, line, p, n);
}

void
legacy_line_close(struct legacy *lg, uint64_t line)
{
	rawline_close(lg->lines, line);
}

void
legacy_line_drop(struct legacy *lg, uint64_t line)
{
	rawline_drop(lg->lines, line);
}

/* ---- all of it -------------------------------------------------------- */

void
legacy_state(const struct legacy *lg, struct peers_link *out)
{
	out->legacy = true;
	out->state = lg->down ? "down" : "ready";
	out->since = lg->since;
	out->queued = (int64_t)lg->count;
	out->error = lg->error;
}

static struct rawlines *
make_lines(struct legacy *lg)
{
	struct rawlines_at at = { lg->loop, lg->conns, lg->host, lg->port,
		on_told, lg };

	return rawlines_new(&at);
}

struct legacy *
legacy_new(struct loop *loop, const struct realm_link *link,
    void (*log)(const char *cause, const char *detail))
{
	static const struct conn_limits limits = {
		.in_cap = LEGACY_ANSWER_MAX + FRAME_END_MAX,
		.out_high = OUT_HARD, .out_hard = OUT_HARD
	};
	struct legacy *lg = xcalloc(1, sizeof *lg);

	lg->loop = loop;
	lg->log = log;
	lg->since = wall_clock();
	snprintf(lg->name, sizeof lg->name, "%s", link->name);
	snprintf(lg->host, sizeof lg->host, "%s", link->host);
	snprintf(lg->port, sizeof lg->port, "%s", link->port);
	TAILQ_INIT(&lg->waiting);
	TAILQ_INIT(&lg->refused);
	lg->conns = conns_new(loop, &limits, OUT_TOTAL);
	lg->lines = make_lines(lg);
	set_numeric(lg);
	if (!lg->numeric)
		look_up(lg);
	return lg;
}

static void
answer_busy(struct letters *letters)
{
	struct letter *l;

	TAILQ_FOREACH(l, letters, entry)
		l->err = WIRE_BUSY;
	answer_all(letters);
}

void
legacy_free(struct legacy *lg)
{
	if (lg == NULL)
		return;
	stop_asking(lg);
	answer_busy(&lg->waiting);
	answer_busy(&lg->refused);
	rawlines_free(lg->lines);
	loop_defer_cancel(lg->loop, &lg->refuse);
	loop_timer_unset(lg->loop, &lg->look_up);
	resolve_cancel(lg->resolve);
	conns_free(lg->conns);
	free(lg);
}
