/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a dial holds while it is under way; how it ends: resolve_test.c. */
#include "shared/dial.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/loop.h"

enum { FULL = 8 };

static int
open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

/* One whose queue is full, so that the next connect(2) is left waiting. */
static int
full_listener(char port[8], int waiting[FULL])
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof sa;
	int fd = socket(AF_INET, SOCK_STREAM, 0), i;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	snprintf(port, 8, "%u", (unsigned)ntohs(sa.sin_port));
	for (i = 0; i < FULL; i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(waiting[i], (struct sockaddr *)&sa, len);
	}
	return fd;
}

static void
never(void *arg, int fd, const char *why)
{
	(void)arg;
	fail_msg("called with %d, %s", fd, why);
}

static void
a_dial_that_waits_for_its_peer_can_be_cancelled(void **state)
{
	struct loop *loop = loop_new();
	struct dial *d;
	char port[8];
	int waiting[FULL], fd = full_listener(port, waiting), i;
	int before = open_descriptors();

	(void)state;
	d = dial_start(loop, "127.0.0.1", port, never, NULL);
	assert_int_equal(loop_turn(loop, 10000), 0);
	assert_int_equal(loop_turn(loop, 20), 0);
	assert_true(open_descriptors() > before);
	dial_cancel(d);
	/* The thread of the look-up may be about to close its own. */
	for (i = 0; i < 1000 && open_descriptors() > before; i++)
		usleep(1000);
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(loop_turn(loop, 0), 0);
	for (i = 0; i < FULL; i++)
		close(waiting[i]);
	close(fd);
	loop_free(loop);
}

static struct loop *the_loop;
static int failures;

static void
dial_again(void *arg, int fd, const char *why)
{
	assert_int_equal(fd, -1);
	assert_string_not_equal(why, "");
	if (++failures == 3)
		loop_stop(the_loop);
	else
		dial_start(the_loop, "127.0.0.1", arg, dial_again, arg);
}

static void
a_dial_may_be_started_by_the_end_of_another(void **state)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof sa;
	char port[8];
	int fd = socket(AF_INET, SOCK_STREAM, 0); /* bound, deaf */

	(void)state;
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	snprintf(port, sizeof port, "%u", (unsigned)ntohs(sa.sin_port));
	the_loop = loop_new();
	failures = 0;
	dial_start(the_loop, "127.0.0.1", port, dial_again, port);
	assert_int_equal(loop_run(the_loop), 0);
	assert_int_equal(failures, 3);
	loop_free(the_loop);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_dial_that_waits_for_its_peer_can_be_cancelled),
		cmocka_unit_test(a_dial_may_be_started_by_the_end_of_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
