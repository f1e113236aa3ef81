/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What both ends of the wire must agree on: limits, names, targets, tags,
 * times and the errors with their fixed texts.  chat-protocol(7) is the prose
 * of it.  No sockets, no JSON.
 */
#ifndef SHARED_WIRE_H
#define SHARED_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WIRE_LINE_MAX = 8192,     /* bytes of a request line without its end */
	WIRE_TEXT_MAX = 4096,     /* bytes of a message's text */
	WIRE_NAME_CHARS = 32,     /* code points of a user, group or realm */
	WIRE_NAME_CAP = 132,      /* bytes of one, with its NUL */
	WIRE_REAL_NAME_CHARS = 64,
	WIRE_REAL_NAME_CAP = 260,
	WIRE_PASSWORD_MAX = 1024, /* bytes */
	WIRE_TAG_MAX = 64,
	WIRE_TARGET_CAP = 2 * WIRE_NAME_CAP + 2,
	WIRE_TIME_CAP = 32,
	WIRE_TOKEN_LEN = 36,      /* a UUID in text form, RFC 9562 */
	WIRE_PAGE_DEFAULT = 50,   /* messages in a history page */
	WIRE_PAGE_MAX = 200,
	WIRE_REPLAY_MAX = 1000,   /* messages that a watch replays */
	WIRE_TOPIC_MAX = 512,     /* bytes of a group's topic or a reason */
	WIRE_REPLY_MAX = 8 << 20  /* bytes of a reply a client must take */
};

/*
 * Errors: the code is for programs, the text is what the older systems print
 * and must not change.  Two errors may share a code, where the older systems
 * have different texts for the same cause.
 */
enum wire_err {
	WIRE_OK,
	WIRE_UNKNOWN_COMMAND,   /* **Protocol Tidak Benar */
	WIRE_MISSING_PARAMETER, /* --Protocol Tidak Benar */
	WIRE_BAD_PARAMETER,
	WIRE_NO_INFORMATION,    /* bad token, in send, inbox, group */
	WIRE_NO_SESSION,        /* bad token, elsewhere */
	WIRE_NO_ACCOUNT,        /* User Tidak Ada: auth */
	WIRE_WRONG_PASSWORD,
	WIRE_NO_SUCH_USER,      /* User Tidak Ditemukan: send */
	WIRE_NO_SUCH_GROUP,
	WIRE_NO_SUCH_REALM,
	WIRE_NAME_TAKEN,
	WIRE_BAD_NAME,
	WIRE_RESERVED_NAME, /* code as above */
	WIRE_BAD_REAL_NAME,
	WIRE_WEAK_PASSWORD,
	WIRE_PASSWORD_TOO_LONG, /* code as above */
	WIRE_REGISTRATION_CLOSED,
	WIRE_LINE_TOO_LONG,
	WIRE_BAD_UTF8,
	WIRE_TEXT_TOO_LONG,
	WIRE_TOPIC_TOO_LONG, /* or a reason; code as above */
	WIRE_TEXT_EMPTY,
	WIRE_BAD_JSON,
	WIRE_BAD_TAG,
	WIRE_TAG_REUSED,
	WIRE_BAD_TARGET,
	WIRE_RATE_LIMITED,
	WIRE_TOO_MANY_CONNECTIONS,
	WIRE_TOO_MANY_SESSIONS,
	WIRE_NOT_MEMBER,      /* the asker */
	WIRE_NO_SUCH_MEMBER,  /* somebody else; code as above */
	WIRE_INVITE_ONLY,
	WIRE_BANNED,
	WIRE_MUTED,
	WIRE_GROUP_FULL,
	WIRE_TOO_MANY_GROUPS,
	WIRE_DENIED,
	WIRE_REALM_UNREACHABLE,
	WIRE_BUSY,
	WIRE_STORAGE,
	WIRE_ERRS /* how many */
};

const char *wire_err_code(enum wire_err); /* "no-such-user"; "" for OK */
const char *wire_err_text(enum wire_err);
enum wire_err wire_err_from_code(const char *code); /* WIRE_ERRS: unknown */

/*
 * Names of users, groups and realms: 1 to 32 letters, marks, digits, "_", "-"
 * and ".", in any one script (digits and the three signs go with all), in
 * normal form NFKC, beginning with a letter, a digit or "_".  Scripts are not
 * mixed, nor digits of two systems, and two names that fold alike are one
 * name, so that nobody can pass for another (UTS #39, "Single Script": Han
 * goes with kana, with Hangul and with Bopomofo).
 */
bool wire_name_ok(const char *s, size_t n);

/* What two names must share to be the same: NFKC case folding.  s need not be
 * a good name; false when it is none or the key would not fit. */
bool wire_name_key(const char *s, size_t n, char key[WIRE_NAME_CAP]);

/*
 * Names that no new user and no new group may have, for they mean everyone, the
 * server or the person who types to people and programs: in any case, and
 * whatever "_", "-" and "." are in them.  The first function knows all of them,
 * the second those for everyone.  An account that is older than this keeps its
 * name; chat-tui calls it NAME@REALM.
 */
bool wire_name_reserved(const char *s, size_t n);
bool wire_means_everyone(const char *s, size_t n);

/* Any text of 1..64 code points that is not all blanks and that utf8_clean
 * leaves as it is: no control characters, none that hide or turn the text. */
bool wire_real_name_ok(const char *s, size_t n);

bool wire_tag_ok(const char *s, size_t n);

enum target_kind { TARGET_EVERYONE, TARGET_USER, TARGET_GROUP };

struct target {
	enum target_kind kind;
	char name[WIRE_NAME_CAP];  /* without '#'; "" for everyone */
	char realm[WIRE_NAME_CAP]; /* "" when none was named */
};

/* USER, USER@REALM, #GROUP, #GROUP@REALM or *.  Says WIRE_OK or
 * WIRE_BAD_TARGET; whether the name is somebody's is not asked here.  Names
 * are brought into normal form (a Mac sends them decomposed). */
enum wire_err target_parse(struct target *, const char *s, size_t n);
bool target_same(const struct target *, const struct target *);
void target_format(const struct target *, char out[WIRE_TARGET_CAP]);

/* RFC 3339, UTC, with milliseconds: 2026-11-21T03:04:05.678Z.  ms since 1970.
 * wire_time_parse: false for anything else than that exact form. */
void wire_time(int64_t ms, char out[WIRE_TIME_CAP]);
bool wire_time_parse(const char *s, int64_t *ms);

/* A whole field of decimal digits, 0..max; no sign, blank or other base. */
bool wire_number(const char *s, int64_t max, int64_t *out);

#endif
