/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * make install and make uninstall, into a folder of the test's own: what an
 * ordinary person's PATH and manual path find afterwards.
 */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/xalloc.h"
#include "tests/lib/server.h"

static char root[] = "/tmp/chat-install.XXXXXX";

static int
make_root(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/chat-install.XXXXXX");
	return mkdtemp(root) == NULL;
}

static int
remove_root(void **state)
{
	const char *argv[] = { "/bin/rm", "-rf", root, NULL };
	char *out;

	(void)state;
	assert_int_equal(program_run(argv, &out), 0);
	free(out);
	return 0;
}

/* Runs the shell's script with $0 the folder; what it prints. */
static char *
sh(const char *script)
{
	const char *argv[] = { "/bin/sh", "-c", script, root, NULL };
	char *out;

	if (program_run(argv, &out) != 0)
		fail_msg("%s: %s", script, out);
	return out;
}

/* The programs are built: all is what makes them, and is left out. */
static void
make_target(const char *target)
{
	char *build = getenv("CHAT_BUILD");
	char *script = xasprintf("umask 077; unset MAKEFLAGS MAKELEVEL; "
	    "make -o all %s B='%s' DESTDIR=\"$0\"", target,
	    build != NULL ? build : "build/plain");

	free(sh(script));
	free(script);
}

static void
says(const char *script, const char *expect)
{
	char *out = sh(script);

	if (strstr(out, expect) == NULL)
		fail_msg("%s: no '%s' in: %s", script, expect, out);
	free(out);
}

static void
both_programs_are_where_a_persons_path_finds_them(void **state)
{
	(void)state;
	make_target("install");
	says("PATH=$0/usr/local/bin:/usr/bin:/bin; chat-server --version",
	    "chat-server " CHAT_VERSION);
	says("PATH=$0/usr/local/bin:/usr/bin:/bin; chat-tui --version",
	    "chat-tui " CHAT_VERSION);
	/* Whoever installs it, and with whatever umask: everybody's. */
	says("cd $0/usr/local/bin && stat -c %a . chat-server chat-tui",
	    "755\n755\n755\n");
}

static void
every_page_of_the_manual_is_found(void **state)
{
	static const char *const pages[] = { "man1/chat-tui.1",
		"man5/chat-server.conf.5", "man7/chat-protocol.7",
		"man8/chat-server.8" };
	size_t i;

	(void)state;
	make_target("install");
	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		char *script = xasprintf(
		    "cmp man/%s $0/usr/local/share/man/%s && stat -c %%a "
		    "$0/usr/local/share/man/%s", strchr(pages[i], '/') + 1,
		    pages[i], pages[i]);

		says(script, "644");
		free(script);
	}
	says("ls man/*.[1-8] | wc -l", "4"); /* that is all of them */
}

/* It would come first on root's PATH. */
static void
an_older_versions_server_gives_way(void **state)
{
	(void)state;
	free(sh("mkdir -p $0/usr/local/sbin && "
	    "touch $0/usr/local/sbin/chat-server"));
	make_target("install");
	says("ls $0/usr/local/sbin | wc -l", "0");
	says("ls $0/usr/local/bin", "chat-server\nchat-tui\n");
}

static void
uninstall_leaves_no_file(void **state)
{
	(void)state;
	make_target("install");
	free(sh("mkdir -p $0/usr/local/sbin && "
	    "touch $0/usr/local/sbin/chat-server"));
	make_target("uninstall");
	says("find $0 ! -type d | wc -l", "0");
}

#define INSTALL_TEST(fn) \
	cmocka_unit_test_setup_teardown(fn, make_root, remove_root)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		INSTALL_TEST(both_programs_are_where_a_persons_path_finds_them),
		INSTALL_TEST(every_page_of_the_manual_is_found),
		INSTALL_TEST(an_older_versions_server_gives_way),
		INSTALL_TEST(uninstall_leaves_no_file),
	};

	return cmocka_run_group_tests_name("install", tests, NULL, NULL);
}
