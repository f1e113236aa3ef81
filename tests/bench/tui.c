/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tui [CLIENT...]: what chat-tui costs the person at the terminal, beside
 * irssi, weechat and catgirl where they are installed.
 *
 * start-up: from the start of the program until a key that is typed as soon
 *	as it has taken the terminal stands on it; the median of 15.
 * flood: 100,000 lines of 100 bytes as fast as TCP takes them: CPU time of the
 *	program, bytes that it writes to the terminal, resident memory behind
 *	it, and how long it takes until the last line is on the screen.
 * key: from the typing of a key until it stands on the terminal, while 0,
 *	2,000 and 20,000 messages a second come in: median, 95th percentile.
 *
 * Each runs in a pseudo-terminal of 24 by 80 that a thread empties (glass.h).
 * The server is a thread, too (feed.h): for chat-tui one that speaks the
 * chat's wire, for the others IRC, so that no server's work is in the figures.
 * catgirl speaks only TLS, which openssl(1) puts around it; its part of that
 * is in its figures.  Each has its defaults, and an empty home.
 */
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/xalloc.h"
#include "tests/bench/feed.h"
#include "tests/bench/glass.h"

enum {
	STARTS = 15,
	FLOOD = 100000,
	KEYS = 240,
	LINE_KEYS = 24, /* typed before the line is emptied */
	READY_MS = 20000,
	FLOOD_MS = 120000,
	KEY_MS = 5000,
	ARGS = 12
};

static const long rates[] = { 0, 2000, 20000 };

enum { RATES = sizeof(rates) / sizeof(*rates) };

struct program {
	const char *name;
	enum feed_kind kind;
	const char *args[ARGS]; /* PORT, AT and URL are put in */
};

static const struct program programs[] = {
	{ "chat-tui", FEED_CHAT, { "chat-tui", "AT" } },
	{ "irssi", FEED_IRC, { "irssi", "-c", "127.0.0.1", "-p", "PORT", "-n",
	    "messi" } },
	{ "weechat", FEED_IRC, { "weechat", "URL" } },
	{ "catgirl", FEED_IRC_TLS, { "catgirl", "-!", "-h", "127.0.0.1", "-p",
	    "PORT", "-n", "messi" } },
};

enum { PROGRAMS = sizeof(programs) / sizeof(*programs) };

struct figures {
	double start, flood_cpu, flood_took;
	double flood_bytes, flood_rss; /* MB, MiB */
	double key_median[RATES], key_high[RATES];
};

/* ---- a program at its server ------------------------------------------- */

struct run {
	char home[64];
	struct feed *feed;
	struct glass *glass;
	double begun;
};

static char *chat_tui; /* where it was built */

static void
fill_in(const struct program *p, int port, const char *argv[ARGS + 1],
    char *made[ARGS])
{
	size_t i;

	for (i = 0; i < ARGS && p->args[i] != NULL; i++) {
		const char *a = p->args[i];

		made[i] = strcmp(a, "PORT") == 0 ? xasprintf("%d", port) :
		    strcmp(a, "AT") == 0 ?
		    xasprintf("messi@127.0.0.1:%d", port) :
		    strcmp(a, "URL") == 0 ?
		    xasprintf("irc://messi@127.0.0.1:%d", port) :
		    xstrdup(strcmp(a, "chat-tui") == 0 ? chat_tui : a);
		argv[i] = made[i];
	}
	argv[i] = NULL;
}

static void
run_open(struct run *r, const struct program *p)
{
	static const char *const env[] = { "CHAT_PASSWORD=surabaya", NULL };
	const char *argv[ARGS + 1];
	char *made[ARGS] = { NULL };

	snprintf(r->home, sizeof(r->home), "/tmp/bench-tui.XXXXXX");
	if (mkdtemp(r->home) == NULL)
		err(1, "%s", r->home);
	if ((r->feed = feed_open(p->kind, r->home)) == NULL)
		errx(1, "%s needs openssl", p->name);
	fill_in(p, feed_port(r->feed), argv, made);
	r->begun = glass_now();
	r->glass = glass_open(argv, r->home, env);
	for (size_t i = 0; i < ARGS; i++)
		free(made[i]);
}

static void
run_close(struct run *r)
{
	char *line = xasprintf("rm -rf '%s'", r->home);

	glass_close(r->glass);
	feed_close(r->feed);
	if (system(line) != 0) /* NOLINT: our own words */
		warnx("%s is left behind", r->home);
	free(line);
}

/* Where the messages will be shown. */
static void
run_join(struct run *r, const struct program *p)
{
	if (!feed_await_login(r->feed, READY_MS))
		errx(1, "%s does not log in", p->name);
	glass_settle(r->glass, 300);
	if (p->kind != FEED_CHAT) {
		glass_type(r->glass, "/join #bench\r");
		if (!feed_await_join(r->feed, READY_MS))
			errx(1, "%s does not join", p->name);
		glass_settle(r->glass, 300);
	}
}

/* ---- figures ----------------------------------------------------------- */

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts. */
static double
quantile(double *v, size_t n, double share)
{
	qsort(v, n, sizeof(*v), by_size);
	return v[(size_t)((double)(n - 1) * share)];
}

static void
measure_start(const struct program *p, struct figures *f)
{
	double took[STARTS];
	struct run r;

	for (size_t i = 0; i < STARTS; i++) {
		double at;

		run_open(&r, p);
		glass_want(r.glass, "ω");
		while (!glass_is_raw(r.glass) &&
		    glass_now() < r.begun + READY_MS)
			continue; /* not even a millisecond is slept away */
		glass_type(r.glass, "ω");
		if ((at = glass_await(r.glass, READY_MS)) < 0)
			errx(1, "%s does not start", p->name);
		took[i] = at - r.begun;
		run_close(&r);
	}
	f->start = quantile(took, STARTS, 0.5);
}

static void
measure_flood(const struct program *p, struct figures *f)
{
	struct run r;
	unsigned long long bytes;
	double cpu, begun, at;

	run_open(&r, p);
	run_join(&r, p);
	cpu = glass_cpu(r.glass);
	bytes = glass_bytes(r.glass);
	glass_want(r.glass, FEED_END);
	begun = glass_now();
	feed_pour(r.feed, FLOOD, 0);
	if ((at = glass_await(r.glass, FLOOD_MS)) < 0)
		errx(1, "%s does not show the last line", p->name);
	glass_settle(r.glass, 300);
	f->flood_took = at - begun;
	f->flood_cpu = glass_cpu(r.glass) - cpu;
	f->flood_bytes = (double)(glass_bytes(r.glass) - bytes) / 1e6;
	f->flood_rss = (double)glass_rss_kib(r.glass) / 1024;
	run_close(&r);
}

/* One that stands nowhere in the line, and in no message. */
static void
letter(size_t i, char out[8])
{
	snprintf(out, 8, "\xce%c", (int)(0xb1 + i % LINE_KEYS % 15));
	if (i % LINE_KEYS >= 15) /* U+03C0 and on */
		snprintf(out, 8, "\xcf%c", (int)(0x80 + i % LINE_KEYS - 15));
}

static void
measure_keys(const struct program *p, struct figures *f, size_t rate)
{
	double took[KEYS];
	struct run r;
	char key[8];

	run_open(&r, p);
	run_join(&r, p);
	feed_pour(r.feed, 0, rates[rate]);
	poll(NULL, 0, 500);
	srand(1);
	for (size_t i = 0; i < KEYS; i++) {
		double begun, at;

		if (i % LINE_KEYS == 0) {
			glass_type(r.glass, "\x15");
			poll(NULL, 0, 200);
		}
		/* Neither in step with frames nor with ticks. */
		poll(NULL, 0, 10 + rand() % 30);
		letter(i, key);
		glass_want(r.glass, key);
		begun = glass_now();
		glass_type(r.glass, key);
		at = glass_await(r.glass, KEY_MS);
		took[i] = at < 0 ? KEY_MS : at - begun;
	}
	f->key_median[rate] = quantile(took, KEYS, 0.5);
	f->key_high[rate] = quantile(took, KEYS, 0.95);
	feed_pour(r.feed, 0, 0);
	run_close(&r);
}

/* ---- the whole --------------------------------------------------------- */

static bool
is_there(const struct program *p)
{
	char *line;
	int status;

	if (p->kind == FEED_CHAT)
		return true;
	line = xasprintf("command -v %s >/dev/null%s", p->name,
	    p->kind == FEED_IRC_TLS ? " && command -v openssl >/dev/null" :
	                              "");
	status = system(line); /* NOLINT: our own words */
	free(line);
	return status == 0;
}

static bool
is_asked_for(const struct program *p, char *const *names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strcmp(*names, p->name) == 0)
			return true;
	return false;
}

static void
print_row(const char *name, const struct figures *f)
{
	printf("%-9s %8.1f %8.2f %8.2f %8.2f %8.1f", name, f->start,
	    f->flood_cpu / 1e3, f->flood_took / 1e3, f->flood_bytes,
	    f->flood_rss);
	for (size_t i = 0; i < RATES; i++)
		printf(" %7.2f %6.2f", f->key_median[i], f->key_high[i]);
	printf("\n");
}

int
main(int argc, char *argv[])
{
	const char *build = getenv("CHAT_BUILD");
	char *path = xasprintf("%s/chat-tui",
	    build == NULL ? "build/plain" : build);

	(void)argc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if ((chat_tui = realpath(path, NULL)) == NULL)
		err(1, "%s", path);
	free(path);
	printf("%-9s %8s %8s %8s %8s %8s", "", "start", "flood:", "until it",
	    "to tty", "resident");
	for (size_t i = 0; i < RATES; i++)
		printf(" %14ld", rates[i]);
	printf(" messages/s\n%-9s %8s %8s %8s %8s %8s", "", "ms", "CPU s",
	    "stands s", "MB", "MiB");
	for (size_t i = 0; i < RATES; i++)
		printf(" %7s %6s", "key ms", "p95");
	printf("\n");
	for (size_t i = 0; i < PROGRAMS; i++) {
		const struct program *p = &programs[i];
		struct figures f;

		if (!is_asked_for(p, argv + 1))
			continue;
		if (!is_there(p)) {
			printf("%-9s is not installed\n", p->name);
			continue;
		}
		measure_start(p, &f);
		measure_flood(p, &f);
		for (size_t k = 0; k < RATES; k++)
			measure_keys(p, &f, k);
		print_row(p->name, &f);
	}
	free(chat_tui);
	return 0;
}
