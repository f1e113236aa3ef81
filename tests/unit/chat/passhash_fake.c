/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/chat/passhash_fake.h"

#include <sys/queue.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/xalloc.h"

struct job {
	TAILQ_ENTRY(job) entry;
	passhash_made_fn *made;
	passhash_checked_fn *checked;
	void *arg;
	char hash[PASSHASH_CAP];
	bool right;
};

struct passhash {
	TAILQ_HEAD(jobs, job) jobs;
	bool refuse;
};

struct passhash *
passhash_fake_new(void)
{
	struct passhash *p = xcalloc(1, sizeof(*p));

	TAILQ_INIT(&p->jobs);
	return p;
}

void
passhash_fake_free(struct passhash *p)
{
	while (passhash_fake_answer(p) > 0)
		;
	free(p);
}

size_t
passhash_fake_answer(struct passhash *p)
{
	struct job *job, *last = TAILQ_LAST(&p->jobs, jobs);
	size_t n = 0;

	while (last != NULL) {
		job = TAILQ_FIRST(&p->jobs);
		TAILQ_REMOVE(&p->jobs, job, entry);
		n++;
		if (job->made != NULL)
			job->made(job->arg, job->hash);
		else
			job->checked(job->arg, job->right);
		if (job == last)
			last = NULL;
		free(job);
	}
	return n;
}

void
passhash_fake_refuse(struct passhash *p, bool refuse)
{
	p->refuse = refuse;
}

static struct job *
put(struct passhash *p, const char *password, void *arg)
{
	struct job *job;

	if (p->refuse)
		return NULL;
	job = xcalloc(1, sizeof(*job));
	job->arg = arg;
	snprintf(job->hash, sizeof(job->hash), "hash:%.100s", password);
	TAILQ_INSERT_TAIL(&p->jobs, job, entry);
	return job;
}

bool
passhash_make(struct passhash *p, const char *password, passhash_made_fn *fn,
    void *arg)
{
	struct job *job = put(p, password, arg);

	if (job != NULL)
		job->made = fn;
	return job != NULL;
}

bool
passhash_check(struct passhash *p, const char *hash, const char *password,
    passhash_checked_fn *fn, void *arg)
{
	struct job *job = put(p, password, arg);

	if (job == NULL)
		return false;
	job->checked = fn;
	job->right = hash != NULL && strcmp(hash, job->hash) == 0;
	return true;
}
