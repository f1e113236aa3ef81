/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whose a file is that is kept for each server and user by itself.
 */
#ifndef TUI_STORE_ACCOUNT_H
#define TUI_STORE_ACCOUNT_H

/* "localhost 8889 messi", the same however the server (HOST[:PORT]) was
 * written; the caller frees it.  NULL: no server. */
char *account_name(const char *server, const char *user);

/* What "kind" of theirs is kept in; the caller frees it.  Two accounts may
 * share a name of a hash: the file itself must tell whose it is.  NULL: no
 * home. */
char *account_path(const char *account, const char *kind);

#endif
