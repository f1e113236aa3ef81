/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one connection to the server: finds it, logs in, watches, and keeps at
 * it.  What comes goes into the model; what is typed waits here until the
 * server has answered it, across any number of lost connections, and arrives
 * once and in order: each message has a tag of its own, which it keeps when
 * it is sent again, and the server takes a tag once (chat-protocol(7)).
 *
 *	OFFLINE -> CONNECTING -> LOGIN -> CATCHING -> ONLINE
 *	               ^  |        (enum model_link in model.h)
 *	               |  v
 *	               LOST: tried again after 0.25 s, then twice that up to
 *	               30 s, each with jitter (retry.h)
 *
 * A server that breaks the protocol (no JSON, wrong types, more than
 * WIRE_REPLY_MAX) is told goodbye like one that is gone.
 *
 * Nothing here draws, prints or blocks; no curses.  The answers to what a
 * command asked (inbox, search, ...) are notices in the model.
 */
#ifndef TUI_NET_CLIENT_H
#define TUI_NET_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client;
struct convo;
struct loop;
struct model;
struct model_message;

enum client_why {
	CLIENT_NO_LOGIN,  /* connected, and nothing to log in with */
	CLIENT_REFUSED,   /* the password; or registering, for another cause */
	CLIENT_BAD_NAME,  /* refused for the name: none such, or taken */
	CLIENT_BAD_REAL_NAME,
	CLIENT_EXPIRED,   /* the token is not taken any more */
	CLIENT_REMOVED,   /* thrown off the server */
	CLIENT_LOGGED_OUT /* /logout: asked for */
};

/*
 * What main.c is told.  Any of them may call back into the client.
 * changed: something in the model did (model_changes says what).
 * need_login: nobody is logged in and only a person can help; text is a
 *   sentence for them.  Then client_login() or client_connect().  Until then it
 *   is not told again, whatever becomes of the connection.
 * logged_in: the token is to be remembered.
 * forget: the remembered token is worth nothing any more.
 * lost: the connection was lost, or could not be made; it is tried again.
 * answered: something typed was answered; client_unanswered() says what is
 *   left (to wait for before leaving).
 * refused (may be NULL): a question or a deed of the person's was, or could not
 *   even be asked; lost: the connection ended before the answer.  A notice
 *   has told them.
 * unsent (may be NULL): what waits has changed, so that it can be kept for the
 *   next run (client_take_back).  line: it waits, and that is the request that
 *   will say it; else why: it was refused, and waits for a person; else it
 *   waits no more.  Comes before anything is sent.
 */
struct client_events {
	void (*changed)(void *arg);
	void (*need_login)(void *arg, enum client_why, const char *text);
	void (*logged_in)(void *arg, const char *user, const char *token);
	void (*forget)(void *arg);
	void (*lost)(void *arg, const char *why);
	void (*answered)(void *arg, bool ok, const char *why);
	void (*refused)(void *arg, bool lost);
	void (*unsent)(void *arg, const char *tag, const char *line,
	    const char *why);
};

struct client *client_new(struct loop *, struct model *,
    const struct client_events *, void *arg);
/* Closes at once; what waits is lost. */
void client_free(struct client *);

/* Is it HOST[:PORT]? */
bool client_server_ok(const char *server);

/*
 * HOST[:PORT].  Leaves the server that it was at; comes back at once and goes
 * on in the loop.  False: not of that form.
 */
bool client_connect(struct client *, const char *server);

/* What to log in with, now or when connected.  Copied; passwords are wiped
 * after use.  client_resume's user is what the token was given for. */
void client_login(struct client *, const char *user, const char *password);
void client_register(struct client *, const char *user, const char *password,
    const char *real_name); /* may be NULL; logs in behind it */
void client_resume(struct client *, const char *user, const char *token);

bool client_logged_in(const struct client *);
/* Or about to be: what is typed now will be sent then. */
bool client_hopeful(const struct client *);
/* Something that was begun is not over: connecting, logging in, a question, a
 * message.  Scripts wait for it. */
bool client_busy(const struct client *);

/* Gives the token back and forgets it; then need_login(LOGGED_OUT). */
void client_logout(struct client *);

/* Tries again now, not when the pause is over. */
void client_retry(struct client *);

/*
 * Says text (UTF-8, line breaks allowed) to target.  It stands in the model at
 * once as waiting; in another conversation, if that is shown, it is told when
 * the server has it.  False, with a notice, when it cannot even wait: too many
 * do, too long, not UTF-8, no target.
 */
bool client_say(struct client *, const char *target, const char *text);
/* The same; what is said from another conversation is told there to be sent,
 * as the older systems' clients did. */
bool client_send(struct client *, const char *target, const char *text);
size_t client_unanswered(const struct client *);

/*
 * What a run before this one was told by unsent(): it is sent with its old tag,
 * or stands there as refused, where why is not NULL.  For the server and user
 * that the client is to log in with; another user never gets them.  What is no
 * such line or is here already is passed over.  Behind the last one call
 * client_taken_back.
 */
void client_take_back(struct client *, const char *line, const char *why);
void client_taken_back(struct client *);

/* What was refused longest ago in that conversation: is said again, as new;
 * is dropped.  False: there is none; or, with a notice, it cannot be said. */
bool client_say_again(struct client *, struct convo *);
bool client_give_up(struct client *, struct convo *);

/* Shows a conversation: switches, and fetches a page if little is held. */
void client_show(struct client *, struct convo *);
/* Takes it off the list (model_close), and shows the next. */
bool client_close(struct client *, struct convo *);
/* For plain lines: pages of history only when they are asked for. */
void client_lazy(struct client *);
/* The same for who only says something: what is unread is not told. */
void client_no_reader(struct client *);
/*
 * Instead of going into the model messages go to fn as they come, from now on:
 * in the order of their ids, each once, and none is left out however long the
 * connection was lost.  Nothing counts as read by it.  Set before connecting.
 * While they are held fn is not called; they wait at the server.
 */
typedef void client_message_fn(void *arg, const struct model_message *);
void client_follow(struct client *, client_message_fn *, void *arg);
void client_hold(struct client *, bool held);
/* Users are called as the server calls them, whatever that means to a person
 * (namesake.h).  For programs. */
void client_as_sent(struct client *);

/* The UI has reached the top: older ones, a page; no matter if already asked
 * or at the beginning. */
void client_older(struct client *, struct convo *, int limit);
/* A passage of the current conversation around the message with that id, from
 * both sides; and a page behind one.  False: it cannot be asked for now. */
bool client_passage(struct client *, int64_t id);
void client_newer(struct client *, struct convo *passage, int limit);
/* The end of the current conversation is in sight, or not any more. */
void client_look(struct client *, bool looked);
/* All that is held of it was seen. */
void client_read(struct client *, struct convo *);

/*
 * The newest messages that hold all the words, for somebody who types them;
 * before: of those with a lower id, more at a time; 0: of all.  found is called
 * once, unless it is asked again or ended before, or the connection is lost;
 * until then client_finding.  msg is good for the call; more: there are older
 * ones.  False: the server cannot be asked now.
 */
struct model_message;
typedef void client_found_fn(
    void *arg, const struct model_message *msg, size_t n, bool more);
bool client_find(struct client *, const char *words, int64_t before,
    client_found_fn *, void *arg);
bool client_finding(const struct client *);
void client_find_end(struct client *);

/* Questions whose answers are printed as notices. */
enum client_ask {
	CLIENT_WHO,       /* who */
	CLIENT_ACTIVE,    /* user_aktif */
	CLIENT_LIST,      /* list */
	CLIENT_USERS,     /* users */
	CLIENT_LIST_USER, /* list_user */
	CLIENT_INBOX,     /* inbox: they count as read behind it */
	CLIENT_UNREAD,    /* unread */
	CLIENT_SEARCH,    /* search WORDS */
	CLIENT_PASSWD,    /* passwd OLD NEW */
	CLIENT_NAME,      /* name REAL NAME */
	CLIENT_HELLO,     /* what server this is */
	CLIENT_GROUPS,    /* groups */
	CLIENT_MEMBERS,   /* members #GROUP */
	CLIENT_TOPIC_OF,  /* topic #GROUP */
	CLIENT_RULES,     /* rules #GROUP|* */
	CLIENT_LINKS,     /* links */
	/* From here on deeds: for client_do. */
	CLIENT_JOIN,
	CLIENT_LEAVE,
	CLIENT_KICK,
	CLIENT_BAN,
	CLIENT_UNBAN,
	CLIENT_MUTE,
	CLIENT_UNMUTE,
	CLIENT_OP,
	CLIENT_DEOP,
	CLIENT_OWN,
	CLIENT_INVITE,
	CLIENT_TOPIC,
	CLIENT_MODE,
	CLIENT_GRANT,
	CLIENT_REVOKE
};
/* params: the rest of the request line, or NULL.  Says why in a notice when
 * nothing could be asked. */
void client_ask(struct client *, enum client_ask, const char *params);

/*
 * What is done to a group, or in it (where "*": on the whole server) to
 * somebody.  what: a reason, a topic, a mode.  Each may be NULL where the deed
 * has none.  What becomes of it is told by the event that all members get;
 * where none comes, and where it is refused, by a notice here.
 */
void client_do(struct client *, enum client_ask deed, const char *where,
    const char *whom, const char *what);

#endif
