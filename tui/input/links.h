/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The links of a conversation, as /links lists them and /open takes them by
 * their number: what was listed stays as it was, whatever is said behind it.
 */
#ifndef TUI_INPUT_LINKS_H
#define TUI_INPUT_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct convo;
struct links;

struct link {
	char *url, *from; /* where it was said last */
	int64_t time;
};

struct links *links_new(void);
void links_free(struct links *);

/* Those of the conversation, as far as it is held, in place of the ones before:
 * the newest 100, each once. */
void links_find(struct links *, const struct convo *);

/* From 0 on, the oldest first; NULL: there are no more. */
const struct link *links_at(const struct links *, size_t i);
size_t links_count(const struct links *);
/* There are older ones. */
bool links_more(const struct links *);

#endif
