/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/work/passhash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "server/work/pool.h"
#include "server/work/secret.h"

#include <poll.h>
#include <string.h>
#include <time.h>

enum { WAIT_MS = 30000 };

struct world {
	struct pool *pool;
	struct passhash *passhash;
	unsigned answers, expected;
	bool made, right;
	char hash[PASSHASH_CAP];
};

static void
on_made(void *arg, const char *hash)
{
	struct world *w = arg;

	w->answers++;
	w->made = hash != NULL;
	if (hash == NULL)
		return;
	assert_true(strlen(hash) < sizeof(w->hash));
	memcpy(w->hash, hash, strlen(hash) + 1);
}

static void
on_checked(void *arg, bool right)
{
	struct world *w = arg;

	w->answers++;
	w->right = right;
}

static void
await(struct world *w)
{
	struct pollfd pfd = { .fd = pool_fd(w->pool), .events = POLLIN };

	w->expected++;
	while (w->answers < w->expected) {
		assert_int_equal(poll(&pfd, 1, WAIT_MS), 1);
		pool_dispatch(w->pool);
	}
}

static bool
is_right(struct world *w, const char *hash, const char *password)
{
	assert_true(
	    passhash_check(w->passhash, hash, password, on_checked, w));
	await(w);
	return w->right;
}

static int
set_up(void **state)
{
	static struct world w;

	if (!secret_init())
		return -1;
	memset(&w, 0, sizeof(w));
	w.pool = pool_new(2, 4);
	w.passhash = passhash_new(w.pool);
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	pool_free(w->pool);
	passhash_free(w->passhash);
	return 0;
}

static void
only_the_same_password_is_right(void **state)
{
	struct world *w = *state;

	assert_true(passhash_make(w->passhash, "surabaya", on_made, w));
	await(w);
	assert_true(w->made);
	assert_true(is_right(w, w->hash, "surabaya"));
	assert_false(is_right(w, w->hash, "Surabaya"));
	assert_false(is_right(w, w->hash, "surabay"));
	assert_false(is_right(w, w->hash, ""));
}

static void
the_cost_is_argon2id_with_19_mib_and_2_passes(void **state)
{
	static const char head[] = "$argon2id$v=19$m=19456,t=2,p=1$";
	char hash[PASSHASH_CAP];

	(void)state;
	assert_true(passhash_now("surabaya", hash));
	assert_memory_equal(hash, head, sizeof(head) - 1);
}

static void
the_same_password_never_has_the_same_hash(void **state)
{
	char one[PASSHASH_CAP], two[PASSHASH_CAP];

	(void)state;
	assert_true(passhash_now("surabaya", one));
	assert_true(passhash_now("surabaya", two));
	assert_string_not_equal(one, two);
}

/* bcrypt would cut at 72 bytes: then both of these would be right. */
static void
a_long_password_counts_to_its_end(void **state)
{
	struct world *w = *state;
	char password[1000], hash[PASSHASH_CAP];

	memset(password, 'x', sizeof(password));
	password[sizeof(password) - 1] = '\0';
	assert_true(passhash_now(password, hash));
	assert_true(is_right(w, hash, password));
	password[sizeof(password) - 2] = 'y';
	assert_false(is_right(w, hash, password));
}

static void
what_is_no_hash_is_never_right(void **state)
{
	struct world *w = *state;
	char endless[4 * PASSHASH_CAP], good[PASSHASH_CAP];

	assert_true(passhash_now("", good));
	memset(endless, '$', sizeof(endless));
	memcpy(endless, good, strlen(good)); /* right but for its tail */
	endless[sizeof(endless) - 1] = '\0';
	assert_true(is_right(w, good, ""));
	assert_false(is_right(w, endless, ""));
	assert_false(is_right(w, "", ""));
	assert_false(is_right(w, "surabaya", "surabaya"));
	assert_false(is_right(w, "$argon2id$v=19$m=19456,t=2,p=1$", ""));
}

static double
cpu_of_checks(struct world *w, const char *hash)
{
	struct timespec from, to;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < 5; i++)
		assert_false(is_right(w, hash, "x"));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	return (double)(to.tv_sec - from.tv_sec) +
	    (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Of the processor's time, which other programs do not change.  What is not
 * hashed at all is a thousand times faster, not twice. */
static void
nobodys_password_is_never_right_and_takes_as_long(void **state)
{
	struct world *w = *state;
	double some, none;
	char hash[PASSHASH_CAP];

	assert_true(passhash_now("surabaya", hash));
	some = cpu_of_checks(w, hash);
	none = cpu_of_checks(w, NULL);
	assert_true(none > some / 3 && none < some * 3);
}

static void
a_full_pool_refuses_and_every_other_job_is_answered(void **state)
{
	struct world *w = *state;
	unsigned taken = 0;

	while (passhash_make(w->passhash, "surabaya", on_made, w))
		assert_true(++taken < 1000);
	assert_true(taken >= 4);
	pool_free(w->pool);
	w->pool = NULL;
	assert_int_equal(w->answers, taken);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    only_the_same_password_is_right, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_cost_is_argon2id_with_19_mib_and_2_passes, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    the_same_password_never_has_the_same_hash, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_long_password_counts_to_its_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_no_hash_is_never_right, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    nobodys_password_is_never_right_and_takes_as_long, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_full_pool_refuses_and_every_other_job_is_answered,
		    set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
