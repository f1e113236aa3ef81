/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/store/step.h"

#include "server/store/sql.h"

#include <string.h>

int64_t
step_last_id(struct sql *q)
{
	sql_start(q, SQL_LAST_ID);
	return sql_number(q);
}

int64_t
step_find_conv(struct sql *q, const char *key)
{
	if (strcmp(key, STORE_EVERYONE_KEY) == 0)
		return SQL_EVERYONE;
	sql_start(q, SQL_FIND_CONV);
	sql_put_text(q, key);
	return sql_number(q);
}

int64_t
step_make_conv(struct sql *q, enum store_kind kind, const char *key)
{
	int64_t id = step_find_conv(q, key);

	if (id != 0)
		return id;
	sql_start(q, SQL_ADD_CONV);
	sql_put_int(q, (int64_t)kind);
	sql_put_text(q, key);
	return sql_inserted(q);
}

void
step_add_party(struct sql *q, int64_t account, int64_t conv, int64_t mark)
{
	sql_start(q, SQL_ADD_PARTY);
	sql_put_int(q, account);
	sql_put_int(q, conv);
	sql_put_int(q, mark);
	sql_run(q);
}

bool
step_find_tag(
    struct sql *q, const struct store_tag *t, struct store_written *out)
{
	unsigned char digest[STORE_DIGEST_LEN];
	bool found;

	sql_start(q, SQL_FIND_TAG);
	sql_put_int(q, t->account);
	sql_put_text(q, t->tag);
	sql_put_int(q, t->since);
	found = sql_row(q);
	if (found && sql_blob(q, 1, digest, sizeof(digest))) {
		out->id = sql_int(q, 0);
		out->duplicate =
		    memcmp(digest, t->digest, sizeof(digest)) == 0;
		out->reused = !out->duplicate;
	}
	sql_run(q);
	return found;
}

int64_t
step_add_out(struct sql *q, const struct store_out *out)
{
	int64_t realm = 0, number = 0, shown = 0;

	sql_start(q, SQL_NEXT_OUT);
	sql_put_text(q, out->realm);
	sql_run(q);
	sql_start(q, SQL_FIND_OUT);
	sql_put_text(q, out->realm);
	if (sql_row(q)) {
		shown = sql_int(q, 0);
		realm = sql_int(q, 1);
		number = sql_int(q, 2);
	}
	sql_run(q);
	sql_start(q, SQL_ADD_OUT);
	sql_put_int(q, realm);
	sql_put_int(q, number);
	sql_put_blob(q, out->body, out->len);
	sql_run(q);
	return shown;
}
