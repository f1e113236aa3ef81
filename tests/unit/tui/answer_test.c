/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/answer.h"

#include "shared/wire.h"
#include "tui/model/errors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* What is told of that reply; NULL leaves a member out. */
static const char *
why_of(const char *code, const char *message)
{
	static char why[ANSWER_WHY_CAP];
	json_t *reply = json_pack("{s:s, s:s*, s:s*}", "status", "ERROR",
	    "code", code, "message", message);

	assert_non_null(reply);
	answer_why(reply, why);
	json_decref(reply);
	return why;
}

static void
every_error_has_words_of_its_own_language(void **state)
{
	(void)state;
	assert_null(errors_words(WIRE_OK));
	for (int i = WIRE_OK + 1; i < WIRE_ERRS; i++) {
		enum wire_err err = (enum wire_err)i;
		const char *text = errors_words(err);

		assert_non_null(text);
		assert_true(*text != '\0');
		assert_string_not_equal(text, wire_err_text(err));
		assert_string_equal(
		    why_of(wire_err_code(err), wire_err_text(err)), text);
		/* The code alone gives one of those that share it. */
		assert_null(
		    strstr(why_of(wire_err_code(err), NULL), "refused this"));
	}
}

static void
one_code_for_two_errors_is_told_apart_by_the_message(void **state)
{
	const char *code = wire_err_code(WIRE_NOT_MEMBER);

	(void)state;
	assert_string_equal(code, wire_err_code(WIRE_NO_SUCH_MEMBER));
	assert_string_equal(why_of(code, wire_err_text(WIRE_NOT_MEMBER)),
	    "you are no member of that group");
	assert_string_equal(why_of(code, wire_err_text(WIRE_NO_SUCH_MEMBER)),
	    "that is nobody in the group");
}

static void
of_an_unknown_code_the_code_is_told(void **state)
{
	(void)state;
	assert_string_equal(why_of("too-early", "Belum waktunya"),
	    "the server refused this (too-early)");
	assert_string_equal(
	    why_of("too-early", NULL), "the server refused this (too-early)");
}

static void
without_a_code_the_words_are_the_servers(void **state)
{
	(void)state;
	assert_string_equal(why_of(NULL, "Belum waktunya"),
	    "the server says: Belum waktunya");
	assert_string_equal(why_of(NULL, NULL),
	    "the server refused this and does not say why");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_words_of_its_own_language),
		cmocka_unit_test(
		    one_code_for_two_errors_is_told_apart_by_the_message),
		cmocka_unit_test(of_an_unknown_code_the_code_is_told),
		cmocka_unit_test(without_a_code_the_words_are_the_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
