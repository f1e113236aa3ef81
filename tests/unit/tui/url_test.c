/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/url.h"

#include "shared/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The links of text, each with a '|' behind it. */
static void
assert_links(const char *text, const char *want)
{
	size_t at = 0, len, n = strlen(text);
	struct buf b;

	buf_init(&b, 4096);
	while (url_find(text, n, &at, &len)) {
		buf_add(&b, text + at, len);
		buf_addc(&b, '|');
		at += len;
	}
	assert_string_equal(buf_data(&b), want);
	buf_release(&b);
}

static void
links_are_found_in_what_people_write(void **state)
{
	(void)state;
	assert_links("", "");
	assert_links("no link: http:// nor https://.", "");
	assert_links("see https://a.example/b?c=d&e=f#g.",
	    "https://a.example/b?c=d&e=f#g|");
	assert_links("(http://a.example/x), HTTPS://B.example!",
	    "http://a.example/x|HTTPS://B.example|");
	assert_links("https://en.example/wiki/Chat_(film) and",
	    "https://en.example/wiki/Chat_(film)|");
	assert_links("(https://en.example/wiki/Chat_(film))",
	    "https://en.example/wiki/Chat_(film)|");
	assert_links("<ftp://f.example/> \"http://q.example\"",
	    "ftp://f.example/|http://q.example|");
	assert_links("xhttp://a.example javascript:alert(1) file:///etc", "");
	assert_links("http://[::1]:80/ [http://b.example]",
	    "http://[::1]:80/|http://b.example|");
}

static void
other_scripts_end_them_where_their_sentences_end(void **state)
{
	(void)state;
	assert_links("見てhttps://a.example/道。それ",
	    "https://a.example/道|");
	assert_links("http://a.example\xe3\x80\x80x", "http://a.example|");
	assert_links("«http://a.example»", "http://a.example|");
	assert_links("https://ex.example/é漢?q=a, https://例え.example/x",
	    "https://ex.example/é漢?q=a|https://例え.example/x|");
	assert_links("「https://例え.example/佐々木」、「http://b.example/ア・イ・」",
	    "https://例え.example/佐々木|http://b.example/ア・イ|");
	assert_links("「https://a.example/x」", "https://a.example/x|");
	assert_links("“http://a.example/x”, ‘http://b.example/y’…",
	    "http://a.example/x|http://b.example/y|");
	assert_links("http://a.example/Michelson–Morley—",
	    "http://a.example/Michelson–Morley|");
	assert_links("http://a.example/l’été.", "http://a.example/l’été|");
	assert_links("(http://a.example/ж_(ы))؟ http://b.example/ب، x",
	    "http://a.example/ж_(ы)|http://b.example/ب|");
	assert_links("http://a.example/कल। http://b.example/क्‍ष",
	    "http://a.example/कल|http://b.example/क्‍ष|");
	/* A picture of several characters is one. */
	assert_links("http://a.example/👨‍👩‍👧/🇮🇩 x",
	    "http://a.example/👨‍👩‍👧/🇮🇩|");
	assert_links("http://a.example/e\xcc\x81.", "http://a.example/e\xcc\x81|");
	assert_links("http://a.example（注）", "http://a.example|");
	/* What utf8_clean made of control characters. */
	assert_links("http://a.example/\xe2\x90\x9b]8;;",
	    "http://a.example/|");
	assert_links("http://a.example/<U+202E>x", "http://a.example/|");
	assert_links("http://a.example/\xef\xbf\xbdx", "http://a.example/|");
}

static void
too_long_a_one_is_none(void **state)
{
	char text[URL_MAX + 64];
	size_t at = 0, len;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "http://", 7);
	text[URL_MAX] = '\0';
	assert_true(url_find(text, URL_MAX, &at, &len));
	text[URL_MAX] = 'a';
	text[URL_MAX + 1] = '\0';
	at = 0;
	assert_false(url_find(text, URL_MAX + 1, &at, &len));
}

static void
what_is_told_is_printable_ascii(void **state)
{
	const char text[] = "a http://a.example/\xc3\xa9 b";
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	url_told(&b, text, strlen(text));
	assert_string_equal(buf_data(&b),
	    "a \033]8;;http://a.example/%C3%A9\033\\"
	    "http://a.example/\xc3\xa9\033]8;;\033\\ b");
	buf_release(&b);
}

static void
only_known_terminals_are_told(void **state)
{
	(void)state;
	assert_true(url_terminal("xterm-256color"));
	assert_true(url_terminal("xterm"));
	assert_true(url_terminal("tmux-256color"));
	assert_true(url_terminal("foot"));
	assert_false(url_terminal("vt100"));
	assert_false(url_terminal("linux"));
	assert_false(url_terminal("dumb"));
	assert_false(url_terminal("screen-256color"));
	assert_false(url_terminal("xtermx"));
	assert_false(url_terminal(""));
	assert_false(url_terminal(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_found_in_what_people_write),
		cmocka_unit_test(
		    other_scripts_end_them_where_their_sentences_end),
		cmocka_unit_test(too_long_a_one_is_none),
		cmocka_unit_test(what_is_told_is_printable_ascii),
		cmocka_unit_test(only_known_terminals_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
