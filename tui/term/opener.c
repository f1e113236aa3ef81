/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/opener.h"

#include "shared/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 32 };

/* It leaves no zombie behind; its own children are none of ours. */
static void
forget_children(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL,
		.sa_flags = SA_NOCLDWAIT };

	sigemptyset(&sa.sa_mask);
	(void)sigaction(SIGCHLD, &sa, NULL);
}

static int
spawn(char *const argv[])
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int error;
	pid_t pid;

	forget_children();
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(
	    &files, STDIN_FILENO, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&files, STDIN_FILENO, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, STDIN_FILENO, STDERR_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID);
	error = posix_spawnp(&pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

int
opener_run(const char *command, const char *uri)
{
	char *words = xstrdup(command), *arg = xstrdup(uri), *rest = words;
	char *argv[WORDS_MAX + 2], *word;
	int n = 0, error = ENOENT;

	while (n < WORDS_MAX && (word = strsep(&rest, " \t")) != NULL)
		if (*word != '\0')
			argv[n++] = word;
	if (rest != NULL)
		error = E2BIG;
	else if (n > 0) {
		argv[n++] = arg;
		argv[n] = NULL;
		error = spawn(argv);
	}
	free(arg);
	free(words);
	return error;
}
