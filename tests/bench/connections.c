/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connections [N]: what a connection costs and how fast messages go.
 *
 * Opens N (2,000) connections that watch, and prints how much memory the
 * server holds for each and how long it takes from the sending of a broadcast
 * until the last of them has it.  Then, without them, how many durable
 * messages a second go through one sender that waits for each answer, one that
 * does not, and fifty that do.
 *
 * Client and server share the machine: the figures hold for both together.
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/realms.h"
#include "tests/lib/server.h"

enum {
	DEFAULT_CONNECTIONS = 2000,
	USERS = 8,
	TOKENS_EACH = 5,
	BROADCASTS = 20,
	WAIT_MS = 30000,
	ONE_BY_ONE = 1000,
	AT_ONCE = 20000,
	WINDOW = 256,
	SENDERS = 50,
	BY_EACH = 200
};

/* A watching connection: only the ends of objects are counted. */
struct watcher {
	int fd;
	int tail; /* how much of CRLFCRLF stood at the end of what came */
	size_t objects;
};

struct watchers {
	int epoll;
	struct watcher *w;
	size_t count;
};

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value below which that share of them lies; sorts. */
static double
quantile(double *v, size_t n, double share)
{
	qsort(v, n, sizeof(*v), by_size);
	return v[(size_t)((double)(n - 1) * share)];
}

/* ---- watchers --------------------------------------------------------- */

static void
watcher_open(struct watchers *all, const struct server *s, const char *token)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct epoll_event ev = { .events = EPOLLIN };
	struct watcher *w = &all->w[all->count];
	char line[80];
	int n;

	at.sin_port = htons((uint16_t)server_port(s));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (w->fd == -1 ||
	    connect(w->fd, (struct sockaddr *)&at, sizeof(at)) == -1)
		err(1, "connection %zu", all->count);
	n = snprintf(line, sizeof(line), "watch %s\r\n", token);
	if (send(w->fd, line, (size_t)n, MSG_NOSIGNAL) != n)
		err(1, "send");
	ev.data.u64 = all->count++;
	if (epoll_ctl(all->epoll, EPOLL_CTL_ADD, w->fd, &ev) == -1)
		err(1, "epoll_ctl");
}

static void
watcher_read(struct watcher *w)
{
	static const char end[] = "\r\n\r\n";
	char chunk[4096];
	ssize_t n = recv(w->fd, chunk, sizeof(chunk), MSG_DONTWAIT), i;

	if (n == 0 || (n == -1 && errno != EAGAIN))
		errx(1, "a watcher was cut off");
	for (i = 0; i < n; i++) {
		if (chunk[i] != end[w->tail])
			w->tail = chunk[i] == end[0];
		else if (++w->tail == 4) {
			w->tail = 0;
			w->objects++;
		}
	}
}

/* Reads until each has had that many objects. */
static void
await_objects(struct watchers *all, size_t objects)
{
	struct epoll_event ev[256];
	size_t i, missing = 0;
	int n, k;

	for (i = 0; i < all->count; i++)
		missing += all->w[i].objects < objects;
	while (missing > 0) {
		if ((n = epoll_wait(all->epoll, ev, 256, WAIT_MS)) <= 0)
			errx(1, "%zu watchers wait in vain", missing);
		for (k = 0; k < n; k++) {
			struct watcher *w = &all->w[ev[k].data.u64];
			bool had = w->objects >= objects;

			watcher_read(w);
			if (!had && w->objects >= objects)
				missing--;
		}
	}
}

static void
close_watchers(struct watchers *all)
{
	while (all->count > 0)
		close(all->w[--all->count].fd);
	close(all->epoll);
	free(all->w);
}

/* ---- figures ---------------------------------------------------------- */

static void
raise_own_limit(size_t files)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		err(1, "getrlimit");
	rl.rlim_cur = rl.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &rl) == -1)
		err(1, "setrlimit");
	if (rl.rlim_max < files)
		errx(1, "the hard limit of descriptors is %llu, %zu are needed",
		    (unsigned long long)rl.rlim_max, files);
}

static void
register_users(struct client *c, char *token[USERS * TOKENS_EACH])
{
	char name[16];
	size_t i;

	for (i = 0; i < USERS * TOKENS_EACH; i++) {
		snprintf(name, sizeof(name), "user%zu", i % USERS);
		if (i < USERS)
			client_ask(c, "register %s rahasia", name);
		token[i] = xstrdup(client_login(c, name, "rahasia"));
	}
}

static void
measure_memory(struct server *s, struct watchers *all,
    char *token[USERS * TOKENS_EACH], size_t count)
{
	size_t before = server_rss_kib(s), after;
	double begun = now_us();

	while (all->count < count)
		watcher_open(
		    all, s, token[all->count % (USERS * TOKENS_EACH)]);
	await_objects(all, 1);
	after = server_rss_kib(s);
	printf("%zu watching connections, opened in %.2f s\n", count,
	    (now_us() - begun) / 1e6);
	printf("  memory of the server  %zu KiB without, %zu KiB with them: "
	       "%.2f KiB each\n",
	    before, after,
	    ((double)after - (double)before) / (double)count);
}

static void
measure_broadcast(struct watchers *all, struct client *c)
{
	double took[BROADCASTS], answer[BROADCASTS], begun;
	size_t i;

	for (i = 0; i < BROADCASTS; i++) {
		begun = now_us();
		client_printf(c, "broadcast - halo semua %zu\r\n", i);
		await_objects(all, 2 + i);
		took[i] = (now_us() - begun) / 1e3;
		client_reply(c);
		answer[i] = (now_us() - begun) / 1e3;
	}
	printf("  broadcast to the last of them  median %.1f ms, worst %.1f "
	       "ms (answered to its sender: median %.1f ms)\n",
	    quantile(took, BROADCASTS, 0.5), quantile(took, BROADCASTS, 1.0),
	    quantile(answer, BROADCASTS, 0.5));
}

static void
print_row(const char *what, size_t n, double us, double *latency)
{
	printf("%-34s %8.0f %10.2f %10.2f\n", what, (double)n / (us / 1e6),
	    quantile(latency, n, 0.5) / 1e3,
	    quantile(latency, n, 0.99) / 1e3);
}

/* count messages by each of n senders with at most window not yet answered. */
static void
measure_senders(const char *what, const struct server *s,
    char *token[USERS * TOKENS_EACH], size_t n, size_t count, size_t window)
{
	struct client **c = xcalloc(n, sizeof(*c));
	double *sent_at = xcalloc(n * count, sizeof(double));
	double *latency = xcalloc(n * count, sizeof(double));
	size_t *sent = xcalloc(n, sizeof(*sent));
	size_t *had = xcalloc(n, sizeof(*had));
	size_t done = 0, i;
	struct epoll_event ev = { .events = EPOLLIN }, got[64];
	int ep = epoll_create1(EPOLL_CLOEXEC), k;
	double begun;
	json_t *o;

	for (i = 0; i < n; i++) {
		c[i] = client_open(s);
		ev.data.u64 = i;
		if (epoll_ctl(ep, EPOLL_CTL_ADD, client_fd(c[i]), &ev) == -1)
			err(1, "epoll_ctl");
	}
	begun = now_us();
	while (done < n * count) {
		for (i = 0; i < n; i++)
			for (; sent[i] < count && sent[i] < had[i] + window;
			     sent[i]++) {
				sent_at[i * count + sent[i]] = now_us();
				client_printf(c[i],
				    "send %s user%zu pesan %zu\r\n",
				    token[i % (USERS * TOKENS_EACH)],
				    (i + 1) % USERS, sent[i]);
			}
		if ((k = epoll_wait(ep, got, 64, WAIT_MS)) <= 0)
			errx(1, "no answer");
		while (k-- > 0) {
			i = got[k].data.u64;
			while ((o = client_poll_object(c[i])) != NULL) {
				if (!json_matches("{'status':'OK'}", o))
					errx(1, "refused");
				latency[done++] = now_us() -
				    sent_at[i * count + had[i]++];
			}
		}
	}
	print_row(what, done, now_us() - begun, latency);
	for (i = 0; i < n; i++)
		client_close(c[i]);
	close(ep);
	free(c);
	free(sent_at);
	free(latency);
	free(sent);
	free(had);
}

/* From one realm to the other: sent, durable on both sides and shown there,
 * with at most window of them not yet shown. */
static void
measure_link(const char *what, struct server *its, struct server *medan,
    size_t count, size_t window)
{
	struct client *messi = client_as(its, "messi", "surabaya");
	struct client *james = client_watching(medan, "james", "surabaya");
	double *sent_at = xcalloc(count, sizeof(double));
	double *latency = xcalloc(count, sizeof(double));
	size_t sent = 0, shown = 0;
	double begun = now_us();

	while (shown < count) {
		for (; sent < count && sent < shown + window; sent++) {
			sent_at[sent] = now_us();
			client_printf(messi,
			    "send - james@medan pesan %zu\r\n", sent);
		}
		client_event_of(james, "message");
		latency[shown] = now_us() - sent_at[shown];
		shown++;
		while (client_poll_object(messi) != NULL)
			continue;
	}
	print_row(what, count, now_us() - begun, latency);
	client_close(messi);
	client_close(james);
	free(sent_at);
	free(latency);
}

static void
measure_links(void)
{
	struct server *its, *medan;

	realms_open(&its, &medan);
	realms_await_up(its, "medan");
	measure_link(
	    "to another realm, one by one", its, medan, ONE_BY_ONE, 1);
	measure_link("to another realm, 256 under way", its, medan, AT_ONCE,
	    WINDOW);
	server_free(its);
	server_free(medan);
}

int
main(int argc, char *argv[])
{
	static const char *const options[] = { "--rate", "off", NULL };
	struct watchers all = { .epoll = epoll_create1(EPOLL_CLOEXEC) };
	size_t count = DEFAULT_CONNECTIONS, i;
	char *token[USERS * TOKENS_EACH];
	struct server *s;
	struct client *c;

	if (argc > 1)
		count = strtoul(argv[1], NULL, 10);
	if (argc > 2 || count == 0)
		errx(64, "usage: connections [N]");
	setvbuf(stdout, NULL, _IOLBF, 0);
	raise_own_limit(count + 200);
	all.w = xcalloc(count, sizeof(*all.w));
	s = server_open(options);
	c = client_open(s);
	register_users(c, token);
	measure_memory(s, &all, token, count);
	measure_broadcast(&all, c);
	close_watchers(&all);
	client_ask(c, "ping");

	printf("\n%-34s %8s %10s %10s\n", "durable messages", "a second",
	    "p50 ms", "p99 ms");
	measure_senders("1 sender, waits for each answer", s, token, 1,
	    ONE_BY_ONE, 1);
	measure_senders("1 sender, up to 256 under way", s, token, 1, AT_ONCE,
	    WINDOW);
	measure_senders("50 senders, each waits", s, token, SENDERS, BY_EACH,
	    1);
	for (i = 0; i < USERS * TOKENS_EACH; i++)
		free(token[i]);
	client_close(c);
	server_free(s);
	measure_links();
	return 0;
}
