/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/net/request.h"

#include "shared/buf.h"
#include "shared/xalloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
requests_init(struct requests *rs)
{
	rs->first = NULL;
	rs->last = &rs->first;
	rs->count = 0;
	rs->tag = 0;
}

void
requests_drop(struct requests *rs)
{
	while (rs->first != NULL) {
		struct request *rq = rs->first;

		rs->first = rq->next;
		free(rq);
	}
	rs->last = &rs->first;
	rs->count = 0;
}

void
requests_add(struct requests *rs, const struct request *like,
    struct buf *line, const char *fmt, va_list ap)
{
	struct request *rq = xmalloc(sizeof(*rq));

	*rq = *like;
	rq->next = NULL;
	rq->tag = ++rs->tag;
	(void)buf_addf(line, "@q%" PRIu64 " ", rq->tag);
	(void)buf_vaddf(line, fmt, ap);
	(void)buf_adds(line, "\r\n");
	*rs->last = rq;
	rs->last = &rq->next;
	rs->count++;
}

/* Replies come in order, so it is the first, unless the reply is to the
 * outbox. */
struct request *
requests_take(struct requests *rs, const char *tag)
{
	char text[32];

	for (struct request **at = &rs->first; *at != NULL;
	    at = &(*at)->next) {
		struct request *rq = *at;

		snprintf(text, sizeof(text), "q%" PRIu64, rq->tag);
		if (strcmp(text, tag) != 0)
			continue;
		*at = rq->next;
		if (rs->last == &rq->next)
			rs->last = at;
		rs->count--;
		return rq;
	}
	return NULL;
}
