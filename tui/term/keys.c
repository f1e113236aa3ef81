/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/keys.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/text.h"

enum { TYPED_CAP = 64, TYPED_GROWTH = 4 }; /* see text_typed */

static const char paste_begin[] = "\033[200~";
static const char paste_end[] = "\033[201~";
static const char answer_head[] = "\033]11;rgb:";

struct known {
	char *seq;
	enum keys_key key;
};

struct keys {
	keys_fn *fn;
	void *arg;
	struct known *added, *bound;
	size_t added_count, bound_count;
	char held[KEYS_SEQ_MAX]; /* the head of what is not whole */
	size_t held_len;
	bool dropping; /* a sequence that was too long, up to its final byte */
	bool pasting;
	bool guess, marked; /* pastes are guessed; marked ones were seen */
	bool burst;         /* in an unmarked paste */
	size_t paste_match; /* bytes of paste_end seen */
	struct buf paste;
};

static const struct {
	const char *seq;
	enum keys_key key;
} known[] = {
	{ "\033[I", KEYS_FOCUS_IN },
	{ "\033[O", KEYS_FOCUS_OUT },
	{ "\003", KEYS_INTERRUPT },
	{ "\011", KEYS_TAB },
	{ "\014", KEYS_REDRAW },
	{ "\016", KEYS_NEXT },
	{ "\020", KEYS_PREVIOUS },
	{ "\032", KEYS_SUSPEND },
	{ "\033\r", KEYS_NEWLINE },
	{ "\033\n", KEYS_NEWLINE },
	{ "\033[13;2u", KEYS_NEWLINE }, /* Shift-Enter, where they differ */
	{ "\033[13;3u", KEYS_NEWLINE },
	{ "\033[27;2;13~", KEYS_NEWLINE },
	{ "\033[27;3;13~", KEYS_NEWLINE },
	{ "\0331", KEYS_CONVERSATION_1 },
	{ "\0332", KEYS_CONVERSATION_1 + 1 },
	{ "\0333", KEYS_CONVERSATION_1 + 2 },
	{ "\0334", KEYS_CONVERSATION_1 + 3 },
	{ "\0335", KEYS_CONVERSATION_1 + 4 },
	{ "\0336", KEYS_CONVERSATION_1 + 5 },
	{ "\0337", KEYS_CONVERSATION_1 + 6 },
	{ "\0338", KEYS_CONVERSATION_1 + 7 },
	{ "\0339", KEYS_CONVERSATION_1 + 8 },
	{ "\033a", KEYS_UNREAD },
	{ "\033A", KEYS_UNREAD },
	{ "\033u", KEYS_FIRST_UNREAD },
	{ "\033U", KEYS_FIRST_UNREAD },
	{ "\023", KEYS_SEARCH },
	{ "\033s", KEYS_AGAIN },
	{ "\033S", KEYS_AGAIN },
	{ "\033x", KEYS_DROP },
	{ "\033X", KEYS_DROP },
	{ "\033[A", KEYS_UP },
	{ "\033OA", KEYS_UP },
	{ "\033[B", KEYS_DOWN },
	{ "\033OB", KEYS_DOWN },
	{ "\033[Z", KEYS_BACKTAB },
	{ "\033[F", KEYS_END },
	{ "\033OF", KEYS_END },
	{ "\033[4~", KEYS_END },
	{ "\033[8~", KEYS_END },
	{ "\033[H", KEYS_HOME },
	{ "\033OH", KEYS_HOME },
	{ "\033[1~", KEYS_HOME },
	{ "\033[7~", KEYS_HOME },
	{ "\033[1;5H", KEYS_TOP },
	{ "\033[1;5F", KEYS_BOTTOM },
	{ "\033[5~", KEYS_PAGE_UP },
	{ "\033[5;2~", KEYS_PAGE_UP },
	{ "\033[5;3~", KEYS_PAGE_UP },
	{ "\033[5;5~", KEYS_PAGE_UP },
	{ "\033[5$", KEYS_PAGE_UP },
	{ "\033[6~", KEYS_PAGE_DOWN },
	{ "\033[6;2~", KEYS_PAGE_DOWN },
	{ "\033[6;3~", KEYS_PAGE_DOWN },
	{ "\033[6;5~", KEYS_PAGE_DOWN },
	{ "\033[6$", KEYS_PAGE_DOWN },
	{ "\033OP", KEYS_HELP },
	{ "\033[11~", KEYS_HELP },
	{ "\033[[A", KEYS_HELP },
	{ "\033[P", KEYS_HELP },
	{ "\033OQ", KEYS_USERS },
	{ "\033[12~", KEYS_USERS },
	{ "\033[[B", KEYS_USERS },
	{ "\033[Q", KEYS_USERS },
	{ "\033OR", KEYS_COPY },
	{ "\033[13~", KEYS_COPY },
	{ "\033[[C", KEYS_COPY },
};

struct keys *
keys_new(keys_fn *fn, void *arg)
{
	struct keys *k = xcalloc(1, sizeof(*k));

	k->fn = fn;
	k->arg = arg;
	buf_init(&k->paste, KEYS_PASTE_MAX);
	return k;
}

void
keys_unbind(struct keys *k)
{
	while (k->bound_count > 0)
		free(k->bound[--k->bound_count].seq);
	free(k->bound);
	k->bound = NULL;
}

void
keys_free(struct keys *k)
{
	size_t i;

	if (k == NULL)
		return;
	keys_unbind(k);
	for (i = 0; i < k->added_count; i++)
		free(k->added[i].seq);
	free(k->added);
	buf_release(&k->paste);
	free(k);
}

static void
add(struct known **to, size_t *count, const char *seq, enum keys_key key)
{
	if (seq == NULL || *seq == '\0' || strlen(seq) > KEYS_SEQ_MAX)
		return;
	*to = xreallocarray(*to, *count + 1, sizeof(**to));
	(*to)[*count].seq = xstrdup(seq);
	(*to)[*count].key = key;
	++*count;
}

void
keys_add(struct keys *k, const char *seq, enum keys_key key)
{
	add(&k->added, &k->added_count, seq, key);
}

void
keys_bind(struct keys *k, const char *seq, enum keys_key key)
{
	add(&k->bound, &k->bound_count, seq, key);
}

static bool
same(const char *seq, const char *p, size_t n)
{
	return strlen(seq) == n && memcmp(seq, p, n) == 0;
}

static enum keys_key
look_up(const struct keys *k, const char *p, size_t n, enum keys_key other)
{
	size_t i;

	for (i = k->bound_count; i > 0; i--)
		if (same(k->bound[i - 1].seq, p, n))
			return k->bound[i - 1].key == KEYS_CHAR ? other :
			    k->bound[i - 1].key;
	for (i = 0; i < k->added_count; i++)
		if (same(k->added[i].seq, p, n))
			return k->added[i].key;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (same(known[i].seq, p, n))
			return known[i].key;
	return other;
}

/* ESC [ < of SGR, ESC [ M and three bytes of X10 */
static bool
is_mouse(const char *p, size_t n)
{
	return (n > 3 && memcmp(p, "\033[<", 3) == 0) ||
	    (n == 6 && memcmp(p, "\033[M", 3) == 0);
}

static void
emit_held(struct keys *k, enum keys_key other)
{
	char p[KEYS_SEQ_MAX];
	size_t n = k->held_len;

	/* fn may end the session, and with it what is held. */
	memcpy(p, k->held, n);
	k->held_len = 0;
	if (same(paste_begin, p, n)) {
		k->pasting = k->marked = true;
		k->paste_match = 0;
		buf_clear(&k->paste);
		return;
	}
	if (n > sizeof(answer_head) && memcmp(
	    p, answer_head, sizeof(answer_head) - 1) == 0)
		k->fn(k->arg, KEYS_ANSWER, p, n);
	else if (is_mouse(p, n))
		k->fn(k->arg, KEYS_MOUSE, p, n);
	else
		k->fn(k->arg, look_up(k, p, n, other), p, n);
}

/* Bytes of a character by its first one; 0: that cannot begin one. */
static size_t
char_len(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c < 0xe0)
		return 2;
	if (c >= 0xe0 && c < 0xf0)
		return 3;
	return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

enum progress { MORE, WHOLE, BAD };

/* A character at p, of which n bytes are there. */
static enum progress
char_progress(const char *p, size_t n)
{
	size_t len = char_len((unsigned char)p[0]);

	if (len == 0)
		return BAD;
	if (n < len)
		return n == 1 || ((unsigned char)p[n - 1] & 0xc0) == 0x80 ?
		    MORE : BAD;
	return len == 1 || utf8_valid(p, len) ? WHOLE : BAD;
}

/* ESC [ ...: parameters and intermediates, then a final byte (ECMA-48 5.4) */
static enum progress
csi_progress(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[n - 1];

	if (n == 2)
		return MORE;
	if (p[2] == '[') /* a function key of the Linux console */
		return n == 4 ? WHOLE : MORE;
	if (p[2] == 'M') /* a mouse report of X10: three bytes follow */
		return n == 6 ? WHOLE : MORE;
	if (c == '$' && n == 4) /* rxvt's shifted keys */
		return WHOLE;
	if (c >= 0x40 && c <= 0x7e)
		return WHOLE;
	return c >= 0x20 && c <= 0x3f ? MORE : BAD;
}

/* The answer of a terminal that was asked for its background; what begins
 * otherwise is Alt-] and more keys. */
static enum progress
answer_progress(const char *p, size_t n)
{
	const size_t head = sizeof(answer_head) - 1;
	unsigned char c = (unsigned char)p[n - 1];

	if (n <= head)
		return memcmp(p, answer_head, n) == 0 ? MORE : BAD;
	if (c == '\a' || (c == '\\' && p[n - 2] == '\033'))
		return WHOLE;
	if (p[n - 2] == '\033' || n == KEYS_SEQ_MAX)
		return BAD;
	return c == '\033' || (c >= 0x20 && c < 0x7f) ? MORE : BAD;
}

static enum progress
held_progress(const struct keys *k)
{
	const char *p = k->held;
	size_t n = k->held_len;

	if (p[0] != '\033')
		return char_progress(p, n);
	if (n == 1)
		return MORE;
	if (p[1] == '[')
		return csi_progress(p, n);
	if (p[1] == ']')
		return answer_progress(p, n);
	if (p[1] == 'O') {
		if (n == 2 || (p[n - 1] >= '0' && p[n - 1] <= ';'))
			return MORE;
		return p[n - 1] >= 0x40 && p[n - 1] <= 0x7e ? WHOLE : BAD;
	}
	return char_progress(p + 1, n - 1);
}

static void key_byte(struct keys *, char);

/* What is held is no key.  The last byte may begin one. */
static void
restart(struct keys *k)
{
	char last = k->held[k->held_len - 1];
	size_t n = k->held_len;

	k->held_len = 0;
	if (n > 1)
		key_byte(k, last);
}

static void
key_byte(struct keys *k, char c)
{
	unsigned char u = (unsigned char)c;

	if (k->dropping) {
		k->dropping = u >= 0x20 && u <= 0x3f;
		return;
	}
	if (k->held_len == 1 && k->held[0] == '\033' && c == '\033') {
		emit_held(k, KEYS_ESCAPE);
		k->held_len = 0;
	}
	k->held[k->held_len++] = c;
	switch (held_progress(k)) {
	case WHOLE:
		emit_held(k, k->held[0] == '\033' ? KEYS_SEQUENCE : KEYS_CHAR);
		break;
	case BAD:
		restart(k);
		break;
	case MORE:
		if (k->held_len == KEYS_SEQ_MAX) {
			k->held_len = 0;
			k->dropping = true;
		}
		break;
	}
}

/* A report of the focus, which may come into the middle of a paste. */
static bool
is_focus(const char *p, size_t n)
{
	return n > 2 && p[0] == '\033' && p[1] == '[' &&
	    (p[2] == 'I' || p[2] == 'O');
}

/* '\r' and "\r\n" are '\n'; other control characters but tabs go.  The key of
 * the last report of the focus in it; KEYS_CHAR: there is none. */
static enum keys_key
paste_clean(struct buf *b)
{
	enum keys_key focus = KEYS_CHAR;
	char *p = buf_data(b), *to = p;
	size_t i;

	for (i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)p[i];

		if (is_focus(p + i, b->len - i)) {
			i += 2;
			focus = p[i] == 'I' ? KEYS_FOCUS_IN : KEYS_FOCUS_OUT;
			continue;
		}
		if (c == '\r' && i + 1 < b->len && p[i + 1] == '\n')
			continue;
		if (c == '\r')
			*to++ = '\n';
		else if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f))
			*to++ = (char)c;
	}
	b->len = (size_t)(to - p);
	return focus;
}

static void
paste_done(struct keys *k)
{
	struct buf got = k->paste;
	enum keys_key focus;

	k->pasting = k->burst = false;
	buf_init(&k->paste, KEYS_PASTE_MAX);
	focus = paste_clean(&got);
	if (got.len > 0)
		k->fn(k->arg, KEYS_PASTE, buf_data(&got), got.len);
	buf_release(&got);
	if (focus != KEYS_CHAR)
		k->fn(k->arg, focus, "", 0);
}

static void
paste_byte(struct keys *k, char c)
{
	/* The end begins with its only ESC: so a mismatch restarts simply. */
	if (c == paste_end[k->paste_match]) {
		if (++k->paste_match == sizeof(paste_end) - 1)
			paste_done(k);
		return;
	}
	buf_add(&k->paste, paste_end, k->paste_match);
	k->paste_match = c == paste_end[0];
	if (k->paste_match == 0)
		buf_addc(&k->paste, c);
}

void
keys_guess(struct keys *k, bool on)
{
	k->guess = on;
}

/* A line end with something to be read behind it. */
static bool
looks_pasted(const struct keys *k, const char *p, size_t n)
{
	size_t i = 0;

	if (!k->guess || k->marked || k->pasting || k->held_len > 0 ||
	    memchr(p, '\033', n) != NULL)
		return false;
	while (i < n && p[i] != '\r' && p[i] != '\n')
		i++;
	while (i < n && (unsigned char)p[i] <= ' ')
		i++;
	return i < n;
}

static void
feed(struct keys *k, const char *bytes, size_t n)
{
	size_t i;

	if (!k->burst && looks_pasted(k, bytes, n)) {
		k->burst = true;
		buf_clear(&k->paste);
	}
	if (k->burst) {
		buf_add(&k->paste, bytes, n);
		return;
	}
	for (i = 0; i < n; i++) {
		if (k->pasting)
			paste_byte(k, bytes[i]);
		else
			key_byte(k, bytes[i]);
	}
}

void
keys_feed(struct keys *k, const char *bytes, size_t n)
{
	struct buf typed;

	buf_init(&typed, TYPED_CAP + TYPED_GROWTH * n);
	text_typed(&typed, bytes, n);
	feed(k, buf_data(&typed), typed.len);
	explicit_bzero(buf_data(&typed), typed.len); /* a password, maybe */
	buf_release(&typed);
}

int
keys_wait(const struct keys *k)
{
	if (k->pasting)
		return 2 * KEYS_SEQUENCE_MS;
	if (k->burst)
		return KEYS_BURST_MS;
	if (k->held_len == 0)
		return 0;
	return k->held_len == 1 && k->held[0] == '\033' ? KEYS_ESCAPE_MS :
	    KEYS_SEQUENCE_MS;
}

void
keys_settle(struct keys *k)
{
	k->dropping = false;
	if (k->pasting || k->burst) {
		/* Where the terminal lost the end: what came is kept. */
		paste_done(k);
		return;
	}
	if (k->held_len == 0)
		return;
	if (k->held[0] != '\033') {
		k->held_len = 0; /* half a character */
		return;
	}
	/* ESC [ and ESC O are Alt-[ and Alt-O after all. */
	emit_held(k, k->held_len == 1 ? KEYS_ESCAPE : KEYS_SEQUENCE);
}
