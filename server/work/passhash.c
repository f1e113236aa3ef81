/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/work/passhash.h"

#include "server/work/pool.h"
#include "shared/xalloc.h"

#include <sodium.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(PASSHASH_CAP == crypto_pwhash_STRBYTES,
    "PASSHASH_CAP is libsodium's");

enum { PASSES = 2, MEMORY = 19456 * 1024 };

/* Of the same form and cost as those that are made. */
static const char nobodys[] = "$argon2id$v=19$m=19456,t=2,p=1$"
    "bm9ib2R5J3MgcGFzc3dvcg$"
    "dGhpcyBpcyB0aGUgaGFzaCBvZiBubyBwYXNzd29yZCE";

struct passhash {
	struct pool *pool;
};

/* A job knows all that it needs, so that it may outlive its passhash. */
struct hashing {
	struct pool_job job; /* first: a job is turned back into its hashing */
	char *password;      /* wiped and NULL once it was used */
	size_t len;
	char hash[PASSHASH_CAP]; /* what was made, or is compared with */
	bool nobody;
	bool good;               /* made, or right */
	passhash_made_fn *made;  /* one of the two is NULL */
	passhash_checked_fn *checked;
	void *arg;
};

static bool
make(const char *password, size_t len, char hash[PASSHASH_CAP])
{
	return crypto_pwhash_str(hash, password, len, PASSES, MEMORY) == 0;
}

static void
forget_password(struct hashing *h)
{
	if (h->password == NULL)
		return;
	sodium_memzero(h->password, h->len);
	free(h->password);
	h->password = NULL;
}

static void
run(struct pool_job *job)
{
	struct hashing *h = (struct hashing *)job;

	if (h->made != NULL)
		h->good = make(h->password, h->len, h->hash);
	else
		h->good = crypto_pwhash_str_verify(
		    h->hash, h->password, h->len) == 0 && !h->nobody;
	forget_password(h);
}

static void
discard(struct hashing *h)
{
	forget_password(h); /* it never ran */
	sodium_memzero(h->hash, sizeof(h->hash));
	free(h);
}

static void
done(struct pool_job *job)
{
	struct hashing *h = (struct hashing *)job;

	if (h->made != NULL)
		h->made(h->arg, h->good ? h->hash : NULL);
	else
		h->checked(h->arg, h->good);
	discard(h);
}

static struct hashing *
hashing_new(const char *password, void *arg)
{
	struct hashing *h = xcalloc(1, sizeof(*h));

	h->job.run = run;
	h->job.done = done;
	h->len = strlen(password);
	h->password = xmemdup0(password, h->len);
	h->arg = arg;
	return h;
}

static bool
put(struct passhash *p, struct hashing *h)
{
	if (pool_put(p->pool, &h->job))
		return true;
	discard(h);
	return false;
}

struct passhash *
passhash_new(struct pool *pool)
{
	struct passhash *p = xcalloc(1, sizeof(*p));

	p->pool = pool;
	return p;
}

void
passhash_free(struct passhash *p)
{
	free(p);
}

bool
passhash_make(struct passhash *p, const char *password, passhash_made_fn *fn,
    void *arg)
{
	struct hashing *h = hashing_new(password, arg);

	h->made = fn;
	return put(p, h);
}

bool
passhash_check(struct passhash *p, const char *hash, const char *password,
    passhash_checked_fn *fn, void *arg)
{
	struct hashing *h = hashing_new(password, arg);
	size_t n;

	h->nobody = hash == NULL;
	if (h->nobody)
		hash = nobodys;
	n = strlen(hash);
	/* One that is too long is nobody's: "" is compared, and is wrong. */
	if (n < sizeof(h->hash))
		memcpy(h->hash, hash, n);
	h->checked = fn;
	return put(p, h);
}

bool
passhash_now(const char *password, char hash[PASSHASH_CAP])
{
	return make(password, strlen(password), hash);
}
