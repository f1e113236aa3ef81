/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "server/chat/chat.h"
#include "server/dialect/render.h"
#include "shared/blob.h"

static const struct chat_message hey = { .id = 7,
	.time = 1795230245678,
	.target = { .kind = TARGET_USER, .name = "henderson" },
	.from = "messi",
	.name = "Lionel Messi",
	.text = "a\"b\\c\r\n\r\n}\x01" };

static json_t *
parsed(struct blob *b)
{
	json_t *o;

	assert_true(b->len > 4);
	assert_memory_equal(b->data + b->len - 4, "\r\n\r\n", 4);
	/* It occurs nowhere else, whatever the texts hold. */
	assert_ptr_equal(memmem(b->data, b->len, "\r\n\r\n", 4),
	    b->data + b->len - 4);
	o = json_loadb(b->data, b->len, 0, NULL);
	assert_non_null(o);
	blob_unref(b);
	return o;
}

static const char *
member(json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static void
a_message_keeps_its_text_byte_for_byte(void **state)
{
	struct chat_event e = { .kind = CHAT_EV_MESSAGE, .message = hey };
	json_t *o = parsed(render_event(&e));

	(void)state;
	assert_string_equal(member(o, "event"), "message");
	assert_null(json_object_get(o, "status"));
	assert_string_equal(member(o, "text"), hey.text);
	assert_string_equal(member(o, "target"), "henderson");
	assert_string_equal(member(o, "time"), "2026-11-21T03:04:05.678Z");
	assert_int_equal(json_integer_value(json_object_get(o, "id")), 7);
	json_decref(o);
}

static void
the_inbox_is_grouped_by_sender(void **state)
{
	struct chat_message two[] = { hey, hey };
	struct chat_result res = { .message = two, .messages = 2 };
	json_t *o, *from;

	(void)state;
	two[1].from = "neko";
	o = parsed(render_blob(render_inbox(&res, "Jordan Henderson")));
	assert_null(json_object_get(o, "more"));
	from = json_object_get(json_object_get(o, "messages"), "messi");
	assert_int_equal(json_array_size(from), 1);
	from = json_array_get(from, 0);
	assert_string_equal(member(from, "msg_from"), "Lionel Messi");
	assert_string_equal(member(from, "msg_to"), "Jordan Henderson");
	assert_string_equal(member(from, "msg"), hey.text);
	json_decref(o);
	res.more = true;
	o = render_inbox(&res, "x");
	assert_true(json_is_true(json_object_get(o, "more")));
	json_decref(o);
}

static void
an_error_has_text_and_code_and_says_when_to_come_again(void **state)
{
	json_t *o = parsed(render_blob(render_error(WIRE_NO_SESSION, 0)));

	(void)state;
	assert_string_equal(member(o, "status"), "ERROR");
	assert_string_equal(member(o, "message"), "Session Tidak Ditemukan");
	assert_null(json_object_get(o, "retry_ms"));
	json_decref(o);
	o = render_error(WIRE_RATE_LIMITED, 50);
	assert_int_equal(
	    json_integer_value(json_object_get(o, "retry_ms")), 50);
	assert_string_equal(member(o, "code"), "rate-limited");
	json_decref(o);
}

static void
bytes_that_are_no_utf8_do_not_cost_the_reply(void **state)
{
	json_t *o = parsed(render_blob(render_ok_text("\xff\xfe")));

	(void)state;
	assert_string_equal(member(o, "status"), "OK");
	assert_non_null(member(o, "message"));
	json_decref(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_keeps_its_text_byte_for_byte),
		cmocka_unit_test(the_inbox_is_grouped_by_sender),
		cmocka_unit_test(
		    an_error_has_text_and_code_and_says_when_to_come_again),
		cmocka_unit_test(bytes_that_are_no_utf8_do_not_cost_the_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
