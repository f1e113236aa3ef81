/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shared/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "shared/buf.h"
#include "shared/utf8.h"

/* ---- reserved names --------------------------------------------------- */

/* Lower case, and without the signs that do not count in them. */
#define EVERYONE(X) X("all") X("everybody") X("everyone") X("semua") \
	X("semuanya")
#define OTHERS(X) X("anda") X("chatserver") X("here") X("me") X("saya") \
	X("server") X("sistem") X("system") X("you")

#define AS_ROW(word) word,
#define AS_TEXT(word) " " word

static const char *const everyone[] = { EVERYONE(AS_ROW) NULL };
static const char *const others[] = { OTHERS(AS_ROW) NULL };

/* ---- errors ----------------------------------------------------------- */

static const struct {
	const char *code, *text;
} errors[WIRE_ERRS] = {
	[WIRE_OK] = { "", "" },
	[WIRE_UNKNOWN_COMMAND] = { "unknown-command",
	    "**Protocol Tidak Benar" },
	[WIRE_MISSING_PARAMETER] = { "missing-parameter",
	    "--Protocol Tidak Benar" },
	[WIRE_BAD_PARAMETER] = { "bad-parameter",
	    "Parameter tidak benar, lihat: help COMMAND" },
	[WIRE_NO_INFORMATION] = { "bad-token", "Informasi tidak ditemukan" },
	[WIRE_NO_SESSION] = { "bad-token", "Session Tidak Ditemukan" },
	[WIRE_NO_ACCOUNT] = { "no-such-user", "User Tidak Ada" },
	[WIRE_WRONG_PASSWORD] = { "wrong-password", "Password Salah" },
	[WIRE_NO_SUCH_USER] = { "no-such-user", "User Tidak Ditemukan" },
	[WIRE_NO_SUCH_GROUP] = { "no-such-group", "Grup Tidak Ditemukan" },
	[WIRE_NO_SUCH_REALM] = { "no-such-realm", "Realm Tidak Ditemukan" },
	[WIRE_NAME_TAKEN] = { "name-taken", "Username telah dipakai" },
	[WIRE_BAD_NAME] = { "bad-name",
	    "Username tidak boleh dipakai: 1 sampai 32 huruf (satu aksara), "
	    "angka, '_', '-' atau '.'" },
	[WIRE_RESERVED_NAME] = { "bad-name",
	    "Nama ini berarti semua orang, server atau diri sendiri, pilihlah "
	    "yang lain (tidak boleh:" EVERYONE(AS_TEXT) OTHERS(AS_TEXT) ")" },
	[WIRE_BAD_REAL_NAME] = { "bad-real-name",
	    "Nama asli tidak boleh dipakai: 1 sampai 64 karakter tanpa "
	    "karakter kontrol" },
	[WIRE_WEAK_PASSWORD] = { "weak-password",
	    "Password terlalu lemah, pakailah yang lebih panjang" },
	[WIRE_PASSWORD_TOO_LONG] = { "weak-password",
	    "Password terlalu panjang (paling banyak 1024 byte)" },
	[WIRE_REGISTRATION_CLOSED] = { "registration-closed",
	    "Pendaftaran ditutup, hubungi pengelola server" },
	[WIRE_LINE_TOO_LONG] = { "line-too-long",
	    "Baris terlalu panjang (paling banyak 8192 byte)" },
	[WIRE_BAD_UTF8] = { "bad-utf8",
	    "Baris bukan UTF-8 yang benar, kirim ulang dalam UTF-8" },
	[WIRE_TEXT_TOO_LONG] = { "text-too-long",
	    "Pesan terlalu panjang (paling banyak 4096 byte)" },
	[WIRE_TOPIC_TOO_LONG] = { "text-too-long",
	    "Topik atau alasan terlalu panjang (paling banyak 512 byte)" },
	[WIRE_TEXT_EMPTY] = { "text-empty",
	    "Pesan kosong, tulislah isinya" },
	[WIRE_BAD_JSON] = { "bad-json",
	    "Teks harus berupa string JSON, misalnya \"halo\"" },
	[WIRE_BAD_TAG] = { "bad-tag",
	    "Tag tidak benar: 1 sampai 64 dari A-Z a-z 0-9 . _ -" },
	[WIRE_TAG_REUSED] = { "tag-reused",
	    "Tag sudah dipakai untuk pesan lain, pakailah tag baru" },
	[WIRE_BAD_TARGET] = { "bad-target",
	    "Tujuan tidak benar: USER, USER@REALM, #GROUP atau *" },
	[WIRE_RATE_LIMITED] = { "rate-limited",
	    "Terlalu sering, tunggu sebentar lalu coba lagi" },
	[WIRE_TOO_MANY_CONNECTIONS] = { "too-many-connections",
	    "Terlalu banyak koneksi, coba lagi nanti" },
	[WIRE_TOO_MANY_SESSIONS] = { "too-many-sessions",
	    "Terlalu banyak session, logout dulu dari yang lain" },
	[WIRE_NOT_MEMBER] = { "not-member",
	    "Anda bukan anggota grup ini, masuklah dengan join" },
	[WIRE_NO_SUCH_MEMBER] = { "not-member",
	    "User itu bukan anggota grup ini" },
	[WIRE_INVITE_ONLY] = { "invite-only",
	    "Grup ini hanya untuk yang diundang, mintalah undangan" },
	[WIRE_BANNED] = { "banned", "Anda dilarang masuk" },
	[WIRE_MUTED] = { "muted",
	    "Anda dibisukan, pesan tidak terkirim" },
	[WIRE_GROUP_FULL] = { "group-full", "Grup ini sudah penuh" },
	[WIRE_TOO_MANY_GROUPS] = { "too-many-groups",
	    "Terlalu banyak grup, keluarlah dulu dari yang lain" },
	[WIRE_DENIED] = { "denied", "Tidak diizinkan" },
	[WIRE_REALM_UNREACHABLE] = { "realm-unreachable",
	    "Realm tidak dapat dihubungi, coba lagi nanti" },
	[WIRE_BUSY] = { "busy", "Server sedang sibuk, coba lagi nanti" },
	[WIRE_STORAGE] = { "storage",
	    "Penyimpanan gagal, tidak ada yang terkirim, coba lagi nanti" },
};

_Static_assert(WIRE_LINE_MAX == 8192 && WIRE_TEXT_MAX == 4096 &&
        WIRE_NAME_CHARS == 32 && WIRE_REAL_NAME_CHARS == 64 &&
        WIRE_TAG_MAX == 64 && WIRE_TOPIC_MAX == 512 &&
        WIRE_PASSWORD_MAX == 1024,
    "the texts above name these limits");

const char *
wire_err_code(enum wire_err err)
{
	return errors[err].code;
}

const char *
wire_err_text(enum wire_err err)
{
	return errors[err].text;
}

enum wire_err
wire_err_from_code(const char *code)
{
	int i;

	for (i = 0; i < WIRE_ERRS; i++)
		if (strcmp(errors[i].code, code) == 0)
			return (enum wire_err)i;
	return WIRE_ERRS;
}

/* ---- names ------------------------------------------------------------ */

static const uint8_t *
u8(const char *s)
{
	return (const uint8_t *)s;
}

/*
 * What scripts are written together.  Nearly every script goes with itself
 * alone; these four are resolved to the writing systems that they are part of
 * (UTS #39, section 5.1).
 */
enum { JAPANESE = 1, KOREAN = 2, TAIWANESE = 4 };

static const struct {
	const char *script;
	unsigned systems;
} east_asian[] = {
	{ "Han", JAPANESE | KOREAN | TAIWANESE },
	{ "Hiragana", JAPANESE },
	{ "Katakana", JAPANESE },
	{ "Hangul", KOREAN },
	{ "Bopomofo", TAIWANESE },
};

enum { LONG_VOWEL_SIGN = 0x30FC }; /* script Common, but kana use only */

static unsigned
writing_systems(const char *script)
{
	size_t i;

	for (i = 0; i < sizeof east_asian / sizeof *east_asian; i++)
		if (strcmp(east_asian[i].script, script) == 0)
			return east_asian[i].systems;
	return 0;
}

struct name_check {
	const char *script; /* of the letters so far; NULL: none yet */
	unsigned systems;   /* that they still may be of; 0: script decides */
	ucs4_t zero;        /* of the digits so far */
	bool letter;        /* a mark may follow */
};

static bool
script_fits(struct name_check *c, ucs4_t uc)
{
	const uc_script_t *script = uc_script(uc);
	const char *name = script == NULL ? "Unknown" : script->name;
	unsigned systems;

	if (uc == LONG_VOWEL_SIGN)
		name = "Katakana";
	systems = writing_systems(name);
	if (c->script == NULL) {
		c->script = name;
		c->systems = systems;
	} else if (systems != 0 && c->systems != 0) {
		c->systems &= systems;
		return c->systems != 0;
	}
	return strcmp(c->script, name) == 0;
}

/* Letters of no script (modifier letters, mostly) are refused: nearly all
 * look like an apostrophe or like another letter. */
static bool
letter_fits(struct name_check *c, ucs4_t uc)
{
	const uc_script_t *script = uc_script(uc);

	if (uc != LONG_VOWEL_SIGN &&
	    (script == NULL || strcmp(script->name, "Common") == 0))
		return false;
	c->letter = true;
	return script_fits(c, uc);
}

static bool
mark_fits(struct name_check *c, ucs4_t uc)
{
	const uc_script_t *script = uc_script(uc);

	if (!c->letter || uc_is_property_default_ignorable_code_point(uc))
		return false;
	if (script != NULL && strcmp(script->name, "Inherited") == 0)
		return true;
	return script_fits(c, uc);
}

static bool
digit_fits(struct name_check *c, ucs4_t uc)
{
	const uc_script_t *script = uc_script(uc);
	ucs4_t zero = uc - (ucs4_t)uc_decimal_value(uc);

	c->letter = false;
	if (c->zero != 0 && c->zero != zero)
		return false;
	c->zero = zero;
	if (script != NULL && strcmp(script->name, "Common") == 0)
		return true;
	return script_fits(c, uc);
}

static bool
name_char_fits(struct name_check *c, ucs4_t uc, bool first)
{
	if (uc == '_' || uc == '-' || uc == '.') {
		c->letter = false;
		return uc == '_' || !first;
	}
	if (uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_L))
		return letter_fits(c, uc);
	if (uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_Nd))
		return digit_fits(c, uc);
	if (uc_is_general_category_withtable(
	        uc, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Mc))
		return mark_fits(c, uc);
	return false;
}

/* s, valid and not empty, in NFKC; false when that is longer than cap. */
static bool
normalize(const char *s, size_t n, char *out, size_t *len)
{
	/* libunistring writes into what it is given where that is enough. */
	size_t size = *len;
	uint8_t *r = u8_normalize(
	    UNINORM_NFKC, u8(s), n, (uint8_t *)out, &size);
	bool ok = r == (uint8_t *)out;

	if (!ok)
		free(r);
	*len = size;
	return ok;
}

bool
wire_name_ok(const char *s, size_t n)
{
	struct name_check c = { 0 };
	char normal[WIRE_NAME_CAP];
	size_t len = sizeof normal, at, chars = 0;
	ucs4_t uc;
	int r;

	if (n == 0 || n >= WIRE_NAME_CAP || !utf8_valid(s, n))
		return false;
	for (at = 0; at < n; at += (size_t)r) {
		r = u8_mbtoucr(&uc, u8(s) + at, n - at);
		if (++chars > WIRE_NAME_CHARS ||
		    !name_char_fits(&c, uc, at == 0))
			return false;
	}
	return normalize(s, n, normal, &len) && len == n &&
	    memcmp(normal, s, n) == 0;
}

/* One pass of folding; false when it does not fit. */
static bool
fold(char key[WIRE_NAME_CAP], const char *s, size_t n)
{
	size_t len = WIRE_NAME_CAP - 1;
	uint8_t *r;
	char out[WIRE_NAME_CAP];
	bool ok;

	r = u8_casefold(
	    u8(s), n, NULL, UNINORM_NFKC, (uint8_t *)out, &len);
	ok = r != NULL && len > 0 && len < WIRE_NAME_CAP;
	if (ok) {
		memcpy(key, r, len);
		key[len] = '\0';
	}
	if (r != (uint8_t *)out)
		free(r);
	return ok;
}

bool
wire_name_key(const char *s, size_t n, char key[WIRE_NAME_CAP])
{
	char before[WIRE_NAME_CAP];
	int passes;

	if (n == 0 || n >= WIRE_NAME_CAP || !utf8_valid(s, n) ||
	    !fold(key, s, n))
		return false;
	/* A normal form may hold capitals again (a double-struck C becomes a
	 * plain one): a key folds to itself. */
	for (passes = 0; passes < 4; passes++) {
		memcpy(before, key, sizeof before);
		if (!fold(key, before, strlen(before)))
			return false;
		if (strcmp(before, key) == 0)
			return true;
	}
	return false;
}

/* The letters of a name that count, in lower case; false: too many for a
 * reserved one. */
static bool
bare_letters(const char *s, size_t n, char out[WIRE_NAME_CAP])
{
	char key[WIRE_NAME_CAP];
	size_t i, len = 0;

	for (i = 0; i < n && (unsigned char)s[i] < 0x80; i++)
		continue;
	if (i < n) { /* "ＡＬＬ" */
		if (!wire_name_key(s, n, key))
			return false;
		s = key;
		n = strlen(key);
	}
	for (i = 0; i < n; i++) {
		if (s[i] == '_' || s[i] == '-' || s[i] == '.')
			continue;
		if (len == WIRE_NAME_CAP - 1)
			return false;
		out[len++] = (char)(s[i] >= 'A' && s[i] <= 'Z' ?
		        s[i] - 'A' + 'a' : s[i]);
	}
	out[len] = '\0';
	return true;
}

/* Asked of every message's names: mostly the first letter says no. */
static bool
is_among(const char *const *words, const char *word)
{
	while (*words != NULL &&
	    (**words != *word || strcmp(*words, word) != 0))
		words++;
	return *words != NULL;
}

bool
wire_means_everyone(const char *s, size_t n)
{
	char word[WIRE_NAME_CAP];

	return bare_letters(s, n, word) && is_among(everyone, word);
}

bool
wire_name_reserved(const char *s, size_t n)
{
	char word[WIRE_NAME_CAP];

	return bare_letters(s, n, word) &&
	    (is_among(everyone, word) || is_among(others, word));
}

bool
wire_real_name_ok(const char *s, size_t n)
{
	struct buf clean;
	size_t at;
	ucs4_t uc;
	int r;
	bool seen = false, ok;

	if (n == 0 || n >= WIRE_REAL_NAME_CAP || !utf8_valid(s, n) ||
	    utf8_count(s, n) > WIRE_REAL_NAME_CHARS)
		return false;
	for (at = 0; at < n && !seen; at += (size_t)r) {
		r = u8_mbtoucr(&uc, u8(s) + at, n - at);
		seen = !uc_is_property_white_space(uc);
	}
	/* What cleaning changes grows, or loses marks: n bytes are enough to
	 * tell. */
	buf_init(&clean, n);
	ok = seen && utf8_clean(&clean, s, n) && clean.len == n &&
	    memcmp(buf_data(&clean), s, n) == 0;
	buf_release(&clean);
	return ok;
}

bool
wire_tag_ok(const char *s, size_t n)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "abcdefghijklmnopqrstuvwxyz"
	                              "0123456789._-";
	size_t i;

	if (n == 0 || n > WIRE_TAG_MAX)
		return false;
	for (i = 0; i < n; i++)
		if (memchr(allowed, s[i], sizeof allowed - 1) == NULL)
			return false;
	return true;
}

/* ---- targets ---------------------------------------------------------- */

static bool
take_name(char name[WIRE_NAME_CAP], const char *s, size_t n)
{
	size_t len = WIRE_NAME_CAP - 1;

	if (n == 0 || n > (size_t)4 * WIRE_NAME_CAP || !utf8_valid(s, n) ||
	    !normalize(s, n, name, &len))
		return false;
	name[len] = '\0';
	return wire_name_ok(name, len);
}

enum wire_err
target_parse(struct target *t, const char *s, size_t n)
{
	const char *at;
	size_t len;

	*t = (struct target){ .kind = TARGET_EVERYONE };
	if (n == 1 && s[0] == '*')
		return WIRE_OK;
	t->kind = TARGET_USER;
	if (n > 0 && s[0] == '#') {
		t->kind = TARGET_GROUP;
		s++;
		n--;
	}
	at = n == 0 ? NULL : memchr(s, '@', n);
	len = at == NULL ? n : (size_t)(at - s);
	if (!take_name(t->name, s, len))
		return WIRE_BAD_TARGET;
	if (at != NULL && !take_name(t->realm, at + 1, n - len - 1))
		return WIRE_BAD_TARGET;
	return WIRE_OK;
}

bool
target_same(const struct target *a, const struct target *b)
{
	return a->kind == b->kind && strcmp(a->name, b->name) == 0 &&
	    strcmp(a->realm, b->realm) == 0;
}

void
target_format(const struct target *t, char out[WIRE_TARGET_CAP])
{
	if (t->kind == TARGET_EVERYONE)
		snprintf(out, WIRE_TARGET_CAP, "*");
	else
		snprintf(out, WIRE_TARGET_CAP, "%s%s%s%s",
		    t->kind == TARGET_GROUP ? "#" : "", t->name,
		    t->realm[0] != '\0' ? "@" : "", t->realm);
}

/* ---- times and numbers ------------------------------------------------ */

static char *
digits(char *p, int width, int value, char behind)
{
	int i;

	for (i = width - 1; i >= 0; i--, value /= 10)
		p[i] = (char)('0' + value % 10);
	p[width] = behind;
	return p + width + 1;
}

/* Of the years 0000 and 9999, which the form can hold. */
static const int64_t time_min = INT64_C(-62167219200000);
static const int64_t time_max = INT64_C(253402300799999);

void
wire_time(int64_t ms, char out[WIRE_TIME_CAP])
{
	struct tm tm;
	time_t s;
	char *p = out;

	if (ms < time_min)
		ms = time_min;
	if (ms > time_max)
		ms = time_max;
	s = (time_t)((ms - time_min) / 1000 + time_min / 1000);
	gmtime_r(&s, &tm);
	p = digits(p, 4, tm.tm_year + 1900, '-');
	p = digits(p, 2, tm.tm_mon + 1, '-');
	p = digits(p, 2, tm.tm_mday, 'T');
	p = digits(p, 2, tm.tm_hour, ':');
	p = digits(p, 2, tm.tm_min, ':');
	p = digits(p, 2, tm.tm_sec, '.');
	p = digits(p, 3, (int)((ms - time_min) % 1000), 'Z');
	*p = '\0';
}

static bool
field(const char **s, int width, char behind, int *out)
{
	int i;

	*out = 0;
	for (i = 0; i < width; i++, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		*out = *out * 10 + (**s - '0');
	}
	return *(*s)++ == behind;
}

bool
wire_time_parse(const char *s, int64_t *ms)
{
	struct tm tm = { 0 };
	char again[WIRE_TIME_CAP];
	const char *p = s;
	int64_t t;
	int milli;

	if (!field(&p, 4, '-', &tm.tm_year) || !field(&p, 2, '-', &tm.tm_mon) ||
	    !field(&p, 2, 'T', &tm.tm_mday) ||
	    !field(&p, 2, ':', &tm.tm_hour) || !field(&p, 2, ':', &tm.tm_min) ||
	    !field(&p, 2, '.', &tm.tm_sec) || !field(&p, 3, 'Z', &milli) ||
	    *p != '\0')
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	t = (int64_t)timegm(&tm) * 1000 + milli;
	/* timegm takes a 31st of February for the 3rd of March. */
	wire_time(t, again);
	if (strcmp(again, s) != 0)
		return false;
	*ms = t;
	return true;
}

bool
wire_number(const char *s, int64_t max, int64_t *out)
{
	int64_t v = 0;
	int d;

	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		d = *s - '0';
		if (v > (INT64_MAX - d) / 10 || v * 10 + d > max)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}
