/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values found by a key of bytes: a hash table of open addresses.
 *
 * Neither keys nor values are the map's: a key is usually a member of its
 * value and stays where and as it is until the value was taken out.  Names
 * come from strangers, so the hash is SipHash-1-3 (Aumasson, Bernstein:
 * "SipHash: a fast short-input PRF") under a random key for each map: nobody
 * can choose names that all fall into one place.
 */
#ifndef SHARED_MAP_H
#define SHARED_MAP_H

#include <stddef.h>

struct map;

struct map *map_new(void);
void map_free(struct map *); /* NULL is fine; the values are the caller's */

size_t map_count(const struct map *);

/* NULL: not there. */
void *map_get(const struct map *, const void *key, size_t n);

/* The key is not there yet; value is not NULL. */
void map_put(struct map *, const void *key, size_t n, void *value);

/* Takes it out and returns it; NULL: was not there. */
void *map_take(struct map *, const void *key, size_t n);

#endif
