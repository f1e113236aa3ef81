/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/realm/secure_frame.h"

#include <assert.h>
#include <stdint.h>

#include "shared/buf.h"
#include "shared/conn.h"

void
secure_frame_init(struct secure_frame *s, struct conn *c,
    const unsigned char session[SECRET_KEY_LEN], enum secret_end us)
{
	s->conn = c;
	secret_way_init(&s->out, session, us);
	secret_way_init(&s->in, session,
	    us == SECRET_DIALER ? SECRET_ACCEPTOR : SECRET_DIALER);
}

void
secure_frame_wipe(struct secure_frame *s)
{
	secret_wipe(s, sizeof *s);
}

bool
secure_frame_send(struct secure_frame *s, const void *p, size_t n)
{
	unsigned char frame[SECURE_FRAME_HEAD + SECURE_FRAME_MAX];
	size_t len = n + SECRET_SEAL_LEN;

	assert(n <= SECURE_FRAME_TEXT_MAX);
	for (unsigned i = 0; i < SECURE_FRAME_HEAD; i++)
		frame[i] = (unsigned char)(len >> (24 - 8 * i));
	secret_seal(
	    &s->out, frame + SECURE_FRAME_HEAD, p, n, frame, SECURE_FRAME_HEAD);
	return conn_write(s->conn, frame, SECURE_FRAME_HEAD + len);
}

enum secure_frame_next
secure_frame_next(
    struct secure_frame *s, unsigned char text[SECURE_FRAME_TEXT_MAX], size_t *n)
{
	struct buf *in = conn_in(s->conn);
	const unsigned char *p = (const unsigned char *)buf_data(in);
	size_t len;

	if (in->len < SECURE_FRAME_HEAD)
		return SECURE_FRAME_MORE;
	len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	    p[3];
	if (len < SECRET_SEAL_LEN || len > SECURE_FRAME_MAX)
		return SECURE_FRAME_BROKEN;
	if (in->len < SECURE_FRAME_HEAD + len)
		return SECURE_FRAME_MORE;
	if (!secret_open(
	    &s->in, text, p + SECURE_FRAME_HEAD, len, p, SECURE_FRAME_HEAD))
		return SECURE_FRAME_BROKEN;
	buf_eat(in, SECURE_FRAME_HEAD + len);
	*n = len - SECRET_SEAL_LEN;
	return SECURE_FRAME_READY;
}
