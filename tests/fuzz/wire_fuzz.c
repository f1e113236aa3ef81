/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is taken as a name, target, tag, time or number is read back as the
 * same; a key folds to itself; nothing odd gets into a name.
 */
#include "shared/wire.h"

#include <string.h>

#include "shared/utf8.h"

#define FUZZ_NAME "wire"
#include "tests/fuzz/replay.h"

static void
check_name(const char *s, size_t n)
{
	char key[WIRE_NAME_CAP], again[WIRE_NAME_CAP];
	bool ok = wire_name_ok(s, n), has_key = wire_name_key(s, n, key);
	size_t i;

	if (ok) {
		MUST(n > 0 && n < WIRE_NAME_CAP);
		MUST(utf8_valid(s, n));
		MUST(utf8_count(s, n) <= WIRE_NAME_CHARS);
		for (i = 0; i < n; i++)
			MUST((uint8_t)s[i] > ' ' && s[i] != 0x7F &&
			    strchr("@#*/\\\"'%:", s[i]) == NULL);
	}
	if (!has_key)
		return;
	MUST(strlen(key) > 0);
	MUST(wire_name_key(key, strlen(key), again));
	MUST(strcmp(key, again) == 0);
}

static void
check_target(const char *s, size_t n)
{
	struct target t, u;
	char out[WIRE_TARGET_CAP], again[WIRE_TARGET_CAP];

	if (target_parse(&t, s, n) != WIRE_OK)
		return;
	if (t.kind != TARGET_EVERYONE)
		MUST(wire_name_ok(t.name, strlen(t.name)));
	if (t.realm[0] != '\0')
		MUST(wire_name_ok(t.realm, strlen(t.realm)));
	target_format(&t, out);
	MUST(strlen(out) < WIRE_TARGET_CAP);
	MUST(target_parse(&u, out, strlen(out)) == WIRE_OK);
	MUST(u.kind == t.kind);
	target_format(&u, again);
	MUST(strcmp(out, again) == 0);
}

static void
check_texts(const char *s)
{
	char text[WIRE_TIME_CAP];
	int64_t v;

	if (wire_time_parse(s, &v)) {
		wire_time(v, text);
		MUST(strcmp(s, text) == 0);
	}
	if (wire_number(s, 1000, &v))
		MUST(v >= 0 && v <= 1000);
	if (wire_number(s, INT64_MAX, &v)) {
		MUST(v >= 0);
		MUST(strspn(s, "0123456789") == strlen(s));
	}
	MUST(wire_err_from_code(s) <= WIRE_ERRS);
}

static void
check_time(const char *s, size_t n)
{
	char text[WIRE_TIME_CAP];
	int64_t ms = 0, back;

	memcpy(&ms, s, n < sizeof ms ? n : sizeof ms);
	wire_time(ms, text);
	MUST(strlen(text) == 24);
	MUST(wire_time_parse(text, &back));
	if (ms > INT64_C(-62167219200000) && ms < INT64_C(253402300800000))
		MUST(back == ms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
	const char *s = (const char *)in;
	char *z = malloc(n + 1);

	MUST(z != NULL);
	if (n > 0)
		memcpy(z, s, n);
	z[n] = '\0';
	check_name(s, n);
	check_target(s, n);
	check_texts(z);
	check_time(s, n);
	if (wire_real_name_ok(s, n))
		MUST(utf8_valid(s, n));
	if (wire_tag_ok(s, n))
		MUST(n >= 1 && n <= WIRE_TAG_MAX);
	free(z);
	return 0;
}
