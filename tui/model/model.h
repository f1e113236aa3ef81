/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the person can see, before anybody draws it: conversations with their
 * messages, who is there, how the connection stands.  No curses, no sockets,
 * no JSON, no clock: times are arguments.  client.c fills it, the panes and
 * plain.c read it.
 *
 * Text is kept as the server sent it (valid UTF-8, nothing else is sure):
 * whoever shows it passes it through text_clean().
 *
 * Everything is bounded, whatever the server sends: messages of a conversation
 * (MODEL_SCROLLBACK, while the end is looked at), conversations, users, and the
 * bytes of all texts together (MODEL_BYTES: past it the largest conversation
 * loses its oldest).  What is dropped here is still at the server, and is
 * fetched again by whoever scrolls up to it.
 *
 * Pointers to conversations, items and users are borrowed: good until the next
 * call that changes the model.  Across a wait keep convo_serial() and
 * item->serial, which are never used again, or the target.
 */
#ifndef TUI_MODEL_MODEL_H
#define TUI_MODEL_MODEL_H

#include "shared/wire.h"
#include "tui/model/userlist.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct convo;
struct ignore;
struct model;
struct model_message;
struct groups;

enum {
	MODEL_SCROLLBACK = 5000,  /* messages of a conversation */
	MODEL_SCROLLED = 20000,   /* while somebody reads further up */
	MODEL_PASSAGE = 2000,     /* messages of a passage */
	MODEL_NOTICES = 1000,     /* lines of our own in a conversation */
	MODEL_CONVOS = 1000,
	MODEL_WAITING = 1000,     /* typed and not yet answered */
	MODEL_DRAFT = 64 << 10,   /* bytes of one draft */
	MODEL_BYTES = 64 << 20
};

/* What has changed since model_changes() was last asked. */
enum {
	MODEL_STREAM = 1, /* the current conversation's items, or which it is */
	MODEL_USERS = 2,  /* names, who is online, members of groups */
	MODEL_STATUS = 4, /* struct model_status, waiting count */
	MODEL_CONVS = 8,  /* the list of conversations, unread counts */
	MODEL_DRAFTS = 16, /* drafts that no UI put in: model_put_draft */
	MODEL_ALL = 31
};

/* ---- items: the lines of a conversation -------------------------------- */

enum item_kind {
	ITEM_MESSAGE, /* the server has it: id is set */
	ITEM_NOTICE,  /* a line of our own: from, name are "" */
	ITEM_WAITING, /* typed here, not answered yet */
	ITEM_FAILED   /* typed here and refused: why says it */
};

/*
 * An item never changes: one that does (WAITING that is answered) is a new
 * item with a new serial.  So a pane may cache what it made of an item by
 * its serial.
 */
struct item {
	enum item_kind kind;
	bool own;         /* from the person at this terminal's account */
	bool mention;     /* MESSAGE of somebody else: calls the person by name */
	bool follows;     /* NOTICE: a further line of the one before */
	uint64_t serial;  /* rises with each item made; 0 is none */
	int64_t id;       /* MESSAGE: its id.  Else the id it stands behind */
	int64_t time;     /* ms since 1970, UTC */
	const char *from; /* account */
	const char *name; /* real name, may be "" */
	const char *text; /* may hold line breaks; server_text.h's words */
	const char *why;  /* FAILED: what the server said; else NULL */
	/* MESSAGE typed here: it waits for that realm to be reached ("": which
	 * one is not known); else NULL. */
	const char *queued;
};

/* ---- conversations ----------------------------------------------------- */

/* "*" for everyone, else the partner ("messi", "james@medan", "#batak"). */
const char *convo_target(const struct convo *);
uint64_t convo_serial(const struct convo *);

/*
 * The items in the order in which they are shown: messages by id with the
 * notices between them, then what waits or failed.  i < convo_count.
 *
 * A notice stands behind all that was known when it was made, and before what
 * is said from then on; among messages that were said meanwhile and come from
 * history, or when the line is back, it stands by its time.
 */
size_t convo_count(const struct convo *);
const struct item *convo_item(const struct convo *, size_t i);

/* The place of the item with that serial; false: not there any more. */
bool convo_find_item(const struct convo *, uint64_t serial, size_t *i);

size_t convo_unread(const struct convo *);
/* Something unread calls the person by name, as far as that is known: it came
 * while we were here, or model_called. */
bool convo_mentioned(const struct convo *);
size_t convo_waiting(const struct convo *); /* typed, not yet answered */

/*
 * The id of the message above which the "new" line is drawn; 0: none.  It is
 * the first one that the server counts as unread, on whichever device the
 * others were read.  It stands while the conversation is shown, though it
 * counts as read then and others become unread below it, until the person says
 * something there, or has left and something comes.
 */
int64_t convo_marker(const struct convo *);
/* The first one that is unread now; 0: none, or it is not known. */
int64_t convo_first_unread(const struct convo *);

/* What was refused longest ago and still stands there; NULL: nothing. */
const struct item *convo_failed(const struct convo *);

bool convo_begin(const struct convo *);    /* no older ones to fetch */
bool convo_cleared(const struct convo *);  /* see model_clear */
bool convo_fetching(const struct convo *); /* older ones are on their way */

/* What stands in the input line while another conversation is shown.  Never
 * NULL.  Longer ones than MODEL_DRAFT are cut at a character. */
const char *convo_draft(const struct convo *);

/* ---- a passage: further back, with a gap -------------------------------- */

/*
 * Messages of the current conversation that are further back than those that
 * are held, with a gap between: so one can read there without all of them.  It
 * is a struct convo that is in no list, with the serial of its conversation,
 * so that a place in the one is a place in the other; what comes goes into the
 * conversation, never into it.
 *
 * There is at most one, of at most MODEL_PASSAGE messages: pages at one end
 * push out the other's, which come again from the server.  When a page reaches
 * what is held both become one, with the items' serials as they were, and the
 * passage is gone.  So it is when another conversation is shown.
 */
struct convo *model_passage(const struct model *); /* NULL: none */
/* Which one it is, never the same again; 0: a conversation. */
uint64_t convo_passage(const struct convo *);
bool convo_fetching_newer(const struct convo *);

/* An empty one, with pages on their way from both sides. */
struct convo *model_passage_begin(struct model *);
void model_passage_end(struct model *);
void model_fetching_newer(struct model *, struct convo *passage, bool);
/* The pages that were on their way do not come. */
void model_passage_lost(struct model *);
/* A page for it; more: there are more in that direction. */
void model_passage_page(struct model *, const struct model_message *, size_t n,
    bool newer, bool more);

/* ---- the model as a whole ---------------------------------------------- */

struct model *model_new(void);
void model_free(struct model *);

/* Back to a new model, but for status: for another account.  The item hook
 * stays. */
void model_reset(struct model *);

/* The flags of enum MODEL_*, which are cleared by this. */
unsigned model_changes(struct model *);
/* The same, which stay. */
unsigned model_pending(const struct model *);

/* Everyone is 0; then in the order of first activity.  There is always one and
 * always a current one. */
size_t model_convos(const struct model *);
struct convo *model_convo(const struct model *, size_t i);
struct convo *model_current(const struct model *);
size_t model_current_index(const struct model *);
struct convo *model_convo_by_serial(const struct model *, uint64_t serial);

/*
 * NAME of "NAME@REALM", "#GROUP" likewise, where that is the realm that we are
 * at: both are one conversation, wherever a target is given here.  Of a user
 * whose name means everyone or the server it is NAME@REALM (namesake.h).  Else
 * target itself, as is every one before the realm is known.
 */
const char *model_local(
    const struct model *, const char *target, char out[WIRE_TARGET_CAP]);

/* By target; two spellings that fold alike are one.  NULL: none. */
struct convo *model_find(const struct model *, const char *target);
/* Makes it if need be.  NULL: target is none (target_parse). */
struct convo *model_open(struct model *, const char *target);

/* Which one is shown; nobody looks at it until model_look says so.  The UI and
 * commands go through client_show(), which fetches what is missing too. */
void model_switch(struct model *, struct convo *);

/* Takes it off the list (everyone is emptied instead); false while something
 * typed in it has no answer yet or was refused, or too many drafts are kept.
 * Its messages stay at the server, its draft here until it is opened again. */
bool model_close(struct model *, struct convo *);
/* It was closed and not opened since.  A message that comes opens it, and so
 * does model_unread with more than there was when it was closed. */
bool model_closed(const struct model *, const char *target);
/* Drops what is shown of it, but not what waits or was refused.  It is
 * convo_cleared, and is not to be fetched again until model_unclear: when the
 * person asks for it. */
void model_clear(struct model *, struct convo *);
void model_unclear(struct model *, struct convo *);

/* ---- the list, from one run to the next (layout.h) ---- */

/* Another number with each change of which conversations are open, their order,
 * or which were closed; but not by model_reset. */
uint64_t model_list(const struct model *);
/* The closed ones, the longest closed first: their target. */
size_t model_closed_count(const struct model *);
const char *model_closed_at(const struct model *, size_t i, size_t *unread);

/* Opened as in an earlier run; a group, until model_restored. */
void model_restore(struct model *, const char *target);
/* Likewise closed, if it is not open. */
void model_restore_closed(
    struct model *, const char *target, size_t unread);
/* The groups are known: those that were opened so, of which the person is no
 * member and which nobody has touched, go. */
void model_restored(struct model *);

void model_draft(struct model *, struct convo *, const char *text);

/* The same by somebody else than the UI, which is to take it up. */
void model_put_draft(struct model *, struct convo *, const char *text);

/* The same of a conversation that was closed with it: it is there when that is
 * opened again.  Where it is open, they are further lines of what is there. */
void model_put_closed_draft(
    struct model *, const char *target, const char *text);

/* Called with each draft that changes, "" for none, but not by
 * model_reset, which leaves them to whoever has kept them; closed: its
 * conversation was just taken off the list. */
typedef void model_draft_fn(
    void *arg, const char *target, const char *text, bool closed);
void model_on_draft(struct model *, model_draft_fn *, void *arg);

/*
 * The UI: whether the end of the current conversation is in sight, of somebody
 * who looks at it.  While it is, what arrives there is read at once and the
 * scrollback is kept short.
 */
void model_look(struct model *, bool looked);
bool model_looked(const struct model *);
/*
 * The UI: whether a person is at the terminal (attention.h); at first one is.
 * While nobody is, the current conversation is unread like all others; if
 * something comes the line (convo_marker) stands where they left.
 */
void model_attend(struct model *, bool there);
bool model_attended(const struct model *);
/* All that is held of it was seen, wherever: /read, plain lines. */
void model_mark_read(struct model *, struct convo *);

/* ---- users ------------------------------------------------------------- */

/* Online first, then by name.  O(1) but for the first call after a change. */
size_t model_users(struct model *);
const struct user *model_user(struct model *, size_t i);
size_t model_online(struct model *); /* how many of them are online */
const struct user *model_user_by_name(const struct model *, const char *name);

/* The groups that are known; groups.h says what is done with them. */
struct groups *model_rooms(const struct model *);
/* Who is in the current conversation, where that is a group whose members are
 * known.  NULL: another conversation. */
struct userlist *model_here(const struct model *);
/* Who of them is online is as the server tells it now: they were listed since
 * the line was there, which it is. */
bool model_people_current(const struct model *);

/*
 * Who is ignored, and which conversations are quiet.  What the ignored say is
 * not put in; the quiet ones are for those who draw and ring.
 */
struct ignore *model_ignored(const struct model *);
bool model_quiet(const struct model *, const struct convo *);
/* How much of it is unread and to be told of: nothing of one that is quiet, or
 * shown while the person is there. */
size_t model_news(const struct model *, const struct convo *);
/* Nothing that they say is to be seen: ignored, and not the person's own. */
bool model_hides(const struct model *, const char *user);
/* The model's part of what was done there to user: what they said goes; or
 * comes again from history (see model_gap), whoever they are. */
void model_hide(struct model *, const char *user);
void model_unhide(struct model *);

/* ---- status ------------------------------------------------------------ */

enum model_link {
	LINK_OFFLINE,    /* no server chosen, or logged out */
	LINK_LOST,       /* will try again at retry_at */
	LINK_CONNECTING, /* looking up, connecting, saying hello */
	LINK_LOGIN,      /* connected, nobody logged in */
	LINK_CATCHING,   /* logged in, resuming */
	LINK_ONLINE
};

struct model_status {
	enum model_link link;
	char server[320];             /* as the person wrote it */
	char realm[WIRE_NAME_CAP];    /* what hello said, "" before */
	char user[WIRE_NAME_CAP];     /* "" while nobody is logged in */
	int64_t retry_at;             /* loop_now() time; LINK_LOST */
	char why[160];                /* LINK_LOST: the last cause */
};

const struct model_status *model_status(const struct model *);
/* Sets the whole; a change of anything in it sets MODEL_STATUS. */
void model_set_status(struct model *, const struct model_status *);

size_t model_waiting(const struct model *); /* typed, not yet answered */

/* ---- what client.c puts in --------------------------------------------- */

struct model_message {
	int64_t id, time;
	const char *target, *from, *name, *text;
};

enum model_how {
	MODEL_LIVE,    /* an event, live or replayed after a gap in the line */
	MODEL_HISTORY, /* a page that was asked for */
	MODEL_SETTLED, /* typed here, and answered OK just now */
	MODEL_LOCAL    /* WAITING, FAILED or NOTICE */
};

/* Called for each item that is put in, as it is (plain.c prints from it). */
typedef void model_item_fn(void *arg, const struct convo *,
    const struct item *, enum model_how);
void model_on_item(struct model *, model_item_fn *, void *arg);

/* False: was there already. */
bool model_add(struct model *, const struct model_message *, enum model_how);

/* A page of older messages for c; begin: there are no older ones. */
void model_page(struct model *, struct convo *,
    const struct model_message *, size_t n, bool begin);
void model_fetching(struct model *, struct convo *, bool);

/* So much is held that older ones would be dropped at once. */
bool convo_full(const struct convo *);

/* The oldest message held of it, to ask for what is before; 0: none. */
int64_t convo_first(const struct convo *);
/* The newest. */
int64_t convo_last(const struct convo *);

/* All up to id was told, or is to come from history. */
void model_seen(struct model *, int64_t id);
/* A watch has begun when the server's sequence stood at last.  What is told of
 * before may be older than notices that stand here, which their time says. */
void model_watched(struct model *, int64_t last);
/* The highest id that an event or the start of a watch told: what to resume
 * after; -1: none was told yet.  Answers to what was sent here do not count:
 * they say nothing of other people's messages with lower ids. */
int64_t model_last_seen(const struct model *);

/*
 * More was missed than the server replays.  Every conversation forgets the
 * messages it holds: what is older than the replay comes again from history,
 * a page at a time as it is looked at, so there is never a hole between two
 * messages.
 */
void model_gap(struct model *);

/* The highest id known of at all; a server whose last is behind that has lost
 * it. */
int64_t model_top(const struct model *);
/* A message came whose id is held for another one: ids have begun anew. */
bool model_contradicted(const struct model *);
/*
 * The server's data are gone.  What was said before goes as at a gap, what
 * waits stays; seen: see model_last_seen.
 */
void model_anew(struct model *, int64_t seen);

/* Own words: tag names them until they are answered (copied).  False: too many
 * wait already, or there is no such conversation. */
bool model_typed(struct model *, const char *target, const char *tag,
    const char *text, int64_t now);
/* Whose own words they are, before a login says it; what waits or was refused
 * already is theirs, too.  Their name in status takes its place. */
void model_speaker(struct model *, const char *user);
/* queued: see struct item.  target: whose conversation it went into, where
 * that is another one than it was typed in; else NULL. */
void model_settle(struct model *, const char *tag, int64_t id, int64_t time,
    const char *queued, const char *target);
void model_fail(struct model *, const char *tag, const char *why);
/* Waiting or refused. */
bool model_has_tag(const struct model *, const char *tag);
/* Takes convo_failed() off; its tag is put into tag.  False: there is none. */
bool model_drop_failed(
    struct model *, struct convo *, char tag[WIRE_TAG_MAX + 1]);

/* A line of our own in the current conversation, cut into lines at LF. */
void model_notice(struct model *, int64_t now, const char *text);
/* The same in that conversation, whichever is shown. */
void model_notice_in(
    struct model *, struct convo *, int64_t now, const char *text);
/* Somebody came to it or went: one line for as many as nothing else is said
 * between. */
void model_noise(struct model *, struct convo *, int64_t now,
    const char *user, bool came);
/* Further lines of the last one. */
void model_notice_more(struct model *, int64_t now, const char *text);
void model_noticef(struct model *, int64_t now, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Between begin and end the counts of all others become 0. */
void model_unread_begin(struct model *);
void model_unread(struct model *, const char *target, int64_t count,
    int64_t first);
void model_unread_end(struct model *);

/* Something unread there, which is not held, calls the person by name. */
void model_called(struct model *, struct convo *);

/* Read up to id on another device.  False: what is held does not tell the new
 * count; ask the server. */
bool model_read(struct model *, const char *target, int64_t id);

/* The id up to which c is read here and the server was not told; 0: none.
 * Asking takes it off. */
int64_t convo_take_read(struct convo *);

void model_users_begin(struct model *); /* those not named until end go */
void model_users_end(struct model *);
void model_user_set(struct model *, const char *user, const char *name,
    bool online, int64_t since);

#endif
