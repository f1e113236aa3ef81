/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the full screen share, and nobody else: the state, and who
 * calls whom.  screen.c opens and closes it.
 */
#ifndef TUI_VIEW_SCREEN_PRIV_H
#define TUI_VIEW_SCREEN_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/loop.h"
#include "tui/model/attention.h"
#include "tui/view/copy.h"
#include "tui/view/input.h"
#include "tui/term/keyname.h"
#include "tui/term/keys.h"
#include "tui/model/model.h"
#include "tui/view/notify.h"
#include "tui/view/paint.h"
#include "tui/view/stream.h"
#include "tui/input/ui.h"
#include "tui/view/users.h"

struct item;
struct lineedit_hooks;

enum {
	FRAME_MS = 16,
	STALL_MS = 100,    /* a terminal that took nothing is asked again */
	TICK_MS = 1000,
	BACKLOG_MS = 500,  /* after a stop, until what came meanwhile is here */
	ZONE_MS = 2000,    /* between two looks for another time zone */
	USERS_FOLD = 60,   /* below this many columns the users are folded */
	BARS_FOLD = 8,     /* below this many rows there is one bar */
	LINE_SHARE = 3,    /* of the screen's rows the line takes at most 1/3 */
	OLDER_PAGE = 100,
	WHEEL_LINES = 3,
	HINT_CAP = 512,
	GOAL_NEAR = 1000,  /* of ids: what lies between is fetched so far */
	SEEN_INPUT = 32,   /* further bits beside MODEL_ALL */
	SEEN_HELP = 64,
	SEEN_ALL = MODEL_ALL | SEEN_INPUT | SEEN_HELP
};

enum users_pane { USERS_AUTO, USERS_SHOWN, USERS_FOLDED };

/* Of the conversation that is shown: where one goes, and the way back. */
struct way {
	/* A message, shown as soon as it and all behind it is held; 0: none. */
	int64_t goal;
	uint64_t goal_passage; /* that was asked for to get there; 0: none */
	bool goal_found;       /* by a search */
	bool goal_back;        /* it is the lowest line of back, not the first */
	struct stream_spot back;
	/* Where one was before a search; its convo 0: nowhere. */
	struct stream_spot origin;
	uint64_t origin_passage; /* in which one read there; 0: none */
};

struct kept;

struct ui {
	struct ui_env own; /* what env points at */
	const struct ui_env *env;
	struct keys *keys;
	struct loop_timer key_timer, frame_timer, tick_timer;
	struct loop_call frame_call;
	int64_t last_frame;
	unsigned dirty;
	bool ended; /* the terminal has gone: nothing is drawn or asked */
	struct attention attention;
	struct loop_timer away_timer;

	struct pane status, convos, stream_pane, users, line;
	enum users_pane users_pane;
	struct users_view users_view;
	struct hyper *hyper; /* NULL: the terminal takes no links */
	struct stream *stream;
	struct input input;
	int line_rows;
	struct form *form;
	struct help *help;
	bool asking;
	struct search *search;
	bool searching;           /* its words are in the line */
	struct way way;
	struct kept *kept; /* see screen_follow_place */
	size_t kept_count;

	uint64_t shown; /* the conversation whose draft is in the line */
	struct copy copy;
	uint64_t passage; /* where the person reads; 0: no passage */
	bool answered;    /* by a notice, maybe, that is to be seen */
	bool copying; /* copy mode has the terminal: nothing is drawn */
	struct slash_held held;
	bool interrupted; /* the last key was Ctrl-C on an empty line */
	char hint[HINT_CAP];
	struct notify notify;
	struct loop_timer ring_timer, zone_timer;
	unsigned zone; /* in which times are shown (clock.h) */
};

/* ---- frames (screen_draw.c) ---------------------------------------------- */

void screen_frame_now(void *arg); /* at the end of this turn */
/* dirty: MODEL_ALL's bits and those above.  Soon, see FRAME_MS. */
void screen_frame_due(struct ui *ui, unsigned dirty);
/* As screen_say(), as it is. */
void screen_set_hint(struct ui *ui, const char *text);
/* A sentence to the person, who sees it until the next key. */
void screen_say(struct ui *ui, const char *text);
/* Of the users' pane now, 0: folded. */
int screen_users_width(const struct ui *ui);
/*
 * Status, stream and users, conversations, line; what there is no room for is
 * left out in this order: the second bar, the first, the stream.
 */
void screen_lay_out(struct ui *ui);
/* How many are below, for the bar: where the stream's divider says it, none. */
size_t screen_bar_below(const struct ui *ui);
/* The key of the help; NULL: none. */
const char *screen_help_key_name(const struct ui *ui, char key[KEYNAME_CAP]);
/* What is being typed is the draft of the conversation that was shown. */
void screen_keep_draft(struct ui *ui);
/* The draft of a conversation is in the line while that is shown. */
void screen_follow_convo(struct ui *ui);
void screen_on_item(void *arg, const struct convo *c, const struct item *it,
    enum model_how how);
/* The terminal's size is taken over, all is drawn anew. */
void screen_resize(struct ui *ui);
/* The attention has changed: what comes from now on is seen, or is not. */
void screen_attend(void *arg);
/* Somebody is there. */
void screen_use(void *arg);

/* ---- where the person is (screen_go.c) ----------------------------------- */

/* Where the person reads: the conversation, or a passage of it. */
struct convo *screen_shown(const struct ui *ui);
void screen_leave_passage(struct ui *ui);
/* In each frame: goes to what was far as soon as it is held. */
void screen_follow_goal(struct ui *ui);
void screen_show(struct ui *ui, struct convo *);
void screen_show_convo(struct ui *ui, size_t i); /* model_convo()'s i */
void screen_show_unread(struct ui *ui);
void screen_show_first_unread(struct ui *ui);
void screen_scroll_by(struct ui *ui, long lines);
void screen_page(struct ui *ui, int pages);
void screen_to_end(struct ui *ui);
void screen_search_changed(void *arg);
void screen_begin_search(void *arg, const char *words);
void screen_end_search(struct ui *ui);
/* Back to where one was before a search.  False: there was none. */
bool screen_go_back(struct ui *ui);
/* To the message that is chosen, as soon as all behind it is held. */
void screen_go_to_hit(struct ui *ui);

/* ---- in the others (screen_place.c) ---------------------------------------- */

/* Before each frame, and behind whatever shows another conversation: that is
 * shown where one was in it, and so is the one that was, later. */
void screen_follow_place(struct ui *ui);
/* The place in the conversation with that serial, which is shown, is put by.
 * The stream is at its end then. */
void screen_put_by(struct ui *ui, uint64_t convo);
void screen_forget_places(struct ui *ui);

/* ---- keys (screen_keys.c) ------------------------------------------------ */

void screen_quit(struct ui *ui); /* main.c is told */
void screen_show_help(struct ui *ui, bool on);
/* /help */
void screen_open_help(void *arg);
void screen_turn_help(struct ui *ui, int pages);
void screen_copy_show(struct ui *ui); /* anew, in copy mode */
void screen_copy_end(struct ui *ui);
void screen_suspend(struct ui *ui); /* stops the job, see job_control.h */
/* keys.h's: whoever has the keys now gets it. */
void screen_on_key(void *arg, enum keys_key key, const char *bytes, size_t n);
extern const struct lineedit_hooks screen_line_hooks;

/* ---- the mouse (screen_mouse.c) ------------------------------------------ */

/* A report for mouse_parse().  What is let go or moved is no reason for a hint
 * to leave. */
void screen_mouse_key(struct ui *ui, const char *bytes, size_t n);

/* ---- settings (screen.c) ------------------------------------------------- */

enum theme screen_theme_of_settings(const struct ui *ui);

#endif
