/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/map.h"

#include <sys/random.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"

enum { MAP_FIRST = 16 }; /* slots; always a power of two */

struct slot {
	uint64_t hash;
	const void *key;
	size_t len;
	void *value; /* NULL: free */
};

struct map {
	uint64_t k0, k1;
	struct slot *slot;
	size_t slots, count;
};

static uint64_t
rotl(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

/* In the machine's byte order: these hashes never leave the process. */
static uint64_t
hash_of(const struct map *m, const void *key, size_t n)
{
	const unsigned char *p = key;
	uint64_t v[4] = { m->k0 ^ 0x736f6d6570736575U,
		m->k1 ^ 0x646f72616e646f6dU, m->k0 ^ 0x6c7967656e657261U,
		m->k1 ^ 0x7465646279746573U };
	uint64_t word;
	size_t left = n;
	int i;

	for (; left >= sizeof(word); left -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = 0;
	memcpy(&word, p, left);
	word ^= (uint64_t)n << 56;
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	for (i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct map *
map_new(void)
{
	struct map *m = xcalloc(1, sizeof(*m));
	uint64_t seed[2];

	if (getrandom(seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		abort(); /* no kernel that we run on fails at 16 bytes */
	m->k0 = seed[0];
	m->k1 = seed[1];
	m->slots = MAP_FIRST;
	m->slot = xcalloc(m->slots, sizeof(*m->slot));
	return m;
}

void
map_free(struct map *m)
{
	if (m == NULL)
		return;
	free(m->slot);
	free(m);
}

size_t
map_count(const struct map *m)
{
	return m->count;
}

/* The slot that holds the key, or the free one where it would go. */
static size_t
place(const struct map *m, uint64_t hash, const void *key, size_t n)
{
	size_t i = (size_t)hash & (m->slots - 1);

	for (; m->slot[i].value != NULL; i = (i + 1) & (m->slots - 1)) {
		const struct slot *s = &m->slot[i];

		if (s->hash == hash && s->len == n &&
		    memcmp(s->key, key, n) == 0)
			break;
	}
	return i;
}

static void
grow(struct map *m)
{
	struct slot *old = m->slot;
	size_t i, slots = m->slots;

	m->slots *= 2;
	m->slot = xcalloc(m->slots, sizeof(*m->slot));
	for (i = 0; i < slots; i++)
		if (old[i].value != NULL)
			m->slot[place(m, old[i].hash, old[i].key,
			    old[i].len)] = old[i];
	free(old);
}

void *
map_get(const struct map *m, const void *key, size_t n)
{
	return m->slot[place(m, hash_of(m, key, n), key, n)].value;
}

void
map_put(struct map *m, const void *key, size_t n, void *value)
{
	uint64_t hash = hash_of(m, key, n);

	if (m->count + 1 > m->slots / 4 * 3)
		grow(m);
	m->slot[place(m, hash, key, n)] = (struct slot){ hash, key, n, value };
	m->count++;
}

void *
map_take(struct map *m, const void *key, size_t n)
{
	size_t mask = m->slots - 1;
	size_t hole = place(m, hash_of(m, key, n), key, n);
	size_t i = hole;
	void *value = m->slot[hole].value;

	if (value == NULL)
		return NULL;
	/*
	 * What stands behind a hole moves up into it, unless it would land
	 * before its own place: so no run is ever broken and no marks of
	 * deleted ones are needed.
	 */
	while (m->slot[i = (i + 1) & mask].value != NULL) {
		size_t home = (size_t)m->slot[i].hash & mask;

		if (((i - home) & mask) >= ((i - hole) & mask)) {
			m->slot[hole] = m->slot[i];
			hole = i;
		}
	}
	m->slot[hole].value = NULL;
	m->count--;
	return value;
}
