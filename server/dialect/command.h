/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of commands, and the running of one.
 */
#ifndef SERVER_DIALECT_COMMAND_H
#define SERVER_DIALECT_COMMAND_H

#include <stddef.h>

struct command;
struct request;

/* By name or alias; NULL: unknown. */
const struct command *command_find(const char *name, size_t n);
const struct command *command_at(size_t i); /* NULL: behind the last */

/* The rest of the line behind the command's name, cut up and run.  The line
 * is written into. */
void command_run(struct request *, const struct command *, char *rest);

#endif
