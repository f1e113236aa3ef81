/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The texts of the program in the person's language (gettext(3)).
 *
 * What a person reads stands in the source in English, as a whole sentence:
 *
 *	_("the message")                translated where it is used
 *	N_("the message")               in a table: marked here, _() where used
 *	ngettext("%zu new", "%zu new", n)     what has a number
 *	C_("role", "owner")             a word that needs its sense told
 *
 * Nothing is glued from pieces: another language has another order.  What is
 * not for people is not marked: the wire, names of settings and of commands,
 * what --follow --json prints.
 *
 * The catalogs are tui/po/LANGUAGE.po; "make" builds them into locale/ beside
 * the program, and there they are found, or in LOCALEDIR once installed.  They
 * are UTF-8 like all inside; so is what gettext() gives, whatever the locale.
 * It stays valid until the language is changed: nobody keeps it.
 */
#ifndef TUI_TEXT_H
#define TUI_TEXT_H

#include <libintl.h>
#include <stddef.h>

struct buf;

#define _(text) gettext(text)
#define N_(text) (text)
#define C_(sense, text) text_in_sense(sense "\004" text, text)

/*
 * The locale of the environment.  One that this machine does not have
 * (setlocale(3) fails) still tells the language; the rest is then C.UTF-8's.
 */
void text_open(void);

/* "auto": as the environment says; otherwise a language, such as "id"; "en" is
 * the source's own. */
void text_language(const char *language);

/* key: sense, EOT, text, as gettext's msgctxt is stored. */
const char *text_in_sense(const char *key, const char *text)
    __attribute__((format_arg(2)));

enum { TEXT_NUMBER_CAP = 64 };

/* A number with its thousands parted: "3,996". */
void text_number(size_t n, char out[TEXT_NUMBER_CAP]);

/* One more part of a list, "messi, neko"; one that does not fit is left out. */
void text_list(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
