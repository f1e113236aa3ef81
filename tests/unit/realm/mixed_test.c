/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/mixed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/xalloc.h"

#define LEFT "{\"status\":\"OK\",\"message\":\"Telah keluar\"}"
#define END "\r\n\r\n"

static void
is_cut(const char *bytes, bool leaving, enum mixed_kind kind, size_t text,
    size_t whole)
{
	/* Without the NUL: a sanitizer sees who looks behind the end. */
	size_t n = strlen(bytes);
	char *p = xmalloc(n + 1);
	struct mixed m;

	for (size_t i = 0; i < n; i++)
		p[i + 1] = bytes[i];
	mixed_cut(&m, p + 1, n, leaving);
	free(p);
	if (m.kind != kind || m.text != text || m.whole != whole)
		fail_msg("\"%s\": kind %d, text %zu, whole %zu", bytes, m.kind,
		    m.text, m.whole);
}

static void
is_text(const char *bytes)
{
	is_cut(bytes, false, MIXED_TEXT, strlen(bytes), strlen(bytes));
}

static void
is_held(const char *bytes, size_t from)
{
	is_cut(bytes, false, MIXED_TEXT, from, from);
}

static void
what_has_no_reply_in_it_is_text(void **state)
{
	(void)state;
	is_text("");
	is_text("messi telah bergabung");
	is_text("messi: exit");
	is_text("messi: {h");
	is_text("messi: {}");
	is_text("messi: { halo }");
	is_text("messi: {\"status\":\"OK\"}\r\n\r.");
	is_text("messi: {\"a\":\"b\"}" END);
	is_text("messi: {\"status\":1}" END);
	is_text("messi: [\"status\",\"OK\"]" END);
	is_text("messi: {\"status\" \"OK\"}" END);
	is_text("messi: {\"a\":[[[[1]]]]");
	is_text("messi: {\"a\nb");
	is_text("messi: {\"a\":x");
}

static void
a_reply_is_found_wherever_it_stands(void **state)
{
	size_t n = strlen(LEFT END);

	(void)state;
	is_cut(LEFT END, false, MIXED_OK, 0, n);
	is_cut("exit" LEFT END, false, MIXED_OK, 0, n + 4);
	is_cut("messi: halo" LEFT END, false, MIXED_OK, 11, n + 11);
	is_cut("messi: haloexit" LEFT END "x", false, MIXED_OK, 11, n + 15);
	is_cut("{}{\"a\"}" LEFT END, false, MIXED_OK, 7, n + 7);
	is_cut("{ \"message\":\"} {\\\"\", \"status\" : \"PENDING\" }" END,
	    false, MIXED_OTHER, 0, 47);
	is_cut("{\"status\":\"ERROR\",\"x\":{\"y\":[1,true,null]}}" END,
	    false, MIXED_OTHER, 0, 46);
}

/* However a reply is cut, nothing of it is ever text. */
static void
a_reply_is_held_until_it_is_whole(void **state)
{
	static const char whole[] = "messi: haloexit" LEFT END;
	char part[sizeof whole];
	size_t n;

	(void)state;
	for (n = 16; n < sizeof whole - 1; n++) {
		memcpy(part, whole, n);
		part[n] = '\0';
		is_held(part, 11);
	}
	is_held("a{", 1);
	is_held("a{ \"", 1);
}

static void
what_is_too_long_for_a_reply_is_text(void **state)
{
	size_t n = MIXED_FRAME_MAX;
	char *p = xmalloc(n + 1);

	(void)state;
	memset(p, 'x', n);
	p[n] = '\0';
	memcpy(p, "{\"", 2);
	is_text(p);
	p[n - 1] = '\0';
	is_held(p, 0);
	/* The mark of an escape may stand at the border. */
	memset(p, '\\', n);
	p[n] = '\0';
	memcpy(p, "{\"", 2);
	is_text(p);
	memcpy(p, "{\"x", 3);
	is_text(p);
	free(p);
}

static void
half_a_character_is_held(void **state)
{
	(void)state;
	is_text("caf\xc3\xa9");
	is_held("caf\xc3", 3);
	is_held("\xe7\x9a", 0);
	is_held("a\xf0\x9f\x91", 1);
	is_text("a\xf0\x9f\x91\x8b");
	/* No beginning at all is not waited for. */
	is_text("\x80\x80\x80\x80");
	is_text("\xa9");
}

static void
an_exit_is_held_where_it_may_be_an_answer(void **state)
{
	(void)state;
	is_cut("exit", true, MIXED_TEXT, 0, 0);
	is_cut("messi: haloexi", true, MIXED_TEXT, 11, 11);
	is_cut("exitexit", true, MIXED_TEXT, 4, 4);
	is_cut("halo", true, MIXED_TEXT, 4, 4);
	is_held("exit", 0);
	is_text("exi");
	is_text("bob: exit");
	is_text("exitexit");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_no_reply_in_it_is_text),
		cmocka_unit_test(a_reply_is_found_wherever_it_stands),
		cmocka_unit_test(a_reply_is_held_until_it_is_whole),
		cmocka_unit_test(what_is_too_long_for_a_reply_is_text),
		cmocka_unit_test(half_a_character_is_held),
		cmocka_unit_test(an_exit_is_held_where_it_may_be_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
