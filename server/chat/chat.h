/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chat: who is who, who is here, who gets what.  The one header that the
 * floors above (dialects, later realms) see of it.
 *
 * It knows neither sockets nor JSON nor what time it is: dialects call in,
 * results and events go out through functions they hand over, and main tells
 * the time (chat_clock) at the head of every turn of the loop.  It blocks
 * nowhere: what needs the disk or a password hash is answered later.
 *
 * Answers.  Every call that takes a struct chat_done answers through it
 * exactly once, either before it returns (what needs no disk) or in
 * a later turn; after chat_free began, with WIRE_BUSY.  The asker may be gone
 * by then, so a chat_done carries a number for it to look up, never a pointer
 * to it.  An answer of WIRE_OK is durable.
 *
 * Order.  Messages are shown in the order of their ids, after their commit.
 *
 * Ownership.  Strings given are copied.  Users and strings handed out are
 * borrowed: good until the callback returns or, where they were returned,
 * until the end of the turn.
 */
#ifndef SERVER_CHAT_CHAT_H
#define SERVER_CHAT_CHAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/directory/user.h"
#include "shared/wire.h"

struct blob;
struct passhash;
struct store;

struct chat;

/* What an administrator may change while it runs (SIGHUP). */
struct chat_rules {
	char realm[WIRE_NAME_CAP]; /* ours: USER@REALM with it is local */
	bool registration_open;
	size_t min_password; /* code points */
	unsigned rate;       /* messages a second and user; 0: no limit */
	int64_t idle_ms;     /* without use for that long: not logged in */
	int64_t token_ms;    /* unused for that long: the token is void */
	/* Administrators beside those that were made so by grant, by name: also
	 * of accounts that do not exist yet.  Copied. */
	const char *const *admin;
	size_t admins;
};

/*
 * Reads accounts and sessions from the store (start-up: this blocks).  Store
 * and passhash stay the caller's and outlive the chat.  NULL: the disk failed.
 * now as in chat_clock.
 */
struct chat *chat_new(struct store *, struct passhash *,
    const struct chat_rules *, int64_t wall_ms, int64_t mono_ms);
void chat_free(struct chat *);

void chat_set_rules(struct chat *, const struct chat_rules *);

/*
 * The time: wall in ms since 1970 (what messages and tokens bear), mono from
 * any steady clock (rates and idle limits: a jump of the wall clock drops
 * nobody).  Cheap; main calls it every turn.
 */
void chat_clock(struct chat *, int64_t wall_ms, int64_t mono_ms);

/*
 * Idle limits and expiry: main calls it every few seconds, and once more after
 * so many ms as it says (0: nothing is due before).
 */
int64_t chat_tick(struct chat *);

/* ---- answers ---------------------------------------------------------- */

/* One message, as the asking or watching user sees it: for a private one the
 * target is the other party. */
struct chat_message {
	int64_t id;
	int64_t time;
	struct target target;
	const char *from; /* user name, "messi" or "james@medan" */
	const char *name; /* real name, "Lionel Messi" */
	const char *text;
};

struct chat_unread {
	struct target target;
	int64_t count;
	int64_t first; /* id of the first one */
	int64_t mark;  /* the read marker */
};

struct chat_result {
	enum wire_err err;
	uint64_t session;  /* login */
	const char *token; /* login, where one was asked for */
	int64_t id;        /* send, read (where the marker stands now) */
	bool duplicate;    /* send: that tag was sent before */
	bool queued;       /* send: for a realm that cannot be reached now */
	const struct target *to; /* send: whom a name of another realm was
	                          * taken for; else NULL */
	int64_t retry_ms;  /* WIRE_RATE_LIMITED */
	const struct chat_message *message; /* history, search, inbox */
	size_t messages;
	bool more;
	int64_t last;      /* watch, inbox: all up to this id was looked at */
	int64_t missed;    /* watch */
	bool gap;          /* watch */
	const struct chat_unread *unread;
	size_t unreads;
};

struct chat_done {
	void (*fn)(void *arg, uint64_t id, const struct chat_result *);
	void *arg;
	uint64_t id;
};

/* ---- accounts --------------------------------------------------------- */

/* real_name "" or NULL: the name itself. */
void chat_register(struct chat *, const char *name, const char *password,
    const char *real_name, struct chat_done);

/* For --accounts, at start: a password hashed already, no rule but the
 * name's applied. */
void chat_adopt(struct chat *, const char *name, const char *hash,
    const char *real_name, struct chat_done);

/* By any spelling that folds to the same name.  False: nobody's. */
bool chat_find_user(
    const struct chat *, const char *name, struct chat_user *out);

/* All in the order of registration; those logged in, in the order of login. */
void chat_each_user(const struct chat *, chat_user_fn *, void *arg);
void chat_each_online(const struct chat *, chat_user_fn *, void *arg);

/* Those of other realms that the session's user has a conversation or a group
 * with: "james@medan". */
void chat_each_contact(
    const struct chat *, uint64_t session, chat_user_fn *, void *arg);

/* ---- sessions --------------------------------------------------------- */

/* WIRE_NO_ACCOUNT, WIRE_WRONG_PASSWORD, WIRE_BUSY, ... */
void chat_login(struct chat *, const char *name, const char *password,
    enum chat_login_kind, struct chat_done);

/*
 * The session of a token, which counts as used by it; 0: none.  Numbers of
 * sessions are never used again within a process.
 */
uint64_t chat_session_of_token(struct chat *, const char *token, size_t n);

/* Counts as use, too.  False: it has ended. */
bool chat_session_use(struct chat *, uint64_t session);
bool chat_session_user(
    const struct chat *, uint64_t session, struct chat_user *out);

/*
 * A connection on which the session was shown (by login, or by its token) is
 * open, and has closed: once each for one connection.  As long as one is open
 * and the session is in use its user counts as logged in, and for 10 s more.
 * A session that has ended by then is passed over.
 */
void chat_connected(struct chat *, uint64_t session);
void chat_disconnected(struct chat *, uint64_t session);

/* Ends the session and its watches. */
void chat_logout(struct chat *, uint64_t session, struct chat_done);

/* All other sessions of the account end with it, at once. */
void chat_passwd(struct chat *, uint64_t session, const char *old,
    const char *new, struct chat_done);
void chat_rename(struct chat *, uint64_t session, const char *real_name,
    struct chat_done);

/* ---- messages --------------------------------------------------------- */

/*
 * tag NULL: none.  watcher: the asker's own watch, which is not sent what it
 * said itself (0: none).  An attached session of a text dialect that wants its
 * own messages back (a raw group line) gives 0.
 */
void chat_send(struct chat *, uint64_t session, uint64_t watcher,
    const struct target *, const char *text, const char *tag,
    struct chat_done);

struct chat_range {
	int64_t after, before; /* 0: open */
	size_t limit;
	bool oldest; /* the limit keeps the oldest; so it does where only
	              * after is set.  Else the newest. */
};

void chat_history(struct chat *, uint64_t session, const struct target *,
    const struct chat_range *, struct chat_done);
void chat_search(struct chat *, uint64_t session, const char *words,
    const struct chat_range *, struct chat_done);

/*
 * Unread private messages, oldest first, at most CHAT_INBOX_PAGE and about
 * CHAT_INBOX_BYTES, so that they fit into a reply whatever JSON makes of them
 * (more tells of others).  They are marked as read before they are answered,
 * unless peek.
 */
enum { CHAT_INBOX_PAGE = 1000, CHAT_INBOX_BYTES = 1 << 20 };
void chat_inbox(
    struct chat *, uint64_t session, bool peek, struct chat_done);

void chat_read(struct chat *, uint64_t session, uint64_t watcher,
    const struct target *, int64_t id, struct chat_done);
void chat_unread(struct chat *, uint64_t session, struct chat_done);

/* ---- groups ----------------------------------------------------------- */

/*
 * Who does something: a session's user, or (session 0) somebody of another
 * realm, for whom that realm speaks.
 */
struct chat_who {
	uint64_t session;
	const char *realm;     /* "medan" */
	const char *user;      /* "james" */
	const char *real_name; /* or NULL: the name */
};

/*
 * Roles rise.  A moderator may do what is said at chat_act to members, the
 * owner to everybody; administrators may kick, ban and mute everywhere.
 * There is always one owner: whoever made the group, or to whom it came when
 * the owner left, the moderator who has served longest or else the member.
 */
enum chat_role { CHAT_MEMBER, CHAT_MODERATOR, CHAT_OWNER };

/* Of a group: anybody may join; only who was invited; the same, and to all
 * others it looks like one that is not there. */
enum chat_mode { CHAT_OPEN, CHAT_INVITE, CHAT_SECRET };

enum {
	CHAT_MEMBERS_MAX = 2000, /* of one group */
	CHAT_GROUPS_MAX = 512,   /* that one user is a member of */
	CHAT_RULES_MAX = 4096    /* bans, mutes and invitations of a group */
};

/* Made by its first member, who owns it.  Again by a member: WIRE_OK.  A group
 * of another realm waits for that realm: WIRE_REALM_UNREACHABLE. */
void chat_join(struct chat *, const struct chat_who *, const struct target *,
    struct chat_done);
void chat_leave(struct chat *, const struct chat_who *, const struct target *,
    struct chat_done);

struct chat_group {
	struct target target;
	const char *topic; /* "": none */
	enum chat_mode mode;
	size_t members;
	bool member;         /* the asker is */
	enum chat_role role; /* where member */
};

/* The asker's, of whatever realm, and those of ours that are not secret. */
typedef void chat_group_fn(void *arg, const struct chat_group *);
void chat_each_group(
    const struct chat *, uint64_t session, chat_group_fn *, void *arg);

/* One that chat_each_group would tell of.  False: none. */
bool chat_find_group(const struct chat *, uint64_t session,
    const struct target *, struct chat_group *out);

struct chat_member {
	struct chat_user user; /* name "messi" or "james@medan" */
	enum chat_role role;
	bool muted;
	bool line; /* through a raw line only */
};

/* In the order in which they joined.  Not for who is no member. */
typedef void chat_member_fn(void *arg, const struct chat_member *);
enum wire_err chat_each_member(const struct chat *, uint64_t session,
    const struct target *, chat_member_fn *, void *arg);

/*
 * What is done to a group, to somebody in it, or (target everyone) on the
 * whole server, there by administrators only.
 *
 *	KICK      out; on the server: all sessions end, connections are cut
 *	BAN       the same, and kept out until UNBAN.  On the server that is
 *	          what keeps somebody of another realm silent, too
 *	MUTE      may not say anything there until UNMUTE
 *	OP, DEOP  a moderator, a member (by the owner)
 *	OWN       hands the group over (by the owner)
 *	INVITE    may join a group that is not open
 *	TOPIC     text "": none
 *	MODE      (by the owner)
 *	GRANT, REVOKE  an administrator; target everyone
 *
 * Doing what is so already is WIRE_OK.
 */
enum chat_act {
	CHAT_KICK,
	CHAT_BAN,
	CHAT_UNBAN,
	CHAT_MUTE,
	CHAT_UNMUTE,
	CHAT_OP,
	CHAT_DEOP,
	CHAT_OWN,
	CHAT_INVITE_USER,
	CHAT_TOPIC,
	CHAT_MODE,
	CHAT_GRANT,
	CHAT_REVOKE,
	CHAT_ACTS
};

/* "moderator", "invite", "kick": the words of the protocols, and back; false:
 * no such word. */
const char *chat_role_name(enum chat_role);
const char *chat_mode_name(enum chat_mode);
const char *chat_act_name(enum chat_act);
bool chat_role_named(const char *, enum chat_role *);
bool chat_mode_named(const char *, enum chat_mode *);
bool chat_act_named(const char *, enum chat_act *);

struct chat_deed {
	enum chat_act act;
	struct target where; /* TARGET_GROUP or TARGET_EVERYONE */
	struct target whom;  /* TARGET_USER, where somebody is meant */
	const char *text;    /* TOPIC; KICK, BAN, MUTE: a reason; else NULL */
	enum chat_mode mode; /* MODE */
};

void chat_do(struct chat *, const struct chat_who *, const struct chat_deed *,
    struct chat_done);

/* Bans and mutes; of a group for its moderators, of the server (target
 * everyone) for administrators. */
struct chat_rule {
	enum chat_act act; /* CHAT_BAN, CHAT_MUTE, CHAT_INVITE_USER */
	const char *user, *by, *reason;
	int64_t time;
};

typedef void chat_rule_fn(void *arg, const struct chat_rule *);
enum wire_err chat_each_rule(const struct chat *, uint64_t session,
    const struct target *, chat_rule_fn *, void *arg);

/*
 * Called when somebody of ours is kicked or banned from the server: their
 * connections are to be closed.  Their sessions and watches have ended by then;
 * the watches were given this same event (CHAT_EV_REMOVED) before.
 */
struct chat_event;
void chat_on_cut(struct chat *,
    void (*fn)(void *arg, const struct chat_event *), void *arg);

/* ---- watching --------------------------------------------------------- */

enum chat_event_kind {
	CHAT_EV_MESSAGE,
	CHAT_EV_PRESENCE, /* user */
	CHAT_EV_JOIN,     /* target, user */
	CHAT_EV_LEAVE,    /* target, user; kicked: by, act, text (why) */
	CHAT_EV_MEMBER,   /* target, user, role, muted, by: was changed */
	CHAT_EV_GROUP,    /* target, text (topic), mode, by: was changed */
	CHAT_EV_INVITE,   /* target, by: the watching user may join it */
	CHAT_EV_READ,     /* target, id */
	CHAT_EV_REMOVED,  /* user, by, act, text (why): is thrown off */
	CHAT_EV_SHUTDOWN  /* text */
};

/* Places for what dialects make of an event: more than there are. */
enum { CHAT_DIALECTS = 8 };

struct chat_event {
	enum chat_event_kind kind;
	struct chat_message message;
	struct chat_user user;
	struct target target;
	int64_t id;
	const char *text;
	const char *by;     /* who did it; NULL: the user in question */
	enum chat_act act;  /* REMOVED, LEAVE with by: CHAT_KICK or _BAN */
	enum chat_role role;
	enum chat_mode mode;
	bool muted;
	/* What a dialect made of this event, so that it is encoded once for
	 * all receivers: each uses the place of its own number, and the chat
	 * drops the references when everybody has had it. */
	struct blob **encoded; /* [CHAT_DIALECTS] */
};

/*
 * Where the events of watches of one dialect go.  event has taken what it was
 * given in any case, and returns false when the receiver has enough for now:
 * the chat then stops sending to it and goes on, without loss, after
 * chat_watch_more.  From within event and ended only chat_unwatch and what asks
 * without changing anything (chat_find_user, ...) may be called.  ended: the
 * watch is over (WIRE_NO_SESSION: logout, expiry, password changed, kicked;
 * WIRE_BANNED; WIRE_BUSY: no chat_watch_more for too long; WIRE_STORAGE: what
 * it missed cannot be read); no more calls for it.  chat_free calls neither.
 */
struct chat_sink {
	unsigned dialect; /* 0 .. CHAT_DIALECTS - 1 */
	void *arg;
	bool (*event)(void *arg, uint64_t id, const struct chat_event *);
	void (*ended)(void *arg, uint64_t id, enum wire_err why);
};

/*
 * Watches for the session's user: answers last, missed and gap, then every
 * message with an id above after, in order, then live ones; no loss, no
 * repeat.  after -1: live ones only, answered at once.  Presence and other
 * events come from the answer on.  Returns the watch's number, which is also
 * good before the answer.  sink stays the caller's and outlives the watch; id
 * is the number under which the caller finds its receiver.  After a refusal
 * (done with an error) there is no watch, and ended is not called.
 */
uint64_t chat_watch(struct chat *, uint64_t session, int64_t after,
    const struct chat_sink *sink, uint64_t id, struct chat_done);
void chat_unwatch(struct chat *, uint64_t watcher); /* ended is not called */
void chat_watch_more(struct chat *, uint64_t watcher);

/*
 * A raw line: a receiver that is in one group as long as the line is open, and
 * sees what is said there (CHAT_EV_MESSAGE, its own words as well) and who
 * comes and goes (CHAT_EV_JOIN, CHAT_EV_LEAVE: also of other lines).  It is
 * given nothing that was said before.  Its user may be a member by chat_join,
 * too, and stays one when the line is closed.
 *
 * group: of ours, without '#'; made if it is not there.  Refused (no number, 0): *err.
 * The first event comes before this returns: that its user has come.  A line
 * that takes no more (event says false) is closed: ended with WIRE_BUSY; it is
 * closed also when its user is kicked (WIRE_NOT_MEMBER) or banned
 * (WIRE_BANNED), when the session ends (WIRE_NO_SESSION).
 */
uint64_t chat_line_open(struct chat *, const struct chat_who *,
    const char *group, const struct chat_sink *, uint64_t id,
    enum wire_err *err);

/*
 * The same in a group of another realm, if it is open there or its user is in
 * it: else WIRE_NO_SUCH_GROUP or WIRE_INVITE_ONLY.  done tells the line's
 * number as its id; the first event comes before it.  Who is in the group for
 * that line only leaves it with the line, also when the server ends.  Closed as
 * above, and (WIRE_OK) when its user leaves by chat_leave.
 */
void chat_line_visit(struct chat *, const struct chat_who *,
    const struct target *group, const struct chat_sink *, uint64_t id,
    struct chat_done);
void chat_line_say(
    struct chat *, uint64_t line, const char *text, struct chat_done);
void chat_line_close(struct chat *, uint64_t line); /* ended is not called */

/*
 * May that session say something, which is said elsewhere then (on a raw line
 * to a group of the older system)?  WIRE_NO_SESSION, WIRE_BANNED, WIRE_MUTED,
 * WIRE_RATE_LIMITED with *retry_ms; it counts as said.
 */
enum wire_err chat_may_say(
    struct chat *, uint64_t session, int64_t *retry_ms);

/* Is there a group of ours of that name that `who` may know of? */
bool chat_group_there(
    const struct chat *, const struct chat_who *, const char *group);

/* Tells every watch that the server goes down. */
void chat_shutdown(struct chat *, const char *text);

#endif
