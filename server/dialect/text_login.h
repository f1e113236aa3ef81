/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names and passwords of plain text.
 *
 * Passwords.  `login NAME` and `regist NAME` take the next line as one, in
 * whatever state the connection is and whatever the answer will be: it is
 * never a text that others are told.  The select-style client sends both lines
 * at once, so nothing is asked unless the second one is late.
 */
#ifndef SERVER_DIALECT_TEXT_LOGIN_H
#define SERVER_DIALECT_TEXT_LOGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/wire.h"

struct text_peer;

#define TEXT_BLANKS " \t" /* between the verb, the name and the password */
#define TEXT_LOGIN_FIRST "Anda harus login terlebih dahulu"

/*
 * The line that answers a question, or follows a name; err: why it is no text,
 * or WIRE_OK.  Blanks around a name and before a password are no part of them.
 */
void text_take_answer(
    struct text_peer *, char *line, size_t n, enum wire_err err);

/*
 * login (or else regist) with what is behind it: both words, one or none.  More
 * of them are no text either: they hold a password.
 */
void text_take_account(
    struct text_peer *, bool login, char *rest, enum wire_err err);

#endif
