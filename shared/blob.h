/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes that never change and are shared by reference: what goes to many
 * connections is encoded once, and each holds one reference to it.
 *
 * Counts are not atomic: a blob lives on one thread.
 */
#ifndef SHARED_BLOB_H
#define SHARED_BLOB_H

#include <stddef.h>

struct blob {
	unsigned refs;
	size_t len;
	char data[];
};

/* One reference, the caller's.  blob_new copies. */
struct blob *blob_new(const void *p, size_t n);
struct blob *blob_join(const void *p, size_t n, const void *q, size_t m);

struct blob *blob_ref(struct blob *);
void blob_unref(struct blob *); /* NULL is fine */

#endif
