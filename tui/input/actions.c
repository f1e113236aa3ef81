/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input/actions.h"

#include "tui/text.h"

#include <string.h>

static const struct action actions[] = {
	{ KEYS_HELP, "help", "f1", N_("this help, and away again") },
	{ KEYS_USERS, "users", "f2", N_("the users, shown or hidden") },
	{ KEYS_COPY, "copy", "f3",
	    N_("bare lines, to be copied with the mouse") },
	{ KEYS_PAGE_UP, "page-up", "pgup", N_("scroll up") },
	{ KEYS_PAGE_DOWN, "page-down", "pgdn", N_("scroll down") },
	{ KEYS_TOP, "top", "ctrl-home", N_("up to the oldest held here") },
	{ KEYS_BOTTOM, "bottom", "ctrl-end",
	    N_("back to the newest") },
	{ KEYS_NEXT, "next", "ctrl-n", N_("the next conversation") },
	{ KEYS_PREVIOUS, "previous", "ctrl-p", N_("the conversation before") },
	{ KEYS_UNREAD, "next-unread", "alt-a",
	    N_("the next one with something unread") },
	{ KEYS_FIRST_UNREAD, "first-unread", "alt-u",
	    N_("up to what is new in this one") },
	{ KEYS_CONVERSATION_1, "conversation-1", "alt-1",
	    N_("the first conversation; so to conversation-9") },
	{ KEYS_CONVERSATION_1 + 1, "conversation-2", "alt-2", NULL },
	{ KEYS_CONVERSATION_1 + 2, "conversation-3", "alt-3", NULL },
	{ KEYS_CONVERSATION_1 + 3, "conversation-4", "alt-4", NULL },
	{ KEYS_CONVERSATION_1 + 4, "conversation-5", "alt-5", NULL },
	{ KEYS_CONVERSATION_1 + 5, "conversation-6", "alt-6", NULL },
	{ KEYS_CONVERSATION_1 + 6, "conversation-7", "alt-7", NULL },
	{ KEYS_CONVERSATION_1 + 7, "conversation-8", "alt-8", NULL },
	{ KEYS_CONVERSATION_1 + 8, "conversation-9", "alt-9", NULL },
	{ KEYS_NEWLINE, "new-line", "alt-enter",
	    N_("a new line; Enter sends all of them") },
	{ KEYS_SEARCH, "search", "ctrl-s",
	    N_("look for words, while you type them") },
	{ KEYS_AGAIN, "send-again", "alt-s",
	    N_("send again what was refused") },
	{ KEYS_DROP, "drop", "alt-x", N_("drop what was refused") },
	{ KEYS_REDRAW, "redraw", "ctrl-l", N_("draw all again") },
	{ KEYS_INTERRUPT, "interrupt", "ctrl-c",
	    N_("empty the line; twice, leave") },
	{ KEYS_SUSPEND, "suspend", "ctrl-z",
	    N_("back to the shell, until fg") },
};

enum { ACTIONS = sizeof(actions) / sizeof(*actions) };

const struct action *
actions_at(size_t i)
{
	return i < ACTIONS ? &actions[i] : NULL;
}

const struct action *
actions_find(const char *name)
{
	for (size_t i = 0; i < ACTIONS; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}
