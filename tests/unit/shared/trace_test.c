/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/trace.h"
#include "shared/xalloc.h"

struct world {
	char folder[64], *file;
	struct trace *t;
	int pair[2];
};

static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof *w);
	char why[TRACE_WHY_CAP];

	snprintf(w->folder, sizeof w->folder, "/tmp/chat-trace.XXXXXX");
	if (mkdtemp(w->folder) == NULL ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, w->pair) == -1)
		return -1;
	w->file = xasprintf("%s/trace", w->folder);
	assert_true(trace_start(w->file, NULL, why));
	w->t = trace_open(w->pair[0]);
	*state = w;
	return w->t == NULL ? -1 : 0;
}

/* Ends the trace, and reads the file of that name. */
static char *
read_file(struct world *w, const char *name)
{
	char *text = xcalloc(1, 1 << 20), *path;
	FILE *f;

	if (w->t != NULL)
		trace_close(w->t);
	w->t = NULL;
	trace_stop();
	path = xasprintf("%s/%s", w->folder, name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, (1 << 20) - 1, f) < (1 << 20) - 1);
	fclose(f);
	free(path);
	return text;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	char *old = xasprintf("%s.1", w->file);

	if (w->t != NULL)
		trace_close(w->t);
	trace_stop();
	unlink(w->file);
	unlink(old);
	rmdir(w->folder);
	close(w->pair[0]);
	close(w->pair[1]);
	free(old);
	free(w->file);
	free(w);
	return 0;
}

static void
bytes(struct world *w, bool out, const char *s)
{
	trace_bytes(w->t, out, s, strlen(s));
	trace_pause(w->t, out);
}

static size_t
count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static void
a_line_is_one_however_its_bytes_come(void **state)
{
	struct world *w = *state;
	char *text;

	trace_speaks(w->t, MASK_REQUESTS);
	bytes(w, false, "au");
	bytes(w, false, "th messi sura");
	bytes(w, true, "{\"status\":\"OK\"}\r\n\r\n{");
	bytes(w, false, "baya\r\npi");
	bytes(w, true, "}\r\n\r");
	bytes(w, false, "ng");
	text = read_file(w, "trace");
	assert_int_equal(count_of(text, " < auth messi ***\n"), 1);
	assert_int_equal(count_of(text, " > {\"status\":\"OK\"}\n"), 1);
	assert_int_equal(count_of(text, " > {}\n"), 1);
	assert_int_equal(count_of(text, " < ping\n"), 1); /* with the end */
	assert_int_equal(count_of(text, "\n"), 6); /* opened, closed */
	free(text);
}

static void
nothing_is_shown_of_what_nobody_knows(void **state)
{
	struct world *w = *state;
	char *text;

	bytes(w, false, "secret\n");
	trace_speaks(w->t, MASK_REQUESTS);
	bytes(w, false, "link its secret\nsecret");
	bytes(w, true, "secret\n");
	text = read_file(w, "trace");
	assert_null(strstr(text, "secret"));
	assert_int_equal(count_of(text, "< [7 bytes]"), 1);
	assert_int_equal(count_of(text, "< link ***"), 1);
	assert_int_equal(count_of(text, "< [6 bytes]"), 1);
	assert_int_equal(count_of(text, "> [7 bytes]"), 1);
	free(text);
}

static void
a_terminal_shows_it_as_it_is_and_long_lines_are_cut(void **state)
{
	struct world *w = *state;
	char *text, *line = xcalloc(1, 100001);

	trace_speaks(w->t, MASK_TEXT);
	bytes(w, false, "a\033]0;x\007\xff\xc2\x9b" "b\n");
	memset(line, 'x', 100000);
	bytes(w, true, line);
	text = read_file(w, "trace");
	assert_null(strpbrk(text, "\033\007\xff"));
	assert_non_null(strstr(text, "]0;x"));
	assert_non_null(strstr(text, " bytes more)\n"));
	assert_true(strlen(text) < 2 * TRACE_LINE_MAX);
	free(line);
	free(text);
}

static void
what_it_asks_ends_where_it_pauses(void **state)
{
	struct world *w = *state;
	char *text;

	trace_speaks(w->t, MASK_TEXT);
	trace_bytes(w->t, true, "Salah", 5);
	trace_bytes(w->t, true, "\n", 1);
	trace_pause(w->t, true);
	bytes(w, true, "Password : ");
	bytes(w, true, "Login sukses\n");
	text = read_file(w, "trace");
	assert_int_equal(count_of(text, "> Salah\n"), 1);
	assert_int_equal(count_of(text, "> Password : \n"), 1);
	assert_int_equal(count_of(text, "> Login sukses\n"), 1);
	free(text);
}

static void
it_is_its_owners_and_is_added_to(void **state)
{
	struct world *w = *state;
	char why[TRACE_WHY_CAP], *text;
	struct stat st;

	trace_close(w->t);
	trace_stop();
	assert_int_equal(chmod(w->file, 0644), 0);
	assert_true(trace_start(w->file, NULL, why));
	assert_int_equal(stat(w->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	w->t = trace_open(w->pair[0]);
	text = read_file(w, "trace");
	assert_int_equal(count_of(text, " - opened: "), 2);
	assert_int_equal(count_of(text, " - closed\n"), 2);
	free(text);
}

static void
what_is_no_plain_file_is_refused(void **state)
{
	struct world *w = *state;
	char why[TRACE_WHY_CAP];

	trace_close(w->t);
	w->t = NULL;
	trace_stop();
	assert_false(trace_start(w->folder, NULL, why));
	assert_non_null(strstr(why, w->folder));
	assert_false(trace_start("/dev/full", NULL, why));
	assert_non_null(strstr(why, "/dev/full: no plain file"));
	assert_null(trace_open(w->pair[0]));
}

static void
a_file_that_was_moved_is_begun_anew(void **state)
{
	struct world *w = *state;
	char *old = xasprintf("%s.1", w->file), *text;

	trace_reopen(); /* it is where it was */
	trace_speaks(w->t, MASK_TEXT);
	bytes(w, false, "one\n");
	assert_int_equal(rename(w->file, old), 0);
	trace_reopen();
	bytes(w, false, "two\n");
	text = read_file(w, "trace");
	assert_non_null(strstr(text, "two"));
	free(text);
	text = read_file(w, "trace.1");
	assert_non_null(strstr(text, "opened"));
	assert_null(strstr(text, "two"));
	free(text);
	free(old);
}

static void
what_was_said_while_nobody_looked_gives_nothing_away(void **state)
{
	struct world *w = *state;
	char why[TRACE_WHY_CAP], *text;

	trace_speaks(w->t, MASK_TEXT);
	bytes(w, false, "lo");
	trace_stop();
	bytes(w, false, "gin messi\n");
	assert_true(trace_start(w->file, NULL, why));
	bytes(w, false, "surabaya\n");
	bytes(w, true, "Login sukses\n");
	text = read_file(w, "trace");
	assert_null(strstr(text, "surabaya"));
	assert_int_equal(count_of(text, " < [9 bytes]\n"), 1);
	assert_int_equal(count_of(text, " > [13 bytes]\n"), 1);
	free(text);
}

/* The file may not grow for a while, as on a full disk. */
static void
lines_that_find_no_room_are_counted(void **state)
{
	struct world *w = *state;
	struct rlimit all, little = { 100, RLIM_INFINITY };
	unsigned lost = 0, sum = 0;
	char *text, *p;
	struct stat st;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
	little.rlim_max = all.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	trace_speaks(w->t, MASK_TEXT);
	for (int i = 0; i < 50; i++)
		bytes(w, false, "a line\n");
	/* All of them have been tried: this file is made behind them. */
	p = xasprintf("%s.1", w->file);
	assert_int_equal(rename(w->file, p), 0);
	trace_reopen();
	while (stat(w->file, &st) == -1)
		usleep(1000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
	bytes(w, false, "the end\n");
	free(p);
	text = read_file(w, "trace");
	assert_int_equal(sscanf(text, "(%u lines were lost here)\n", &lost), 1);
	assert_non_null(strstr(text, "the end"));
	free(text);
	text = read_file(w, "trace.1");
	sum = (unsigned)count_of(text, " < a line\n") +
	    (unsigned)count_of(text, " - opened: ");
	assert_true(lost + sum >= 51 && lost + sum <= 52);
	free(text);
}

int
main(void)
{
#define TRACE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TRACE_TEST(a_line_is_one_however_its_bytes_come),
		TRACE_TEST(nothing_is_shown_of_what_nobody_knows),
		TRACE_TEST(a_terminal_shows_it_as_it_is_and_long_lines_are_cut),
		TRACE_TEST(what_it_asks_ends_where_it_pauses),
		TRACE_TEST(it_is_its_owners_and_is_added_to),
		TRACE_TEST(what_is_no_plain_file_is_refused),
		TRACE_TEST(a_file_that_was_moved_is_begun_anew),
		TRACE_TEST(
		    what_was_said_while_nobody_looked_gives_nothing_away),
		TRACE_TEST(lines_that_find_no_room_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
