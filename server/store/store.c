/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/store/store.h"

#include "server/store/store_priv.h"
#include "server/store/reader.h"
#include "server/store/sql.h"
#include "server/store/writer.h"
#include "shared/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* An opening that is under way: what failed, and the line that says so. */
struct opening {
	struct store *store;
	char *dir;
	const struct store_options *options;
	enum store_status status;
	char *why;
	size_t cap;
};

/* Always false: what its callers return. */
static bool
fail(struct opening *o, enum store_status status, const char *path,
    const char *what)
{
	o->status = status;
	snprintf(o->why, o->cap, "%s: %s", path, what);
	return false;
}

/* ---- the folder ------------------------------------------------------- */

/* A folder is there for good once the one that it lies in is synced. */
static void
sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash == NULL ? xstrdup(".")
	    : slash == path          ? xstrdup("/")
				     : xmemdup0(path, (size_t)(slash - path));
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1) {
		fsync(fd);
		close(fd);
	}
	free(parent);
}

static bool
make_one(const char *path)
{
	if (mkdir(path, 0700) == -1)
		return errno == EEXIST;
	sync_parent(path);
	return true;
}

/* With the folders above it.  False: errno. */
static bool
make_folders(const char *dir)
{
	char *path = xstrdup(dir);
	bool ok = true;

	/* Not what stands before the first slash of an absolute path. */
	for (char *p = path + 1; ok && *path != '\0' && *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		ok = make_one(path);
		*p = '/';
	}
	ok = ok && make_one(path);
	free(path);
	return ok;
}

/*
 * The absolute path: SQLite may open the file again later, and takes a name
 * that begins with "file:" for something else.
 */
static bool
open_folder(struct opening *o, const char *dir)
{
	struct stat st;

	if (!make_folders(dir) || (o->dir = realpath(dir, NULL)) == NULL ||
	    stat(o->dir, &st) == -1)
		return fail(o, STORE_FOLDER, dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return fail(o, STORE_FOLDER, dir, strerror(ENOTDIR));
	return true;
}

static bool
lock_folder(struct opening *o)
{
	char *path = xasprintf("%s/lock", o->dir);
	int *fd = &o->store->lock;
	bool ok = true;

	*fd = open(
	    path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
	if (*fd == -1)
		ok = fail(o, STORE_FOLDER, path, strerror(errno));
	else if (flock(*fd, LOCK_EX | LOCK_NB) == -1)
		ok = errno == EWOULDBLOCK
		    ? fail(o, STORE_LOCKED, o->dir,
			  "another server is running on it")
		    : fail(o, STORE_FOLDER, path, strerror(errno));
	free(path);
	return ok;
}

/* ---- the file --------------------------------------------------------- */

/* The header of an SQLite file, https://www.sqlite.org/fileformat.html */
enum { HEADER_LEN = 100, AT_VERSION = 60, AT_APPLICATION = 68 };

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static bool
refuse_newer(struct opening *o, long version)
{
	char what[100];

	snprintf(what, sizeof(what),
	    "written by a newer chat-server (schema %ld, this one knows up "
	    "to %d)",
	    version, STORE_SCHEMA);
	return fail(o, STORE_NEWER, o->store->path, what);
}

static bool
refuse_foreign(struct opening *o)
{
	return fail(o, STORE_BROKEN, o->store->path,
	    "not a chat-server's data file");
}

/*
 * Before SQLite sees it, for SQLite may change a file as it looks at it (a
 * log left behind is played back).  What the header says of schemas may be
 * older than the truth, but is never newer.
 */
static bool
check_header(struct opening *o, int fd)
{
	unsigned char head[HEADER_LEN];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	uint32_t id, version;

	if (n == -1)
		return fail(
		    o, STORE_BROKEN, o->store->path, strerror(errno));
	if (n == 0)
		return true;
	if (n < HEADER_LEN || memcmp(head, "SQLite format 3", 16) != 0)
		return refuse_foreign(o);
	id = be32(head + AT_APPLICATION);
	version = be32(head + AT_VERSION);
	if (id != 0 && id != SQL_APPLICATION_ID)
		return refuse_foreign(o);
	if (id != 0 && version > STORE_SCHEMA && version <= INT32_MAX)
		return refuse_newer(o, (long)version);
	return true;
}

/* Made here, for SQLite would make it readable to everyone. */
static bool
check_file(struct opening *o)
{
	const char *path = o->store->path;
	struct stat st;
	bool ok;
	int fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
	    S_IRUSR | S_IWUSR);
	if (fd == -1)
		return fail(o, STORE_FOLDER, path, strerror(errno));
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		ok = refuse_foreign(o);
	else
		ok = check_header(o, fd);
	/* Before SQLite locks it: a close drops all locks of a process. */
	close(fd);
	return ok;
}

static bool
refuse_broken(struct opening *o, const struct sql *q)
{
	return fail(o, STORE_BROKEN, o->store->path, sql_why(q));
}

static bool
set_up(struct opening *o, struct sql *q)
{
	int version;

	if (!sql_open(q, o->store->path, SQL_WRITER, o->options->sync_full))
		return refuse_broken(o, q);
	version = sql_version(q);
	if (q->err != SQLITE_OK)
		return refuse_broken(o, q);
	if (version == -1)
		return refuse_foreign(o);
	if (version > STORE_SCHEMA)
		return refuse_newer(o, version);
	if (!sql_log(q))
		return q->err != SQLITE_OK
		    ? refuse_broken(o, q)
		    : fail(o, STORE_FOLDER, o->dir,
			  "this file system cannot hold a write-ahead log");
	if (!sql_migrate(q, STORE_SCHEMA) || !sql_prepare(q, SQL_WRITER))
		return refuse_broken(o, q);
	return true;
}

/* A refused file stays as it was: it is not tidied up when it is closed. */
static bool
open_file(struct opening *o)
{
	struct store *s = o->store;
	struct sql *q;

	s->path = xasprintf("%s/chat.db", o->dir);
	if (!check_file(o))
		return false;
	q = xmalloc(sizeof(*q));
	if (!set_up(o, q)) {
		sql_leave(q);
		free(q);
		return false;
	}
	/* From here the file's header tells its schema, see check_header. */
	sql_checkpoint(q, SQLITE_CHECKPOINT_TRUNCATE);
	s->writer = writer_new(q, s->path, o->options, s->out);
	if (s->writer == NULL)
		return fail(o, STORE_BROKEN, s->path,
		    "no thread to write it with");
	s->reader = reader_new(s->path, o->options->trouble, s->out);
	if (s->reader == NULL)
		return fail(o, STORE_BROKEN, s->path, "cannot be read");
	return true;
}

/* ---- life ------------------------------------------------------------- */

bool
store_thread(
    pthread_t *thread, const char *name, void *(*run)(void *), void *arg)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err == 0)
		pthread_setname_np(*thread, name);
	return err == 0;
}

struct store *
store_open(const struct store_options *options, enum store_status *status,
    char *why, size_t cap)
{
	struct opening o = { .options = options,
		.status = STORE_OK,
		.why = why,
		.cap = cap };

	o.store = xcalloc(1, sizeof(*o.store));
	o.store->lock = -1;
	o.store->out = queue_new(0);
	if (!open_folder(&o, options->dir) || !lock_folder(&o) ||
	    !open_file(&o)) {
		store_close(o.store);
		o.store = NULL;
	}
	free(o.dir);
	*status = o.status;
	return o.store;
}

/*
 * The writer's connection is the last to be closed, so that the log is worked
 * into the file and is gone.
 */
void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	writer_stop(s->writer);
	reader_stop(s->reader);
	store_dispatch(s); /* what is asked from here on is refused */
	reader_free(s->reader);
	writer_free(s->writer);
	queue_free(s->out);
	if (s->lock != -1)
		close(s->lock);
	free(s->path);
	free(s);
}

int
store_fd(const struct store *s)
{
	return queue_fd(s->out);
}

void
store_dispatch(struct store *s)
{
	struct queue_item *item = queue_take(s->out);
	struct queue_item *next;

	for (; item != NULL; item = next) {
		struct store_job *job = (struct store_job *)item;

		next = item->next; /* the job is gone after it */
		job->deliver(s, job);
	}
}

uint64_t
store_commits(const struct store *s)
{
	return writer_commits(s->writer);
}
