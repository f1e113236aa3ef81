/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is shown of somebody, and how one may log in: for all floors. */
#ifndef SERVER_DIRECTORY_USER_H
#define SERVER_DIRECTORY_USER_H

#include <stdbool.h>
#include <stdint.h>

enum { REMOTES_MAX = 20000 }; /* people of one realm that are known */

struct chat_user {
	const char *name;
	const char *real_name;
	bool online;
	int64_t since; /* online: since the login; else last seen, 0: never */
	bool admin;
};

typedef void chat_user_fn(void *arg, const struct chat_user *);

enum chat_login_kind {
	CHAT_TOKEN,    /* returns a token; survives connection and restart */
	CHAT_ATTACHED  /* no token, not stored: ends with its connection */
};

#endif
