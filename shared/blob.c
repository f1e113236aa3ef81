/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/blob.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"

struct blob *
blob_new(const void *p, size_t n)
{
	return blob_join(p, n, NULL, 0);
}

struct blob *
blob_join(const void *p, size_t n, const void *q, size_t m)
{
	struct blob *b;

	/* A sum that wraps is no size that malloc grants either. */
	if (n > SIZE_MAX - sizeof *b || m > SIZE_MAX - sizeof *b - n)
		b = xmalloc(SIZE_MAX);
	else
		b = xmalloc(sizeof *b + n + m);
	b->refs = 1;
	b->len = n + m;
	if (n > 0)
		memcpy(b->data, p, n);
	if (m > 0)
		memcpy(b->data + n, q, m);
	return b;
}

struct blob *
blob_ref(struct blob *b)
{
	b->refs++;
	return b;
}

void
blob_unref(struct blob *b)
{
	if (b != NULL && --b->refs == 0)
		free(b);
}
