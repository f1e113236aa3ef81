/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers in the order of the requests.  Each request of a connection opens a
 * slot; answers fill slots in any order; what is filled at the front goes out.
 *
 * A slot also keeps what its handler wants back with the answer: the tag, and
 * a note.
 */
#ifndef SERVER_DIALECT_REPLIES_H
#define SERVER_DIALECT_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/wire.h"

struct blob;

/* Open at once on one connection. */
enum { REPLIES_MAX = 256 };

struct slot {
	struct blob *blob; /* NULL: not answered yet */
	char *note;        /* the slot's to free; NULL: none */
	char tag[WIRE_TAG_MAX + 1]; /* "": none */
};

struct replies {
	/* A ring: slots are found by the low bits of their number.  It grows
	 * with what is open: most connections have one request under way. */
	struct slot *slot;
	uint16_t size;  /* a power of two; 0: none yet */
	uint16_t first; /* number of the oldest one open */
	uint16_t count;
	bool alone; /* the one that is open lets no other start */
	void (*out)(void *arg, struct blob *); /* takes the reference */
	void *arg;
};

void replies_init(struct replies *, void (*out)(void *arg, struct blob *),
    void *arg);
void replies_release(struct replies *);

bool replies_full(const struct replies *);

/* The number of a new slot; not when full.  tag may be NULL. */
uint16_t replies_open(struct replies *, const char *tag);

/* NULL: that slot is not open, or was filled. */
struct slot *replies_find(const struct replies *, uint16_t number);

/* Takes over the reference; false (and drops it): nobody waits for it. */
bool replies_fill(struct replies *, uint16_t number, struct blob *);

#endif
