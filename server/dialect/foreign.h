/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is a connection's first line that of another protocol: HTTP, TLS, SSH, or
 * bytes that nobody types?  Such a peer is told once and closed, so that a
 * browser cannot be made to speak to us, nor we to it for long.
 */
#ifndef SERVER_DIALECT_FOREIGN_H
#define SERVER_DIALECT_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

/* The first bytes that are there; the first line, whole. */
bool foreign_bytes(const char *p, size_t n);
bool foreign_line(const char *p, size_t n);

#endif
