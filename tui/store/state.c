/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/store/state.h"

#include "shared/config.h"
#include "shared/xalloc.h"
#include "tui/text.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 4096 };

bool
state_make_folders(char *path)
{
	for (char *p = path + 1;; p++) {
		char was = *p;

		if (was != '/' && was != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) == -1 && errno != EEXIST)
			return false;
		*p = was;
		if (was == '\0')
			return true;
	}
}

char *
state_path(const char *name)
{
	char *state = config_folder("XDG_STATE_HOME", ".local/state");
	char *folder, *path = NULL;

	if (state == NULL)
		return NULL;
	folder = xasprintf("%s/chat-tui", state);
	if (state_make_folders(folder))
		path = xasprintf("%s/%s", folder, name);
	free(folder);
	free(state);
	return path;
}

static bool
fail(char why[STATE_WHY_CAP], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool
fail(char why[STATE_WHY_CAP], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, STATE_WHY_CAP, fmt, ap);
	va_end(ap);
	return false;
}

/* ---- reading ----------------------------------------------------------- */

/* "key = value" into the member of that name; false: it does not fit. */
static bool
take_line(struct state *st, char *line)
{
	char *eq = strstr(line, " = ");
	const struct {
		const char *key;
		char *to;
		size_t cap;
	} member[] = {
		{ "server", st->server, sizeof(st->server) },
		{ "user", st->user, sizeof(st->user) },
		{ "token", st->token, sizeof(st->token) },
	};

	if (eq == NULL)
		return *line == '\0' || *line == '#';
	*eq = '\0';
	for (size_t i = 0; i < sizeof(member) / sizeof(*member); i++) {
		if (strcmp(member[i].key, line) != 0)
			continue;
		if (strlen(eq + 3) >= member[i].cap)
			return false;
		memcpy(member[i].to, eq + 3, strlen(eq + 3) + 1);
	}
	return true; /* what a later version remembers is let be */
}

static bool
parse(struct state *st, char *text)
{
	char *line;

	while ((line = strsep(&text, "\n")) != NULL)
		if (!take_line(st, line))
			return false;
	return st->server[0] != '\0' && st->user[0] != '\0' &&
	    st->token[0] != '\0' && strpbrk(st->token, " \r") == NULL;
}

static bool
believe(int fd, const char *path, char why[STATE_WHY_CAP])
{
	struct stat sb;

	if (fstat(fd, &sb) == -1)
		return fail(why, "%s: %s", path, strerror(errno));
	if (!S_ISREG(sb.st_mode))
		return fail(why, _("%s: not a file"), path);
	if (sb.st_uid != geteuid())
		return fail(why, _("%s: belongs to somebody else"), path);
	if ((sb.st_mode & 077) != 0)
		return fail(why, _("%s: others may read it: chmod 600"), path);
	return true;
}

static bool
read_all(int fd, char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = read(fd, text, size);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		size -= (size_t)n;
	}
	return true;
}

char *
state_get(const char *path, size_t max, char why[STATE_WHY_CAP])
{
	struct stat sb;
	size_t size;
	char *text = NULL;
	int fd;

	*why = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1) {
		if (errno != ENOENT)
			(void)fail(why, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (!believe(fd, path, why) || fstat(fd, &sb) == -1) {
		close(fd);
		return NULL;
	}
	size = (size_t)sb.st_size;
	if (size <= max) {
		text = xcalloc(1, size + 1);
		if (!read_all(fd, text, size) || strlen(text) != size) {
			free(text);
			text = NULL;
		}
	}
	close(fd);
	if (text == NULL)
		(void)fail(why, _("%s: is damaged"), path);
	return text;
}

bool
state_load(const char *path, struct state *st, char why[STATE_WHY_CAP])
{
	char *text = state_get(path, FILE_MAX, why);
	size_t size;
	bool ok;

	memset(st, 0, sizeof(*st));
	if (text == NULL)
		return false;
	size = strlen(text);
	ok = parse(st, text);
	explicit_bzero(text, size);
	free(text);
	if (!ok) {
		explicit_bzero(st, sizeof(*st));
		return fail(why, _("%s: is damaged"), path);
	}
	return true;
}

/* ---- writing ----------------------------------------------------------- */

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k == -1 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

/* The rename is on the disk when the folder is. */
static void
sync_folder(const char *path)
{
	char *copy = xstrdup(path), *slash = strrchr(copy, '/');
	int fd;

	if (slash != NULL) {
		*slash = '\0';
		fd = open(*copy == '\0' ? "/" : copy,
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd != -1) {
			(void)fsync(fd);
			close(fd);
		}
	}
	free(copy);
}

bool
state_put(const char *path, const char *text, char why[STATE_WHY_CAP])
{
	char *temp = xasprintf("%s.XXXXXX", path);
	int fd, saved;
	bool ok;

	*why = '\0';
	if ((fd = mkostemp(temp, O_CLOEXEC)) == -1) { /* mode 0600 */
		(void)fail(why, "%s: %s", temp, strerror(errno));
		free(temp);
		return false;
	}
	ok = write_all(fd, text, strlen(text)) && fsync(fd) == 0;
	saved = errno;
	if (close(fd) == -1 && ok) {
		saved = errno;
		ok = false;
	}
	if (ok && rename(temp, path) == -1) {
		saved = errno;
		ok = false;
	}
	if (ok)
		sync_folder(path);
	else {
		(void)unlink(temp);
		(void)fail(why, "%s: %s", path, strerror(saved));
	}
	free(temp);
	return ok;
}

bool
state_save(
    const char *path, const struct state *st, char why[STATE_WHY_CAP])
{
	char text[sizeof(*st) + 64];
	bool ok;

	snprintf(text, sizeof(text), "server = %s\nuser = %s\ntoken = %s\n",
	    st->server, st->user, st->token);
	ok = state_put(path, text, why);
	explicit_bzero(text, sizeof(text));
	return ok;
}

void
state_forget(const char *path)
{
	(void)unlink(path);
	sync_folder(path);
}
