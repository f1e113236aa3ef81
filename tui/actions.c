/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/actions.h"

#include <string.h>

static const struct action actions[] = {
	{ KEYS_HELP, "help", "f1", "this help, and away again" },
	{ KEYS_USERS, "users", "f2", "the users, shown or hidden" },
	{ KEYS_COPY, "copy", "f3", "bare lines, to be copied with the mouse" },
	{ KEYS_PAGE_UP, "page-up", "pgup", "scroll up" },
	{ KEYS_PAGE_DOWN, "page-down", "pgdn", "scroll down" },
	{ KEYS_TOP, "top", "ctrl-home", "up to the oldest held here" },
	{ KEYS_BOTTOM, "bottom", "ctrl-end",
	    "back to the newest; End too, from further up" },
	{ KEYS_NEXT, "next", "ctrl-n", "the next conversation" },
	{ KEYS_PREVIOUS, "previous", "ctrl-p", "the conversation before" },
	{ KEYS_UNREAD, "next-unread", "alt-a",
	    "the next one with something unread" },
	{ KEYS_FIRST_UNREAD, "first-unread", "alt-u",
	    "up to what is new in this one" },
	{ KEYS_CONVERSATION_1, "conversation-1", "alt-1",
	    "the first conversation; so to conversation-9" },
	{ KEYS_CONVERSATION_1 + 1, "conversation-2", "alt-2", NULL },
	{ KEYS_CONVERSATION_1 + 2, "conversation-3", "alt-3", NULL },
	{ KEYS_CONVERSATION_1 + 3, "conversation-4", "alt-4", NULL },
	{ KEYS_CONVERSATION_1 + 4, "conversation-5", "alt-5", NULL },
	{ KEYS_CONVERSATION_1 + 5, "conversation-6", "alt-6", NULL },
	{ KEYS_CONVERSATION_1 + 6, "conversation-7", "alt-7", NULL },
	{ KEYS_CONVERSATION_1 + 7, "conversation-8", "alt-8", NULL },
	{ KEYS_CONVERSATION_1 + 8, "conversation-9", "alt-9", NULL },
	{ KEYS_NEWLINE, "new-line", "alt-enter",
	    "a new line; Enter sends all of them" },
	{ KEYS_SEARCH, "search", "ctrl-s",
	    "look for words, while you type them" },
	{ KEYS_AGAIN, "send-again", "alt-s", "send again what was refused" },
	{ KEYS_DROP, "drop", "alt-x", "drop what was refused" },
	{ KEYS_REDRAW, "redraw", "ctrl-l", "draw all again" },
	{ KEYS_INTERRUPT, "interrupt", "ctrl-c",
	    "empty the line; twice, leave" },
	{ KEYS_SUSPEND, "suspend", "ctrl-z", "back to the shell, until fg" },
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
