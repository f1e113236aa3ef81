/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "server/dialect/cmd.h"
#include "server/dialect/command.h"
#include "server/dialect/foreign.h"
#include "server/dialect/request.h"
#include "shared/buf.h"
#include "shared/mask.h"
#include "tests/unit/dialect/chat_fake.h"

static void
the_table_is_sorted_and_every_command_is_found(void **state)
{
	const struct command *c, *before = NULL;
	size_t i;

	(void)state;
	for (i = 0; (c = command_at(i)) != NULL; before = c, i++) {
		if (before != NULL)
			assert_true(strcmp(before->name, c->name) < 0);
		assert_ptr_equal(command_find(c->name, strlen(c->name)), c);
		assert_true(c->min <= c->max && c->max <= REQUEST_PARAMS);
		assert_non_null(c->run);
		assert_true(strlen(c->help) > 0);
		/* Each but those for anyone has its token first. */
		assert_int_equal((c->flags & CMD_ANYONE) == 0,
		    strncmp(c->usage, "TOKEN", 5) == 0);
	}
	assert_true(i > 20);
}

/* Until then a trace has its name, and nothing else of it. */
static void
each_command_is_known_to_the_trace(void **state)
{
	const struct command *c;
	char line[64];
	struct buf b;

	(void)state;
	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		struct mask m = { .kind = MASK_REQUESTS };

		snprintf(line, sizeof line, "%s %s word", c->name,
		    c->flags & CMD_ANYONE ? "a" : "-");
		buf_init(&b, 256);
		mask_line(&m, line, strlen(line), false, &b);
		if (strcmp(c->name, "passwd") == 0)
			assert_string_equal(buf_data(&b), "passwd ***");
		else if (strstr(c->usage, "PASS") != NULL)
			assert_string_equal(buf_data(&b) + strlen(c->name),
			    " a ***");
		else
			assert_string_equal(buf_data(&b), line);
		buf_release(&b);
	}
}

static void
only_whole_names_are_found(void **state)
{
	(void)state;
	assert_null(command_find("", 0));
	assert_null(command_find("sen", 3));
	assert_null(command_find("sendx", 5));
	assert_null(command_find("SEND", 4));
	assert_null(command_find("zzz", 3));
	assert_ptr_equal(
	    command_find("regist", 6), command_find("register", 8));
	assert_string_equal(command_find("list_user", 4)->name, "list");
}

static void
another_protocols_first_line_is_known(void **state)
{
	static const char bytes[] = "\x91\x02\xfe\x03";

	(void)state;
	assert_true(foreign_line("GET / HTTP/1.1", 14));
	assert_false(foreign_line("send - * HTTP/1.1 is old", 24));
	/* A text that speaks of it, as the first line of a connection. */
	assert_false(foreign_line("send - * use HTTP/1.1", 21));
	assert_false(foreign_line("GETTING HTTP/1.1", 16));
	assert_true(foreign_line("PRI * HTTP/2.0", 14));
	assert_false(foreign_line("hello", 5));
	assert_false(foreign_line("\xff\xfe", 2));
	assert_true(foreign_line(bytes, sizeof bytes - 1));
	assert_true(foreign_bytes("\x16\x03\x01", 3));
	assert_true(foreign_bytes("SSH-2.0", 7));
	assert_false(foreign_bytes("S", 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_table_is_sorted_and_every_command_is_found),
		cmocka_unit_test(each_command_is_known_to_the_trace),
		cmocka_unit_test(only_whole_names_are_found),
		cmocka_unit_test(another_protocols_first_line_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
