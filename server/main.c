/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chat-server: wiring only, the one file that sees every layer.
 */
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "server/chat/chat.h"
#include "server/chat/peer.h"
#include "server/dialect/dialect.h"
#include "server/listen.h"
#include "server/log.h"
#include "server/options.h"
#include "server/peers.h"
#include "server/realm/realm.h"
#include "server/sandbox.h"
#include "server/store/store.h"
#include "server/work/passhash.h"
#include "server/work/pool.h"
#include "server/work/secret.h"
#include "shared/loop.h"
#include "shared/trace.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"

enum {
	HASH_THREADS = 2,  /* 19 MiB each while they work */
	HASH_QUEUE = 256,
	TICK_MS = 5000, /* between two calls of chat_tick, at most */
	DRAIN_STEP_MS = 20,
	DRAIN_MS = 2500,   /* for clients to take what is due to them */
	END_S = 4,         /* then the disk has hung, and it ends anyway */
	FDS_RESERVE = 32,  /* store, log, listeners, what libc opens */
	MIN_PASSWORD_PUBLIC = 8
};

struct server {
	int argc;
	char **argv;
	struct options options;
	struct loop *loop;
	struct store *store;
	struct pool *pool;
	struct passhash *passhash;
	struct chat *chat;
	struct dialects *dialects;
	struct realms *realms;
	struct listeners *listeners;
	struct loop_timer tick, drain;
	int64_t drain_until;
	int signals; /* signalfd(2) */
	bool reachable; /* from another machine */
	bool stopping;
};

/* One line that says what and why, before there is a log. */
static int
die(int status, const char *why)
{
	fprintf(stderr, "chat-server: %s\n", why);
	return status;
}

/* ---- time ------------------------------------------------------------- */

static int64_t
clock_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
on_turn(void *arg)
{
	struct server *s = arg;

	chat_clock(
	    s->chat, clock_ms(CLOCK_REALTIME), clock_ms(CLOCK_MONOTONIC));
}

static void
on_tick(void *arg)
{
	struct server *s = arg;
	int64_t due = chat_tick(s->chat);

	loop_timer_set(s->loop, &s->tick,
	    due > 0 && due < TICK_MS ? due : TICK_MS, on_tick, s);
}

/* ---- limits ----------------------------------------------------------- */

static void
log_cause_at(enum log_level level, const char *cause, const char *detail)
{
	log_often(level, cause, "%s%s%s", cause, detail != NULL ? ": " : "",
	    detail != NULL ? detail : "");
}

static void
log_cause(const char *cause, const char *detail)
{
	log_cause_at(LOG_WARNING, cause, detail);
}

static void
log_text(const char *text)
{
	log_at(LOG_INFO, "%s", text);
}

/* The file of the trace cannot be opened again. */
static void
log_trace(const char *why)
{
	log_at(LOG_ERROR, "the trace goes on where it was: %s", why);
}

static void
log_wire(const char *line)
{
	log_at(LOG_DEBUG, "%s", line);
}

static void
set_level(enum log_level level)
{
	log_level(level);
	trace_to(level == LOG_DEBUG ? log_wire : NULL);
}

static void
log_storage(const char *why)
{
	log_cause_at(LOG_ERROR, "storage", why);
}

static size_t
max_connections(const struct server *s)
{
	struct rlimit rl;

	if (s->options.max_connections > 0)
		return (size_t)s->options.max_connections;
	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return 256;
	if (rl.rlim_cur > 1 << 20)
		return 1 << 20;
	if (rl.rlim_cur / 2 > FDS_RESERVE)
		return rl.rlim_cur - FDS_RESERVE;
	return rl.rlim_cur / 2;
}

static void
raise_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return;
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
}

/* A descriptor 0, 1 or 2 that is not open would become a socket or the
 * store's file, and then be written to as standard error. */
static bool
sane_descriptors(void)
{
	int fd;

	for (int i = 0; i < 3; i++) {
		if (fcntl(i, F_GETFD) != -1)
			continue;
		fd = open("/dev/null", O_RDWR);
		if (fd != i)
			return false;
	}
	return true;
}

static struct chat_rules
rules_of(const struct server *s)
{
	const struct options *o = &s->options;
	struct chat_rules r = { .registration_open = o->registration_open,
		.min_password = (size_t)o->min_password,
		.rate = (unsigned)o->rate,
		.idle_ms = o->idle_minutes * 60 * 1000,
		.token_ms = o->token_days * 24 * 60 * 60 * 1000,
		.admin = (const char *const *)o->admins.at,
		.admins = o->admins.count };

	memcpy(r.realm, o->realm, sizeof r.realm);
	if (r.min_password == 0)
		r.min_password = s->reachable ? MIN_PASSWORD_PUBLIC : 1;
	return r;
}

static void
set_rules(struct server *s)
{
	struct chat_rules r = rules_of(s);
	struct dialect_limits limits = {
		.strangers = (unsigned)s->options.max_per_address,
		.registrations = (unsigned)s->options.register_rate
	};

	chat_set_rules(s->chat, &r);
	dialects_set_rules(s->dialects, &r);
	dialects_set_limits(s->dialects, &limits);
}

/* ---- listeners -------------------------------------------------------- */

static bool
accepted(void *arg, unsigned kind, int fd, const char *origin)
{
	struct server *s = arg;

	return dialects_count(s->dialects) < max_connections(s) &&
	    dialects_open(s->dialects, (enum dialect_kind)kind, fd, origin);
}

static void
full(void *arg, unsigned kind, int fd)
{
	(void)arg;
	dialect_refuse((enum dialect_kind)kind, fd);
}

static void
trouble(void *arg, const char *cause, const char *detail)
{
	(void)arg;
	log_cause(cause, detail);
}

static bool
add_listeners(
    struct server *s, enum dialect_kind kind, char why[OPTIONS_WHY_CAP])
{
	const struct config_list *l = &s->options.listen[kind];

	for (size_t i = 0; i < l->count; i++)
		if (!listeners_add(s->listeners, l->at[i], kind, why,
		    OPTIONS_WHY_CAP))
			return false;
	return true;
}

/* A pipe that nobody takes from must not hold up the chat: what does not go
 * out at once is dropped.  poll(2) promises room for a line (PIPE_BUF). */
static void
tell_stdout(const char *text)
{
	struct pollfd out = { STDOUT_FILENO, POLLOUT, 0 };

	if (poll(&out, 1, 0) == 1 && (out.revents & POLLOUT))
		dprintf(STDOUT_FILENO, "%s\n", text);
}

static void
announce(void *arg, unsigned kind, const char *addr)
{
	bool *twice = arg;
	char text[256];

	snprintf(text, sizeof text, "listening on %s (%s)", addr,
	    dialect_name((enum dialect_kind)kind));
	log_bare(text);
	if (*twice)
		tell_stdout(text);
}

/* On both, for scripts read either; once where both are one file. */
static void
announce_all(const struct server *s)
{
	struct stat out, err;
	bool twice;

	twice = fstat(STDOUT_FILENO, &out) == 0 &&
	    (fstat(STDERR_FILENO, &err) == -1 || out.st_dev != err.st_dev ||
	    out.st_ino != err.st_ino);
	listeners_each(s->listeners, announce, &twice);
}

static int
open_listeners(struct server *s)
{
	char why[OPTIONS_WHY_CAP];
	struct listen_handler h = { s, accepted, full, trouble };

	s->listeners = listeners_new(s->loop, &h);
	for (int i = 0; i < DIALECT_KINDS; i++)
		if (!add_listeners(s, (enum dialect_kind)i, why))
			return die(EX_UNAVAILABLE, why);
	s->reachable = listeners_public(s->listeners);
	return EX_OK;
}

/* ---- the end ---------------------------------------------------------- */

static void
end_at_once(int sig)
{
	/* All that was answered is on the disk: nothing is lost by it. */
	_exit(sig == SIGALRM ? EX_IOERR : EX_OK);
}

static void
drained(void *arg)
{
	struct server *s = arg;

	if (dialects_count(s->dialects) == 0 ||
	    loop_now(s->loop) >= s->drain_until)
		loop_stop(s->loop);
	else
		loop_timer_set(
		    s->loop, &s->drain, DRAIN_STEP_MS, drained, s);
}

static void
stop(struct server *s, int sig)
{
	struct sigaction sa = { .sa_handler = end_at_once };
	sigset_t set;

	log_at(LOG_INFO, "signal %d: going down", sig);
	s->stopping = true;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGALRM, &sa, NULL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	alarm(END_S);
	listeners_free(s->listeners);
	s->listeners = NULL;
	chat_shutdown(s->chat, "Server berhenti");
	realms_close(s->realms);
	dialects_stop(s->dialects);
	s->drain_until = loop_now(s->loop) + DRAIN_MS;
	drained(s);
}

/* ---- signals ---------------------------------------------------------- */

static void
needs_restart(const char *name)
{
	log_at(LOG_WARNING, "%s has changed: that needs a restart", name);
}

/* A pipe, as a shell's <(...) is one, is empty when it is read again, and an
 * empty file means the defaults; or it has no writer and would be waited for. */
static bool
config_is_pipe(const char *file)
{
	struct stat st;

	return file != NULL && stat(file, &st) == 0 && !S_ISREG(st.st_mode);
}

/* Whole or not at all: what cannot be read changes nothing. */
static void
reload(struct server *s)
{
	char why[OPTIONS_WHY_CAP];
	struct options next = { 0 };

	if (config_is_pipe(s->options.config))
		log_at(LOG_WARNING, "configuration left as it is: %s is no plain file",
		    s->options.config);
	else if (options_read(&next, s->argc, s->argv, why) != OPTIONS_RUN)
		log_at(LOG_WARNING, "configuration left as it is: %s", why);
	else {
		options_apply(&s->options, &next, needs_restart);
		set_rules(s);
		set_level((enum log_level)s->options.log_level);
		log_at(LOG_INFO, "configuration read again");
	}
	options_release(&next);
}

static void
on_signal(void *arg, int fd, unsigned ready)
{
	struct server *s = arg;
	struct signalfd_siginfo info;

	(void)ready;
	while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP) {
			trace_reopen();
			reload(s);
		} else if (!s->stopping)
			stop(s, (int)info.ssi_signo);
	}
}

/* Before any thread is made: they inherit the mask. */
static int
open_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- start ------------------------------------------------------------ */

static void
on_store(void *arg, int fd, unsigned ready)
{
	(void)fd;
	(void)ready;
	store_dispatch(arg);
}

static void
on_pool(void *arg, int fd, unsigned ready)
{
	(void)fd;
	(void)ready;
	pool_dispatch(arg);
}

/* The folders above the data folder, as mkdir -p; the store makes the last.
 * What fails here fails there too, and is told there. */
static void
make_parents(const char *dir)
{
	char *copy = xstrdup(dir);

	for (char *p = copy + 1; *copy != '\0' && *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(copy, 0755);
		*p = '/';
	}
	free(copy);
}

static int
open_trace(const struct server *s)
{
	char why[TRACE_WHY_CAP];

	set_level((enum log_level)s->options.log_level);
	if (s->options.trace == NULL ||
	    trace_start(s->options.trace, log_trace, why))
		return EX_OK;
	return die(EX_CANTCREAT, why);
}

static int
open_store(struct server *s)
{
	struct store_options o = { s->options.data, s->options.sync_full,
		log_storage };
	enum store_status status;
	char why[OPTIONS_WHY_CAP];

	make_parents(o.dir);
	s->store = store_open(&o, &status, why, sizeof why);
	if (s->store != NULL)
		return EX_OK;
	return die(status == STORE_BROKEN || status == STORE_NEWER
	        ? EX_IOERR : EX_CANTCREAT,
	    why);
}

static int
open_chat(struct server *s)
{
	struct chat_rules r = rules_of(s);

	if (!secret_init())
		return die(EX_OSERR, "there is no source of random numbers");
	s->pool = pool_new(HASH_THREADS, HASH_QUEUE);
	if (s->pool == NULL)
		return die(EX_OSERR, "no thread can be made");
	s->passhash = passhash_new(s->pool);
	s->chat = chat_new(s->store, s->passhash, &r,
	    clock_ms(CLOCK_REALTIME), clock_ms(CLOCK_MONOTONIC));
	if (s->chat == NULL)
		return die(EX_IOERR, "the accounts cannot be read");
	loop_on_turn(s->loop, on_turn, s);
	loop_watch(s->loop, store_fd(s->store), LOOP_READ, on_store, s->store);
	loop_watch(s->loop, pool_fd(s->pool), LOOP_READ, on_pool, s->pool);
	loop_watch(s->loop, s->signals, LOOP_READ, on_signal, s);
	s->dialects = dialects_new(s->loop, s->chat, &r,
	    (size_t)s->options.max_memory << 20, log_cause);
	return EX_OK;
}

/* After the chat and the dialects, before anybody can connect. */
static int
open_realms(struct server *s)
{
	const struct options_links *l = &s->options.links;
	struct realm_log log = { log_cause, log_text };
	struct chat_router router;
	struct peers peers;
	const char *why;

	s->realms = realms_new(s->loop, s->chat, s->store, s->options.realm,
	    l->at, l->count, &log, &why);
	if (s->realms == NULL)
		return die(EX_IOERR, why);
	realms_router(s->realms, &router);
	chat_set_router(s->chat, &router);
	realms_peers(s->realms, &peers);
	dialects_set_peers(s->dialects, &peers);
	return EX_OK;
}

struct adopting {
	struct server *server;
	unsigned waiting;
	enum wire_err err;
	char why[128]; /* the answer of check_account */
};

static void
adopted(void *arg, uint64_t id, const struct chat_result *res)
{
	struct adopting *a = arg;

	(void)id;
	a->waiting--;
	if (res->err != WIRE_OK && res->err != WIRE_NAME_TAKEN)
		a->err = res->err;
}

/* Those who are there are left alone, whatever stands behind their names. */
static const char *
check_account(void *arg, const struct options_account *account)
{
	struct adopting *a = arg;
	size_t least = rules_of(a->server).min_password;
	struct chat_user user;

	if (chat_find_user(a->server->chat, account->name, &user))
		return NULL;
	if (wire_name_reserved(account->name, strlen(account->name)))
		return "the user name means everyone, the server or oneself";
	if (utf8_count(account->password, strlen(account->password)) >= least)
		return NULL;
	snprintf(a->why, sizeof a->why, "the password is shorter than "
	    "--min-password asks for (%zu characters)", least);
	return a->why;
}

/* Only those who are missing are hashed: it takes a while for each. */
static bool
adopt(void *arg, const struct options_account *account)
{
	struct adopting *a = arg;
	char hash[PASSHASH_CAP];
	struct chat_user user;

	if (a->server->stopping)
		return false;
	if (chat_find_user(a->server->chat, account->name, &user))
		return true;
	if (!passhash_now(account->password, hash)) {
		a->err = WIRE_BUSY;
		return false;
	}
	a->waiting++;
	chat_adopt(a->server->chat, account->name, hash, account->real_name,
	    (struct chat_done){ adopted, a, 0 });
	/* One after the other: the file may name somebody twice. */
	while (a->waiting > 0 && loop_turn(a->server->loop, -1) == 0)
		continue;
	return a->err == WIRE_OK;
}

static int
adopt_all(struct server *s)
{
	struct adopting a = { .server = s };
	char why[OPTIONS_WHY_CAP];

	if (s->options.accounts == NULL)
		return EX_OK;
	if (!options_read_accounts(
	        s->options.accounts, check_account, adopt, &a, why))
		return die(EX_USAGE, why);
	if (a.err == WIRE_OK)
		return EX_OK;
	snprintf(why, sizeof why, "an account of %.300s cannot be made: %s",
	    s->options.accounts, wire_err_code(a.err));
	return die(EX_IOERR, why);
}

/* Told, not refused: who wrote it under the usual umask has a server yet. */
static void
warn_of_accounts(const char *file)
{
	struct stat st;

	if (file != NULL && stat(file, &st) == 0 && (st.st_mode & S_IROTH))
		log_at(LOG_WARNING, "%s holds passwords and can be read by everybody",
		    file);
}

static void
warn_of_secrets(const struct options_links *links)
{
	struct stat st;

	for (size_t i = 0; i < links->count; i++) {
		const struct realm_link *l = &links->at[i];

		if (l->legacy)
			continue;
		if (stat(l->file, &st) == 0 && (st.st_mode & S_IROTH))
			log_at(LOG_WARNING, "%s holds the secret of the link to %s and "
			    "can be read by everybody", l->file, l->name);
		if (l->secret_len < OPTIONS_SECRET_GOOD)
			log_at(LOG_WARNING, "%s: the secret of the link to %s is so "
			    "short that it can be guessed", l->file, l->name);
	}
}

static int
serve(struct server *s)
{
	char why[OPTIONS_WHY_CAP];

	set_rules(s);
	log_start(STDERR_FILENO);
	warn_of_accounts(s->options.accounts);
	warn_of_secrets(&s->options.links);
	if (!sandbox_enter(why, sizeof why))
		log_at(LOG_WARNING, "without the whole sandbox: %s", why);
	listeners_go(s->listeners);
	announce_all(s);
	realms_go(s->realms);
	on_tick(s);
	if (loop_run(s->loop) == 0)
		return EX_OK;
	log_at(LOG_ERROR, "select: %s", strerror(errno));
	return EX_SOFTWARE;
}

/* In reverse; each may be called with nothing there. */
static void
tear_down(struct server *s)
{
	listeners_free(s->listeners);
	if (s->dialects != NULL)
		dialects_close(s->dialects);
	if (s->realms != NULL)
		realms_close(s->realms);
	if (s->chat != NULL) {
		loop_on_turn(s->loop, NULL, NULL);
		chat_free(s->chat);
	}
	dialects_free(s->dialects);
	if (s->pool != NULL) {
		loop_unwatch(s->loop, pool_fd(s->pool));
		pool_free(s->pool);
		passhash_free(s->passhash);
	}
	if (s->store != NULL) {
		loop_unwatch(s->loop, store_fd(s->store));
		store_close(s->store);
	}
	realms_free(s->realms); /* the store has answered to it yet */
	loop_timer_unset(s->loop, &s->tick);
	loop_timer_unset(s->loop, &s->drain);
	loop_free(s->loop);
	trace_stop();
	log_stop();
	if (s->signals != -1)
		close(s->signals);
}

static int
run(struct server *s)
{
	int status;

	raise_limit();
	s->signals = open_signals();
	s->loop = loop_new();
	if (s->signals == -1)
		status = die(EX_OSERR, strerror(errno));
	else if ((status = open_trace(s)) == EX_OK &&
	    (status = open_store(s)) == EX_OK &&
	    (status = open_chat(s)) == EX_OK &&
	    (status = open_realms(s)) == EX_OK &&
	    /* Before the accounts: how long their passwords must be depends on
	     * where one can connect from. */
	    (status = open_listeners(s)) == EX_OK &&
	    (status = adopt_all(s)) == EX_OK && !s->stopping)
		status = serve(s);
	tear_down(s);
	return status;
}

int
main(int argc, char **argv)
{
	struct server s = { .argc = argc, .argv = argv, .signals = -1 };
	char why[OPTIONS_WHY_CAP];
	int status = EX_OK;

	if (!sane_descriptors())
		return EX_OSERR;
	switch (options_read(&s.options, argc, argv, why)) {
	case OPTIONS_RUN:
		status = run(&s);
		break;
	case OPTIONS_HELP:
		options_usage();
		break;
	case OPTIONS_VERSION:
		printf("chat-server %s\n", CHAT_VERSION);
		break;
	case OPTIONS_WRONG:
		status = die(EX_USAGE, why);
		break;
	}
	options_release(&s.options);
	return status;
}
