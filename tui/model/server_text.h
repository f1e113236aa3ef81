/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a server itself writes where others write: in the language of the older
 * systems, and shown in the person's.  chat-protocol(7) has the forms (REALMS,
 * EVENTS):
 *
 *	ERROR: TEXT            a message from @REALM: TEXT was said to somebody
 *	                       there and came to nothing
 *	#GROUP: ERROR: TEXT    the same, said in a group of that realm
 *	Server berhenti        in the event "shutdown"
 *
 * ERROR is the text of one of the errors of the wire, as wire_err_text() has
 * it.  What is of no such form is shown as it came: it is of a later server, or
 * somebody's own words.
 */
#ifndef TUI_MODEL_SERVER_TEXT_H
#define TUI_MODEL_SERVER_TEXT_H

#include <stdbool.h>

/* What to show for a message's text; NULL: the text as it is.  The caller frees
 * it. */
char *server_text(const char *from, const char *text);

/* It says no more than the event does by itself. */
bool server_text_farewell(const char *text);

#endif
