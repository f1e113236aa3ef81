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
#include <stdbool.h>
#include <stddef.h>

struct buf;

#define _(text) text_shown(gettext(text))
#define N_(text) (text)
#define C_(sense, text) text_in_sense(sense "\004" text, text)
#define S_(sign) text_shown(sign) /* of ours, the same in every language */
#undef ngettext
#define ngettext(one, many, n) text_shown(dngettext(NULL, one, many, n))

/*
 * The locale of the environment.  One that this machine does not have
 * (setlocale(3) fails) still tells the language; the rest is then C.UTF-8's.
 *
 * Inside all is UTF-8, whatever the locale.  Where that has none (C, which
 * holds where none is set, or one of ISO 8859) the terminal gets ASCII: our own
 * texts as what says the same, others' as utf8_ascii() has it.
 */
void text_open(void);

/* Whether the terminal has ASCII alone. */
bool text_ascii(void);

/* A text of ours as it is shown; good for as long as s. */
const char *text_shown(const char *s) __attribute__((format_arg(1)));

/* What stands where something was cut off: one column. */
const char *text_cut(void);

/*
 * Appends to out what a terminal may be shown of what others wrote: as
 * utf8_clean(), and where standard output is a terminal in what it can show.
 * There a joiner that joins nothing is ended by a non-joiner, too: some
 * terminals wait for what is to be joined, wherever that comes.  False when out
 * is full.
 */
bool text_clean(struct buf *out, const char *s, size_t n);

/*
 * Appends to out, as UTF-8, what was typed in the locale's character set.  Of a
 * character that has not come whole a few bytes may be kept for the next time.
 */
void text_typed(struct buf *out, const char *bytes, size_t n);

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
