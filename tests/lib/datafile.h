/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a server of another version may have left in the data folder: written
 * into chat.db while none runs.
 */
#ifndef TESTS_LIB_DATAFILE_H
#define TESTS_LIB_DATAFILE_H

struct server;

/* Ends the server, gives an account another name (in lower case), which need
 * not be one that is given today, and starts the server. */
void datafile_rename(struct server *, const char *from, const char *to);

/* Of a server that does not run: gives its schema another number.  The one
 * that it had. */
int datafile_version(struct server *, int version);

#endif
