/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connecting, without holding up the loop: looks the host up (resolve.h) and
 * tries its addresses one after the other, DIAL_MS for each at most.
 */
#ifndef SHARED_DIAL_H
#define SHARED_DIAL_H

struct loop;
struct dial;

enum { DIAL_MS = 10 * 1000 };

/*
 * fd: connected, non-blocking, close-on-exec, the callee's from now on; or -1,
 * and why says it in words ("Connection refused"), good for the call.  The
 * dial is gone when this is called.
 */
typedef void dial_fn(void *arg, int fd, const char *why);

/* fn is called once, from the loop (never before this returns), unless
 * dial_cancel came first.  port is decimal; host "" means this machine. */
struct dial *dial_start(struct loop *, const char *host, const char *port,
    dial_fn *, void *arg);
void dial_cancel(struct dial *);

#endif
