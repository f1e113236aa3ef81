/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chat that nobody asks anything: it lets the dialects be linked without
 * one.  Included by one .c of a test program.  A call fails the test.
 */
#ifndef TESTS_UNIT_DIALECT_CHAT_FAKE_H
#define TESTS_UNIT_DIALECT_CHAT_FAKE_H

#include "server/chat/chat.h"
#include "server/chat/peer.h"

#define FAKE(name, ...) \
	void name(__VA_ARGS__) \
	{ \
		fail_msg("%s was called", #name); \
	}
#define FAKE_VALUE(type, name, ...) \
	type name(__VA_ARGS__) \
	{ \
		fail_msg("%s was called", #name); \
		return 0; \
	}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"

FAKE(chat_register, struct chat *c, const char *n, const char *p,
    const char *r, struct chat_done d)
FAKE(chat_each_user, const struct chat *c, chat_user_fn *f, void *a)
FAKE(chat_each_online, const struct chat *c, chat_user_fn *f, void *a)
FAKE(chat_login, struct chat *c, const char *n, const char *p,
    enum chat_login_kind k, struct chat_done d)
FAKE_VALUE(bool, chat_session_use, struct chat *c, uint64_t s)
FAKE(chat_logout, struct chat *c, uint64_t s, struct chat_done d)
FAKE(chat_passwd, struct chat *c, uint64_t s, const char *o, const char *n,
    struct chat_done d)
FAKE(chat_rename, struct chat *c, uint64_t s, const char *r,
    struct chat_done d)
FAKE(chat_send, struct chat *c, uint64_t s, uint64_t w,
    const struct target *t, const char *x, const char *g, struct chat_done d)
FAKE(chat_history, struct chat *c, uint64_t s, const struct target *t,
    const struct chat_range *r, struct chat_done d)
FAKE(chat_search, struct chat *c, uint64_t s, const char *w,
    const struct chat_range *r, struct chat_done d)
FAKE(chat_inbox, struct chat *c, uint64_t s, bool p, struct chat_done d)
FAKE(chat_read, struct chat *c, uint64_t s, uint64_t w,
    const struct target *t, int64_t i, struct chat_done d)
FAKE(chat_unread, struct chat *c, uint64_t s, struct chat_done d)
FAKE(chat_each_contact, const struct chat *c, uint64_t s, chat_user_fn *f,
    void *a)
FAKE_VALUE(bool, chat_find_group, const struct chat *c, uint64_t s,
    const struct target *t, struct chat_group *o)
FAKE(chat_join, struct chat *c, const struct chat_who *w,
    const struct target *t, struct chat_done d)
FAKE(chat_leave, struct chat *c, const struct chat_who *w,
    const struct target *t, struct chat_done d)
FAKE_VALUE(enum wire_err, chat_each_member, const struct chat *c, uint64_t s,
    const struct target *t, chat_member_fn *f, void *a)
FAKE_VALUE(enum wire_err, chat_each_rule, const struct chat *c, uint64_t s,
    const struct target *t, chat_rule_fn *f, void *a)
FAKE(chat_do, struct chat *c, const struct chat_who *w,
    const struct chat_deed *e, struct chat_done d)
FAKE_VALUE(uint64_t, chat_watch, struct chat *c, uint64_t s, int64_t a,
    const struct chat_sink *k, uint64_t i, struct chat_done d)
FAKE(chat_unwatch, struct chat *c, uint64_t w)
FAKE(chat_watch_more, struct chat *c, uint64_t w)

/* A test that defines CHAT_FAKE_LINES brings these itself. */
#ifndef CHAT_FAKE_LINES
FAKE_VALUE(uint64_t, chat_session_of_token, struct chat *c, const char *t,
    size_t n)
FAKE_VALUE(bool, chat_session_user, const struct chat *c, uint64_t s,
    struct chat_user *u)
FAKE(chat_connected, struct chat *c, uint64_t s)
FAKE(chat_disconnected, struct chat *c, uint64_t s)
FAKE(chat_each_group, const struct chat *c, uint64_t s, chat_group_fn *f,
    void *a)
FAKE(chat_on_cut, struct chat *c,
    void (*f)(void *a, const struct chat_event *e), void *a)
FAKE_VALUE(uint64_t, chat_line_open, struct chat *c, const struct chat_who *w,
    const char *g, const struct chat_sink *k, uint64_t i, enum wire_err *e)
FAKE(chat_line_say, struct chat *c, uint64_t l, const char *t,
    struct chat_done d)
FAKE(chat_line_visit, struct chat *c, const struct chat_who *w,
    const struct target *t, const struct chat_sink *k, uint64_t i,
    struct chat_done d)
FAKE(chat_line_close, struct chat *c, uint64_t l)
FAKE_VALUE(enum wire_err, chat_may_say, struct chat *c, uint64_t s,
    int64_t *m)
FAKE_VALUE(bool, chat_group_there, const struct chat *c,
    const struct chat_who *w, const char *g)
FAKE_VALUE(bool, chat_find_user, const struct chat *c, const char *n,
    struct chat_user *o)
FAKE(chat_receive_letter, struct chat *c, const char *r, const char *f,
    const char *t, const char *x, struct chat_done d)
FAKE(chat_foreign_name, const char *f, char o[WIRE_NAME_CAP])
#endif

#pragma GCC diagnostic pop

#endif
