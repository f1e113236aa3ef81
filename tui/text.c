/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/text.h"

#include "shared/buf.h"
#include "shared/xalloc.h"

#include <ctype.h>
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char domain[] = "chat-tui";

/* LANGUAGE as it was, before text_language() changed it; NULL: not set. */
static char *environment_language;

/* glibc's sign that what was translated before is to be looked up anew
 * (gettext manual, "Being a gettext grok"). */
extern int _nl_msg_cat_cntr;

/* locale/ beside the program; NULL: there is none. */
static char *
folder_beside(void)
{
	char exe[4096], *path;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct stat st;
	char *slash;

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	if ((slash = strrchr(exe, '/')) == NULL)
		return NULL;
	*slash = '\0';
	path = xasprintf("%s/locale", exe);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return path;
	free(path);
	return NULL;
}

static void
bind(void)
{
	char *beside = folder_beside();

	bindtextdomain(domain, beside == NULL ? LOCALEDIR : beside);
	bind_textdomain_codeset(domain, "UTF-8");
	textdomain(domain);
	free(beside);
}

/* As setlocale(3) looks for it. */
static const char *
wanted_locale(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "";
}

/*
 * Who can read English needs none of the languages behind it in LANGUAGE
 * ("en:id").  gettext() would go on to them: the source's own has no catalog.
 */
static void
stop_at_english(void)
{
	const char *list = getenv("LANGUAGE"), *p = list;
	char *kept;

	while (p != NULL && *p != '\0') {
		size_t n = strcspn(p, ":");

		if (strncmp(p, "en", 2) == 0 && !isalpha((unsigned char)p[2])) {
			kept = xmemdup0(list, (size_t)(p - list) + n);
			setenv("LANGUAGE", kept, 1);
			free(kept);
			return;
		}
		p += n + (p[n] == ':');
	}
}

void
text_open(void)
{
	const char *language = getenv("LANGUAGE");

	if (setlocale(LC_ALL, "") == NULL) {
		setlocale(LC_ALL, "C.UTF-8");
		if (language == NULL || *language == '\0')
			setenv("LANGUAGE", wanted_locale(), 1);
	}
	stop_at_english();
	if ((language = getenv("LANGUAGE")) != NULL)
		environment_language = xstrdup(language);
	bind();
}

/* In the locale "C" LANGUAGE is not asked for. */
static void
leave_c(void)
{
	const char *now = setlocale(LC_MESSAGES, NULL);

	if (now == NULL || strcmp(now, "C") == 0 || strcmp(now, "POSIX") == 0)
		setlocale(LC_MESSAGES, "C.UTF-8");
}

void
text_language(const char *language)
{
	if (strcmp(language, "auto") != 0) {
		leave_c();
		setenv("LANGUAGE", language, 1);
	} else if (environment_language != NULL)
		setenv("LANGUAGE", environment_language, 1);
	else
		unsetenv("LANGUAGE");
	_nl_msg_cat_cntr++;
}

const char *
text_in_sense(const char *key, const char *text)
{
	const char *found = gettext(key);

	return found == key ? text : found;
}

void
text_number(size_t n, char out[TEXT_NUMBER_CAP])
{
	/* TRANSLATORS: between the thousands of a number: "3,996". */
	const char *part = C_("thousands", ",");
	char digits[TEXT_NUMBER_CAP];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%zu", n), i;
	struct buf b;

	buf_init(&b, TEXT_NUMBER_CAP - 1);
	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			(void)buf_adds(&b, part);
		(void)buf_addc(&b, digits[i]);
	}
	memcpy(out, buf_data(&b), b.len + 1);
	buf_release(&b);
}

void
text_list(struct buf *b, const char *fmt, ...)
{
	/* TRANSLATORS: between two parts of a list: "messi, neko, lineker". */
	const char *comma = _(", ");
	va_list ap;
	char *part;

	va_start(ap, fmt);
	part = xvasprintf(fmt, ap);
	va_end(ap);
	(void)buf_addf(b, "%s%s", b->len > 0 ? comma : "", part);
	free(part);
}
