/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/server_text.h"

#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/model/errors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* want NULL: it is to be shown as it came. */
static void
assert_shown(const char *from, const char *text, const char *want)
{
	char *shown = server_text(from, text);

	if (want == NULL)
		assert_null(shown);
	else {
		assert_non_null(shown);
		assert_string_equal(shown, want);
	}
	free(shown);
}

static void
what_came_back_says_why_for_every_error(void **state)
{
	(void)state;
	for (int i = WIRE_OK + 1; i < WIRE_ERRS; i++) {
		enum wire_err err = (enum wire_err)i;
		char *text = xasprintf("%s: halo: 1", wire_err_text(err));
		char *want = xasprintf(
		    "not delivered: %s: halo: 1", errors_words(err));

		assert_shown("@medan", text, want);
		free(want);
		free(text);
	}
}

static void
what_came_back_from_a_group_names_it_with_its_realm(void **state)
{
	(void)state;
	assert_shown("@medan",
	    "#batak: Anda dibisukan, pesan tidak terkirim: horas\nhoras",
	    "not delivered in #batak@medan: you are muted: horas\nhoras");
}

static void
other_words_are_shown_as_they_came(void **state)
{
	(void)state;
	/* Somebody's own. */
	assert_shown("messi", "User Tidak Ditemukan: halo", NULL);
	assert_shown("messi@medan", "User Tidak Ditemukan: halo", NULL);
	/* A later server's. */
	assert_shown("@medan", "Belum waktunya: halo", NULL);
	assert_shown("@medan", "User Tidak Ditemukan", NULL);
	assert_shown("@medan", "User Tidak Ditemukan sama sekali: halo", NULL);
	assert_shown("@medan", "#a b: User Tidak Ditemukan: halo", NULL);
	assert_shown("@medan", "#batak", NULL);
	assert_shown("@medan", "", NULL);
	assert_shown("@medan", ": halo", NULL);
}

static void
a_farewell_of_their_own_is_told(void **state)
{
	(void)state;
	assert_true(server_text_farewell("Server berhenti"));
	assert_false(server_text_farewell("Server berhenti sebentar"));
	assert_false(server_text_farewell("tea"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_back_says_why_for_every_error),
		cmocka_unit_test(
		    what_came_back_from_a_group_names_it_with_its_realm),
		cmocka_unit_test(other_words_are_shown_as_they_came),
		cmocka_unit_test(a_farewell_of_their_own_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
