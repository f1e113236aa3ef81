/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/sealed.h"

#include <assert.h>
#include <stdint.h>

#include "shared/buf.h"
#include "shared/conn.h"

void
sealed_init(struct sealed *s, struct conn *c,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end us)
{
	s->conn = c;
	secret_way_init(&s->out, session, us);
	secret_way_init(&s->in, session,
	    us == SECRET_DIALER ? SECRET_ACCEPTOR : SECRET_DIALER);
}

void
sealed_wipe(struct sealed *s)
{
	secret_wipe(s, sizeof *s);
}

bool
sealed_send(struct sealed *s, const void *p, size_t n)
{
	unsigned char frame[SEALED_HEAD + SEALED_MAX];
	size_t len = n + SECRET_SEAL_LEN;

	assert(n <= SEALED_TEXT_MAX);
	for (unsigned i = 0; i < SEALED_HEAD; i++)
		frame[i] = (unsigned char)(len >> (24 - 8 * i));
	secret_seal(
	    &s->out, frame + SEALED_HEAD, p, n, frame, SEALED_HEAD);
	return conn_write(s->conn, frame, SEALED_HEAD + len);
}

enum sealed_next
sealed_next(
    struct sealed *s, unsigned char text[SEALED_TEXT_MAX], size_t *n)
{
	struct buf *in = conn_in(s->conn);
	const unsigned char *p = (const unsigned char *)buf_data(in);
	size_t len;

	if (in->len < SEALED_HEAD)
		return SEALED_MORE;
	len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	    p[3];
	if (len < SECRET_SEAL_LEN || len > SEALED_MAX)
		return SEALED_BROKEN;
	if (in->len < SEALED_HEAD + len)
		return SEALED_MORE;
	if (!secret_open(
	    &s->in, text, p + SEALED_HEAD, len, p, SEALED_HEAD))
		return SEALED_BROKEN;
	buf_eat(in, SEALED_HEAD + len);
	*n = len - SECRET_SEAL_LEN;
	return SEALED_READY;
}
