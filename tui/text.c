/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/text.h"

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLEAN_CAP = 1 << 20, SHOWN_CAP = 4096 };

static const char domain[] = "chat-tui";

static struct {
	bool ascii;    /* the locale has no UTF-8 */
	bool terminal; /* what is said goes to one */
	iconv_t typed; /* (iconv_t)-1: ASCII, or UTF-8 all the same */
	char part[16]; /* of what was typed */
	size_t part_len;
} locale = { .typed = (iconv_t)-1 };

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

/* The first that is set, as setlocale(3) looks for it. */
static const char *
wanted_locale(const char *category)
{
	const char *const names[] = { "LC_ALL", category, "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "";
}

/* Of the locale; one that this machine does not have may name it. */
static const char *
codeset(void)
{
	const char *dot;

	if (setlocale(LC_CTYPE, "") != NULL)
		return nl_langinfo(CODESET);
	dot = strchr(wanted_locale("LC_CTYPE"), '.');
	return dot == NULL ? "UTF-8" : dot + 1;
}

static bool
is_utf8(const char *set)
{
	return strncasecmp(set, "UTF-8", 5) == 0 ||
	    strncasecmp(set, "UTF8", 4) == 0;
}

/* Within all is UTF-8.  A terminal without a locale sends ASCII or, most of
 * all, UTF-8. */
static void
open_codeset(void)
{
	const char *set = codeset();

	locale.ascii = !is_utf8(set);
	locale.terminal = isatty(STDOUT_FILENO) == 1;
	if (locale.ascii && strncmp(set, "ANSI_X3.4", 9) != 0)
		locale.typed = iconv_open("UTF-8", set);
	setlocale(LC_CTYPE, locale.ascii ? "C.UTF-8" : "");
}

void
text_open(void)
{
	const char *language = getenv("LANGUAGE");

	if (setlocale(LC_ALL, "") == NULL) {
		setlocale(LC_ALL, "C.UTF-8");
		if (language == NULL || *language == '\0')
			setenv("LANGUAGE", wanted_locale("LC_MESSAGES"), 1);
	}
	open_codeset();
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

	return text_shown(found == key ? text : found);
}

/* ---- in what the terminal has ------------------------------------------ */

bool
text_ascii(void)
{
	return locale.ascii;
}

static bool
is_ascii(const char *s)
{
	while (*s != '\0' && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

/* Texts stay where they are, once they were looked up, and there are few with
 * anything to be put in another way. */
const char *
text_shown(const char *s)
{
	static struct shown {
		const char *text;
		char *ascii;
	} *shown;
	static size_t count;
	struct buf b;

	if (!locale.ascii || is_ascii(s))
		return s;
	for (size_t i = 0; i < count; i++)
		if (shown[i].text == s)
			return shown[i].ascii;
	buf_init(&b, SHOWN_CAP);
	(void)utf8_ascii(&b, s, strlen(s));
	shown = xreallocarray(shown, count + 1, sizeof(*shown));
	shown[count] = (struct shown){ s, xstrdup(buf_data(&b)) };
	buf_release(&b);
	return shown[count++].ascii;
}

const char *
text_cut(void)
{
	return locale.ascii ? "~" : "\u2026";
}

static const char zwj[] = "\u200d", zwnj[] = "\u200c";

/* A joiner joins letters and emoji, none of which are ASCII. */
static bool
end_joiners(struct buf *out, const char *s, size_t n)
{
	const char *found;
	size_t len;
	bool ok = true;

	while (ok && (found = memmem(s, n, zwj, sizeof(zwj) - 1)) != NULL) {
		len = (size_t)(found - s) + sizeof(zwj) - 1;
		ok = buf_add(out, s, len);
		s += len;
		n -= len;
		if (ok && (n == 0 || (unsigned char)*s < 0x80))
			ok = buf_adds(out, zwnj);
	}
	return ok && buf_add(out, s, n);
}

bool
text_clean(struct buf *out, const char *s, size_t n)
{
	struct buf clean;
	bool ok;

	if (!locale.terminal || (!locale.ascii &&
	    (n == 0 || memchr(s, zwj[0], n) == NULL)))
		return utf8_clean(out, s, n);
	buf_init(&clean, CLEAN_CAP);
	ok = utf8_clean(&clean, s, n);
	ok = (locale.ascii ? utf8_ascii : end_joiners)(
	    out, buf_data(&clean), clean.len) && ok;
	buf_release(&clean);
	return ok;
}

/* What is none in that character set goes on as it is. */
static void
add_typed(struct buf *out, char *in, size_t n)
{
	char text[256], *to;
	size_t left, r = 0;

	while (n > 0) {
		to = text;
		left = sizeof(text);
		errno = 0;
		r = iconv(locale.typed, &in, &n, &to, &left);
		buf_add(out, text, (size_t)(to - text));
		if (r != (size_t)-1 || errno == E2BIG)
			continue;
		if (errno == EINVAL && n <= sizeof(locale.part))
			break;
		buf_addc(out, *in++);
		n--;
	}
	memcpy(locale.part, in, n);
	locale.part_len = n;
}

void
text_typed(struct buf *out, const char *bytes, size_t n)
{
	struct buf in;

	if (locale.typed == (iconv_t)-1) {
		buf_add(out, bytes, n);
		return;
	}
	buf_init(&in, n + sizeof(locale.part) + 1);
	buf_add(&in, locale.part, locale.part_len);
	buf_add(&in, bytes, n);
	add_typed(out, buf_data(&in), in.len);
	explicit_bzero(buf_data(&in), in.len);
	buf_release(&in);
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
