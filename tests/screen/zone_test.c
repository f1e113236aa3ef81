/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time zone changes while the client runs, as on a journey. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/client.h"
#include "tests/lib/person.h"
#include "tests/lib/server.h"
#include "tests/lib/term.h"

enum { HOUR = 3600 };

/* Files of zones, and a link to one of them, as /etc/localtime is. */
static char folder[] = "/tmp/zone.XXXXXX";
static char zone_at[64], zone_named[65];

static void
in_folder(char path[64], const char *name)
{
	snprintf(path, 64, "%s/%s", folder, name);
}

/* tzfile(5), with one type of time: so many hours ahead of UTC. */
static void
make_zone(const char *name, int hours)
{
	uint32_t offset = (uint32_t)(hours * HOUR);
	unsigned char file[44 + 6 + 4] = "TZif";
	char path[64];
	FILE *f;

	file[39] = 1; /* a type, */
	file[43] = 4; /* and its name */
	for (int i = 0; i < 4; i++)
		file[44 + i] = (unsigned char)(offset >> (24 - 8 * i));
	memcpy(file + 50, "XXT", 4);
	in_folder(path, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(file, 1, sizeof(file), f), sizeof(file));
	assert_int_equal(fclose(f), 0);
}

/* As timedatectl(1) does. */
static void
go_to(const char *name)
{
	char target[64], fresh[64];

	in_folder(target, name);
	in_folder(fresh, "fresh");
	assert_int_equal(symlink(target, fresh), 0);
	assert_int_equal(rename(fresh, zone_at), 0);
}

static int
make_zones(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	in_folder(zone_at, "localtime");
	snprintf(zone_named, sizeof(zone_named), ":%s", zone_at);
	make_zone("west", -12);
	make_zone("here", 0);
	make_zone("east", 12);
	make_zone("jakarta", 7);
	return 0;
}

static int
remove_zones(void **state)
{
	static const char *const name[] = { "west", "here", "east", "jakarta",
		"localtime" };
	char path[64];

	(void)state;
	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++) {
		in_folder(path, name[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

/* chat-tui as messi where go_to() has led; zone: how that is named. */
static struct term *
open_in(const struct server *s, const char *zone, const char *option)
{
	char *tz = xasprintf("TZ=%s", zone), *dir = xasprintf("TZDIR=%s",
	    folder);
	const char *const env[] = { "CHAT_PASSWORD=surabaya", tz, dir, NULL };
	const struct term_options o = { .env = env };
	char *where = xasprintf("messi@%s", server_address(s));
	const char *const argv[] = { "chat-tui", "--no-remember", where,
		option, NULL };
	struct term *t = term_open(&o, argv);

	free(where);
	free(dir);
	free(tz);
	return t;
}

/* A text in which @ stands for what a zone, so many hours ahead, tells since
 * then: a minute may end at any moment. */
struct told {
	const char *before, *behind; /* the @ */
	char kind;                   /* 'c'lock, 'd'ay, 'n'umbers of both */
	time_t since;
	int hours;
};

static void
tell(char out[64], char kind, time_t at)
{
	struct tm tm;
	size_t n;

	gmtime_r(&at, &tm);
	n = kind == 'c' ? strftime(out, 64, "%H:%M", &tm) :
	    kind == 'd' ? strftime(out, 64, "%A, %d %B %Y", &tm) :
	                  strftime(out, 64, "%Y-%m-%d %H:%M", &tm);
	assert_true(n > 0);
}

static bool
shows_told(struct term *t, void *arg)
{
	const struct told *told = arg;
	char time_text[64], text[128];

	for (time_t at = told->since; at <= time(NULL); at++) {
		tell(time_text, told->kind, at + told->hours * HOUR);
		snprintf(text, sizeof(text), "%s%s%s", told->before, time_text,
		    told->behind);
		if (term_shows(t, text))
			return true;
	}
	return false;
}

static void
await_told(struct term *t, time_t since, int hours, char kind,
    const char *before, const char *behind)
{
	struct told told = { before, behind, kind, since, hours };

	term_await_that(t, shows_told, &told, behind);
}

/* Nobody says anything, and no key is pressed. */
static void
expect_the_screen_to_follow(const char *zone)
{
	struct server *s = server_open(NULL);
	struct client *c = client_as(s, "lineker", "surabaya");
	time_t since = time(NULL);
	struct term *t;

	go_to("here");
	t = open_in(s, zone, NULL);
	client_ask(c, "broadcast - hai");
	await_told(t, since, 0, 'c', "", "    lineker  hai");
	go_to("jakarta");
	await_told(t, since, 7, 'c', "", "    lineker  hai");
	go_to("west");
	await_told(t, since, -12, 'c', "", "    lineker  hai");
	await_told(t, since, -12, 'd', " ", " ");
	go_to("east");
	await_told(t, since, 12, 'c', "", "    lineker  hai");
	await_told(t, since, 12, 'd', " ", " ");
	term_type(t, "/who\r");
	await_told(t, since, 12, 'n', "Lionel Messi], here since ", "");
	term_type(t, "\033OR"); /* F3 */
	await_told(t, since, 12, 'c', "", " lineker: hai");
}

static void
the_screen_follows_the_zone(void **state)
{
	(void)state;
	expect_the_screen_to_follow(zone_named);
}

static void
it_follows_one_that_is_named_in_a_folder(void **state)
{
	(void)state;
	expect_the_screen_to_follow("localtime");
}

/* Says so until it is heard: then it watches. */
static bool
is_heard(struct term *t, void *arg)
{
	client_ask(arg, "broadcast - hai");
	return term_shows(t, "<lineker> hai");
}

/* A day begins there, or has not yet. */
static void
lines_follow_the_zone_and_tell_the_day(void **state)
{
	static const char *const options[] = { "--plain", "--follow" };
	static const char *const unlimited[] = { "--rate", "off", NULL };
	time_t since = time(NULL);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct server *s = server_open(unlimited);
		struct client *c = client_as(s, "lineker", "surabaya");
		struct term *t;

		go_to("west");
		t = open_in(s, zone_named, options[i]);
		term_await_that(t, is_heard, c, "it is not heard");
		client_ask(c, "broadcast - one");
		await_told(t, since, -12, 'c', "", " <lineker> one");
		assert_false(term_shows(t, " 20"));
		go_to("east"); /* a day further, at the same time */
		client_ask(c, "broadcast - two");
		await_told(t, since, 12, 'c', "", " <lineker> two");
		await_told(t, since, 12, 'd', "-- ", "");
		client_ask(c, "broadcast - three");
		await_told(t, since, 12, 'c', "", " <lineker> three");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    the_screen_follows_the_zone, people_cleanup),
		cmocka_unit_test_teardown(
		    it_follows_one_that_is_named_in_a_folder, people_cleanup),
		cmocka_unit_test_teardown(
		    lines_follow_the_zone_and_tell_the_day, people_cleanup),
	};

	return cmocka_run_group_tests(tests, make_zones, remove_zones);
}
