/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the process gives up once it is set up: whoever finds a hole in it
 * finds no way to run another program, to look into other processes or to
 * change the machine.  It fails softly: where the kernel refuses a part, why
 * says which, and the server goes on without.
 */
#ifndef SERVER_SANDBOX_H
#define SERVER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* Holds for all threads, those there are and those to come. */
bool sandbox_enter(char *why, size_t cap);

#endif
