/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/store/journal.h"

#include "shared/xalloc.h"
#include "tui/text.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLACK = 64 << 10 }; /* bytes of the dead that are not worth a rewrite */

struct text {
	char *key, *value;
};

struct journal {
	char *path;
	int fd;
	struct text *text;
	size_t count, cap;
	size_t size, live; /* bytes of the file; of what still counts in it */
};

/* ---- in memory --------------------------------------------------------- */

static size_t
bytes_of(const struct text *t)
{
	return strlen(t->key) + strlen(t->value) + 3;
}

/* count: it is not there.  What is looked for is mostly the first or last. */
static size_t
find(const struct journal *k, const char *key)
{
	size_t i = 0;

	if (k->count > 0 && strcmp(k->text[k->count - 1].key, key) == 0)
		return k->count - 1;
	while (i < k->count && strcmp(k->text[i].key, key) != 0)
		i++;
	return i;
}

static void
forget_at(struct journal *k, size_t i)
{
	k->live -= bytes_of(&k->text[i]);
	free(k->text[i].key);
	free(k->text[i].value);
	k->count--;
	memmove(k->text + i, k->text + i + 1,
	    (k->count - i) * sizeof(*k->text));
}

static bool
remember(struct journal *k, const char *key, const char *value)
{
	size_t i = find(k, key);

	if (i < k->count) {
		k->live -= bytes_of(&k->text[i]);
		free(k->text[i].value);
		k->text[i].value = xstrdup(value);
		k->live += bytes_of(&k->text[i]);
		return true;
	}
	if (k->count >= JOURNAL_COUNT)
		return false;
	if (k->count == k->cap) {
		k->cap = k->cap == 0 ? 16 : k->cap * 2;
		k->text = xreallocarray(k->text, k->cap, sizeof(*k->text));
	}
	k->text[k->count] =
	    (struct text){ .key = xstrdup(key), .value = xstrdup(value) };
	k->live += bytes_of(&k->text[k->count++]);
	return true;
}

const char *
journal_key(const struct journal *k, size_t i)
{
	return i < k->count ? k->text[i].key : NULL;
}

const char *
journal_value(const struct journal *k, size_t i)
{
	return i < k->count ? k->text[i].value : NULL;
}

const char *
journal_get(const struct journal *k, const char *key)
{
	return journal_value(k, find(k, key));
}

/* ---- on disk ----------------------------------------------------------- */

/* One that is written in part would spoil the next: it is cut off. */
static bool
write_line(struct journal *k, char sign, const char *key, const char *value)
{
	char *line = xasprintf("%c%s%s%s\n", sign, key,
	    sign == '+' ? " " : "", value);
	size_t want = strlen(line);
	ssize_t n;

	do
		n = pwrite(k->fd, line, want, (off_t)k->size);
	while (n == -1 && errno == EINTR);
	free(line);
	if (n == (ssize_t)want) {
		k->size += want;
		return true;
	}
	if (n > 0 && ftruncate(k->fd, (off_t)k->size) == -1)
		k->size += (size_t)n; /* what comes is behind a bad line */
	return false;
}

static bool
lock(int fd)
{
	int n;

	do
		n = flock(fd, LOCK_EX | LOCK_NB);
	while (n == -1 && errno == EINTR);
	return n == 0;
}

/* A file of the same content without the dead, in the place of the old one. */
static bool
write_anew(struct journal *k)
{
	struct journal new = { .path = xasprintf("%s.XXXXXX", k->path) };
	bool ok = false;

	new.fd = mkostemp(new.path, O_CLOEXEC); /* mode 0600 */
	if (new.fd != -1) {
		ok = lock(new.fd);
		for (size_t i = 0; ok && i < k->count; i++)
			ok = write_line(&new, '+', k->text[i].key,
			    k->text[i].value);
		ok = ok && rename(new.path, k->path) == 0;
		if (ok) {
			close(k->fd);
			k->fd = new.fd;
			k->size = new.size;
		} else {
			(void)unlink(new.path);
			close(new.fd);
		}
	}
	free(new.path);
	return ok;
}

static void
tidy(struct journal *k)
{
	if (k->count == 0 && k->size > 0) {
		if (ftruncate(k->fd, 0) == 0)
			k->size = 0;
	} else if (k->size > SLACK + 4 * k->live)
		(void)write_anew(k); /* else it goes on growing a while */
}

bool
journal_put(struct journal *k, const char *key, const char *value)
{
	if (!remember(k, key, value) || !write_line(k, '+', key, value))
		return false;
	tidy(k);
	return true;
}

bool
journal_drop(struct journal *k, const char *key)
{
	size_t i = find(k, key);
	bool ok;

	if (i == k->count)
		return true;
	forget_at(k, i);
	ok = k->count == 0 || write_line(k, '-', key, "");
	tidy(k);
	return ok;
}

bool
journal_wipe(struct journal *k, const char *key)
{
	size_t i = find(k, key);

	if (i < k->count)
		forget_at(k, i);
	if (k->size == k->live)
		return true; /* nothing dead is in it */
	if (k->count > 0)
		return write_anew(k);
	if (ftruncate(k->fd, 0) == -1)
		return false;
	k->size = 0;
	return true;
}

/* ---- reading ----------------------------------------------------------- */

static void
take_line(struct journal *k, char *line)
{
	char *value = strchr(line, ' ');
	size_t i;

	if (*line == '+' && value != NULL) {
		*value++ = '\0';
		(void)remember(k, line + 1, value);
	} else if (*line == '-' && (i = find(k, line + 1)) < k->count)
		forget_at(k, i);
}

static void
take_text(struct journal *k, char *text)
{
	char *end;

	for (; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		*end = '\0';
		take_line(k, text);
	}
}

/* False: it is gone, for somebody has put another in its place. */
static bool
still_there(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* -1: not there (unless create), or another process has it; why is only
 * said of what is worse. */
static int
open_locked(const char *path, bool create, char why[STATE_WHY_CAP])
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
	    (create ? O_CREAT : 0), 0600);
	struct stat sb;

	if (fd == -1) {
		if (errno != ENOENT)
			snprintf(why, STATE_WHY_CAP, "%s: %s", path,
			    strerror(errno));
		return -1;
	}
	if (fstat(fd, &sb) == -1 || !S_ISREG(sb.st_mode) ||
	    sb.st_uid != geteuid() || (sb.st_mode & 077) != 0)
		snprintf(why, STATE_WHY_CAP,
		    _("%s: not a file of ours alone"), path);
	else if (lock(fd) && still_there(fd, path))
		return fd;
	close(fd);
	return -1;
}

/* What stands in path is put to k, which may be the first to be read. */
static void
read_in(struct journal *k, const char *path, char why[STATE_WHY_CAP])
{
	char *text = state_get(path, JOURNAL_BYTES, why);

	if (text != NULL)
		take_text(k, text);
	free(text);
}

static char *
name_of(const char *path, int i)
{
	return i == 0 ? xstrdup(path) : xasprintf("%s.%d", path, i);
}

/* One that nobody has, new if need be. */
static bool
take_one(struct journal *k, const char *path, int *which,
    char why[STATE_WHY_CAP])
{
	for (int i = 0; i < JOURNAL_FILES; i++) {
		k->path = name_of(path, i);
		k->fd = open_locked(k->path, true, why);
		if (k->fd != -1) {
			*which = i;
			return true;
		}
		free(k->path);
	}
	k->path = NULL;
	if (*why == '\0')
		snprintf(why, STATE_WHY_CAP,
		    _("%s: in use, and so are all others"), path);
	return false;
}

static void
forget_all(struct journal *k)
{
	while (k->count > 0)
		forget_at(k, k->count - 1);
	free(k->text);
}

/* False: there are too many. */
static bool
add_theirs(struct journal *k, const struct journal *theirs, journal_both_fn *both)
{
	for (size_t i = 0; i < theirs->count; i++) {
		const struct text *t = &theirs->text[i];
		const char *ours = journal_get(k, t->key);
		char *value = ours == NULL || strcmp(ours, t->value) == 0 ?
		    NULL : both(t->key, ours, t->value);
		bool ok = remember(k, t->key, value == NULL ? t->value : value);

		free(value);
		if (!ok)
			return false;
	}
	return true;
}

/* What those have left who are not there any more: first into our file, then
 * away with theirs. */
static void
take_over(struct journal *k, const char *path, int ours, journal_both_fn *both)
{
	for (int i = 0; i < JOURNAL_FILES; i++) {
		char why[STATE_WHY_CAP] = "", *name = name_of(path, i);
		int fd = i == ours ? -1 : open_locked(name, false, why);
		struct journal theirs = { 0 };

		if (fd != -1) {
			read_in(&theirs, name, why);
			if (*why == '\0' && add_theirs(k, &theirs, both) &&
			    write_anew(k))
				(void)unlink(name);
			forget_all(&theirs);
			close(fd);
		}
		free(name);
	}
}

struct journal *
journal_open(const char *path, journal_both_fn *both, char why[STATE_WHY_CAP])
{
	struct journal *k = xcalloc(1, sizeof(*k));
	int which;

	*why = '\0';
	if (!take_one(k, path, &which, why)) {
		free(k);
		return NULL;
	}
	k->size = 1; /* so that what cannot be read is not removed */
	read_in(k, k->path, why);
	if (*why != '\0' || !write_anew(k)) {
		if (*why == '\0')
			snprintf(why, STATE_WHY_CAP, "%s: %s", k->path,
			    strerror(errno));
		journal_close(k);
		return NULL;
	}
	take_over(k, path, which, both);
	return k;
}

void
journal_close(struct journal *k)
{
	if (k == NULL)
		return;
	if (k->count == 0 && k->size == 0)
		(void)unlink(k->path);
	close(k->fd);
	forget_all(k);
	free(k->path);
	free(k);
}
