/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/log.h"
#include "shared/wire.h"

enum { TIME_LEN = 24 }; /* 2026-11-21T03:04:05.678Z */

struct world {
	int to;
	FILE *from;
	char line[16 * LOG_LINE_MAX];
};

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	int end[2];

	if (w == NULL || pipe(end) == -1)
		return -1;
	/* As short as can be: a page. */
	(void)fcntl(end[1], F_SETPIPE_SZ, 4096);
	w->to = end[1];
	w->from = fdopen(end[0], "r");
	*state = w;
	log_start(w->to);
	return w->from == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	char waste[4096];
	pid_t pid = fork();

	/* log_stop writes what is queued: somebody has to take it. */
	if (pid == 0) {
		close(w->to);
		while (read(fileno(w->from), waste, sizeof waste) > 0)
			continue;
		_exit(0);
	}
	log_stop();
	close(w->to);
	fclose(w->from);
	free(w);
	return pid != -1 && waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

/* Without its end. */
static const char *
next_line(struct world *w)
{
	size_t n;

	assert_non_null(fgets(w->line, sizeof w->line, w->from));
	n = strlen(w->line);
	assert_true(n > 0 && w->line[n - 1] == '\n');
	w->line[n - 1] = '\0';
	return w->line;
}

/* As next_line, and without its time. */
static const char *
next_text(struct world *w)
{
	const char *line = next_line(w);
	char when[TIME_LEN + 1] = "";
	int64_t ms;

	strncpy(when, line, TIME_LEN);
	assert_true(wire_time_parse(when, &ms));
	assert_int_equal(line[TIME_LEN], ' ');
	return line + TIME_LEN + 1;
}

static void
a_line_has_a_time_and_a_bare_one_has_not(void **state)
{
	struct world *w = *state;

	log_at(LOG_INFO, "%s %d", "halo", 5);
	log_bare("as it stands");
	assert_string_equal(next_text(w), "halo 5");
	assert_string_equal(next_line(w), "as it stands");
}

static void
nothing_that_is_logged_controls_the_terminal(void **state)
{
	struct world *w = *state;
	const char *text;

	log_at(LOG_INFO, "a\033]52;c;x\a\nb%%n\r\x7f\xc2\x9b\xff");
	text = next_text(w);
	for (const char *p = text; *p != '\0'; p++)
		assert_true((unsigned char)*p >= ' ' && *p != 0x7f);
	assert_null(strstr(text, "\xc2\x9b"));
	assert_non_null(strstr(text, "b%n"));
	log_at(LOG_INFO, "next");
	assert_string_equal(next_text(w), "next");
}

static void
a_long_line_is_cut_and_is_one_line(void **state)
{
	struct world *w = *state;
	char *text = malloc(3 * LOG_LINE_MAX + 1);

	assert_non_null(text);
	memset(text, 'x', 3 * LOG_LINE_MAX);
	text[3 * LOG_LINE_MAX] = '\0';
	log_at(LOG_INFO, "%s", text);
	log_at(LOG_INFO, "next");
	assert_in_range(strlen(next_text(w)), 1, LOG_LINE_MAX);
	assert_string_equal(next_text(w), "next");
	free(text);
}

/* G5: however often somebody brings it about. */
static void
of_one_cause_there_is_one_line_at_a_time(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 1000; i++) {
		log_often(LOG_WARNING, "one cause", "one cause: %d", i);
		log_often(LOG_WARNING, "another cause", "another cause: %d", i);
	}
	log_at(LOG_INFO, "end");
	assert_string_equal(next_text(w), "one cause: 0");
	assert_string_equal(next_text(w), "another cause: 0");
	assert_string_equal(next_text(w), "end");
}

/* G2: nobody takes from the pipe while all of this is logged. */
static void
what_finds_no_room_is_dropped_and_counted(void **state)
{
	enum { LINES = 3 * LOG_QUEUE_MAX };
	struct world *w = *state;
	unsigned long lost = 0, lines = 0;
	bool told = false;

	for (int i = 0; i < LINES; i++)
		log_at(LOG_INFO, "line");
	while (!told) {
		/* Room is made as these are taken: one of the next fits. */
		log_at(LOG_INFO, "more");
		told = sscanf(next_line(w), "(%lu lines of the log", &lost) ==
		    1;
		if (!told)
			lines++;
	}
	/* All that were logged before it were either written or counted. */
	assert_true(lost > 0 && lost < 2 * LINES);
	assert_true(lines < 2 * LINES);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_line_has_a_time_and_a_bare_one_has_not),
		T(nothing_that_is_logged_controls_the_terminal),
		T(a_long_line_is_cut_and_is_one_line),
		T(of_one_cause_there_is_one_line_at_a_time),
		T(what_finds_no_room_is_dropped_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
