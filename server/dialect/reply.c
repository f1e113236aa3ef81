/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/dialect/reply.h"

#include "server/chat/chat.h"
#include "server/dialect/render.h"
#include "server/dialect/request.h"

void
reply(struct dialects *set, uint64_t id, json_t *o)
{
	const char *tag = request_tag(set, id);

	if (tag == NULL) {
		json_decref(o);
		return;
	}
	if (*tag != '\0')
		json_object_set_new(o, "tag", json_string(tag));
	request_answer(set, id, render_blob(o));
}

void
reply_error(struct dialects *set, uint64_t id, enum wire_err err)
{
	reply(set, id, render_error(err, 0));
}

void
reply_failed(struct dialects *set, uint64_t id, const struct chat_result *res)
{
	reply(set, id, render_error(res->err, res->retry_ms));
}

void
reply_ok(void *arg, uint64_t id, const struct chat_result *res)
{
	if (res->err != WIRE_OK)
		reply_failed(arg, id, res);
	else
		reply(arg, id, render_ok());
}
