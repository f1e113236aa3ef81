/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/view/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/input/keymap.h"
#include "tui/view/input.h"
#include "tui/input/lineedit.h"
#include "tui/view/paint.h"
#include "tui/input/slash.h"
#include "tui/text.h"
#include "tui/input/ui.h"
#include "tui/model/wrap.h"

enum field {
	SERVER,
	USER,
	PASSWORD,
	AGAIN,
	REAL_NAME,
	FIELDS,
	BUTTONS = FIELDS /* no field, but it can have the focus */
};

enum {
	WIDTH = 64,      /* of the form, where there is room */
	WHY_CAP = 2048,
	WHY_ROWS = 12,
	GAP = 3,         /* columns behind the longest label, or help */
	HELP_CAP = 4096,
	ROWS_MAX = 48,
	NOWHERE = -1     /* what is wrong is about no field: at the top */
};

static const char default_server[] = "localhost:8889";
/* Between two hints. */
#define DOT S_(" · ")

/*
 * What the help tells, a line or two of them beside each other: a key, two
 * blanks, what it does.  Where the key is an action's the text has only that;
 * where it is the line's it must be free.
 */
static const struct {
	const char *text;
	enum keys_key key; /* KEYS_CHAR: it is in the text */
	const char *line;  /* NULL: it cannot be bound */
} help[] = {
	/* TRANSLATORS: this and what follows: a key, two blanks, what it does. */
	{ N_("Enter  the next field; in the last one, log in or register"),
	    KEYS_CHAR, NULL },
	{ N_("Tab ↑ ↓  any field"), KEYS_CHAR, NULL },
	{ N_("←/→ or Space  log in, or register"), KEYS_CHAR, NULL },
	{ N_("Ctrl-U  empties a field"), KEYS_CHAR, "ctrl-u" },
	/* TRANSLATORS: this and the next two: what a key does, which stands
	 * before it. */
	{ N_("draws all again"), KEYS_REDRAW, NULL },
	{ N_("quits"), KEYS_INTERRUPT, NULL },
	{ N_("takes this away"), KEYS_HELP, NULL },
};

enum { HELP = sizeof(help) / sizeof(help[0]) };

static const struct {
	const char *label;
	bool hidden;
	bool registering; /* asked only then */
	size_t max;       /* bytes */
} about[FIELDS] = {
	/* TRANSLATORS: the labels of the form: short. */
	[SERVER] = { N_("Server"), false, false, 300 },
	[USER] = { N_("Name"), false, false, WIRE_NAME_CAP - 1 },
	[PASSWORD] = { N_("Password"), true, false, WIRE_PASSWORD_MAX },
	/* TRANSLATORS: the label of the field for the password once more. */
	[AGAIN] = { N_("Again"), true, true, WIRE_PASSWORD_MAX },
	[REAL_NAME] = { N_("Real name"), false, true, WIRE_REAL_NAME_CAP - 1 },
};

struct form {
	const struct settings *settings;
	bool open;
	char *value[FIELDS]; /* but for the focus's, which lineedit has */
	int focus;
	bool registering;
	bool worded;         /* by form_typed: a real name may stand behind the
	                      * password, and the name is meant as one */
	bool sent;           /* waits for the answer */
	bool helping;
	char *why;
	int why_at;          /* the field that it is about, or NOWHERE */
	char *why_of;        /* what stood in that field then */
	char *trouble;       /* why no answer comes */
	struct input input;
};

static void
wipe(char **s)
{
	if (*s != NULL) {
		explicit_bzero(*s, strlen(*s));
		free(*s);
	}
	*s = NULL;
}

static void
set_value(struct form *f, int field, const char *s)
{
	size_t n = strcspn(s, "\n");
	char *copy;

	if (n > about[field].max)
		n = about[field].max;
	copy = xmemdup0(s, n);
	wipe(&f->value[field]);
	f->value[field] = copy;
}

static void
say(struct form *f, int field, const char *why)
{
	free(f->why);
	f->why = xstrdup(why);
	f->why_at = field;
	wipe(&f->why_of);
	if (field >= 0 && field < FIELDS)
		f->why_of = xstrdup(f->value[field]);
}

/* What is wrong with a field is not said of what stands there now. */
static void
forget_mended(struct form *f)
{
	const char *now;
	size_t len, point;

	if (f->why_of == NULL)
		return;
	now = f->value[f->why_at];
	len = strlen(now);
	if (f->focus == f->why_at)
		now = lineedit_text(&len, &point);
	if (len != strlen(f->why_of) || memcmp(now, f->why_of, len) != 0)
		say(f, NOWHERE, "");
}

struct form *
form_new(const struct settings *settings)
{
	struct form *f = xcalloc(1, sizeof(*f));
	int i;

	f->settings = settings;
	for (i = 0; i < FIELDS; i++)
		f->value[i] = xstrdup("");
	f->trouble = xstrdup("");
	say(f, NOWHERE, "");
	return f;
}

void
form_free(struct form *f)
{
	int i;

	if (f == NULL)
		return;
	for (i = 0; i < FIELDS; i++)
		wipe(&f->value[i]);
	wipe(&f->why_of);
	free(f->why);
	free(f->trouble);
	free(f);
}

/* ---- the focus --------------------------------------------------------- */

static void
leave(struct form *f)
{
	size_t len, point;
	const char *line;

	if (f->focus == BUTTONS)
		return;
	line = lineedit_text(&len, &point);
	set_value(f, f->focus, line);
}

static void
go_to(struct form *f, int focus)
{
	f->focus = focus;
	memset(&f->input, 0, sizeof(f->input));
	lineedit_set(focus == BUTTONS ? "" : f->value[focus]);
}

static bool
asked(const struct form *f, int i)
{
	return i == BUTTONS || f->registering || !about[i].registering;
}

static void
step(struct form *f, int by)
{
	int i = f->focus;

	leave(f);
	do
		i = (i + by + FIELDS + 1) % (FIELDS + 1);
	while (!asked(f, i));
	go_to(f, i);
}

/* The first that is empty. */
static int
missing(const struct form *f)
{
	if (f->value[SERVER][0] == '\0')
		return SERVER;
	return f->value[USER][0] == '\0' ? USER : PASSWORD;
}

void
form_ask(struct form *f, const struct ui_ask *ask)
{
	static const int field[] = {
		[UI_ABOUT_ALL] = NOWHERE,
		[UI_ABOUT_SERVER] = SERVER,
		[UI_ABOUT_USER] = USER,
		[UI_ABOUT_PASSWORD] = PASSWORD,
		[UI_ABOUT_REAL_NAME] = REAL_NAME,
	};
	int at = field[ask->about];

	if (f->open)
		leave(f);
	f->sent = f->worded = false;
	lineedit_field(true);
	if (!f->open || f->value[SERVER][0] == '\0')
		set_value(f, SERVER, ask->server);
	if (f->value[USER][0] == '\0' || !f->open)
		set_value(f, USER, ask->user);
	f->open = true;
	/* Whoever mends another field has typed the password well enough. */
	if (at == NOWHERE || at == PASSWORD) {
		set_value(f, PASSWORD, "");
		set_value(f, AGAIN, "");
	}
	say(f, at, ask->why);
	go_to(f, at == NOWHERE ? missing(f) : at);
}

void
form_trouble(struct form *f, const char *why)
{
	free(f->trouble);
	f->trouble = xstrdup(why);
}

void
form_done(struct form *f)
{
	int i;

	for (i = 0; i < FIELDS; i++)
		set_value(f, i, "");
	say(f, NOWHERE, "");
	f->open = f->registering = f->sent = f->helping = f->worded = false;
	f->focus = SERVER;
	lineedit_set("");
	lineedit_field(false);
}

/* ---- a whole login ------------------------------------------------------ */

/* In what is typed, or behind what stood in the field before. */
static bool
login_in(const struct form *f, const char *line, struct slash_login *l)
{
	const char *before = f->value[f->focus];
	size_t n = strlen(before);

	return slash_login_words(line, l) ||
	    (strncmp(line, before, n) == 0 && slash_login_words(line + n, l));
}

static void
take_login(struct form *f, const struct slash_login *l)
{
	char *user = xmemdup0(l->user, l->user_len);

	f->registering = l->registering;
	f->worded = *user != '\0';
	say(f, NOWHERE, "");
	set_value(f, USER, user);
	set_value(f, PASSWORD, l->password == NULL ? "" : l->password);
	go_to(f, *user == '\0' ? USER : PASSWORD);
	free(user);
}

void
form_typed(struct form *f)
{
	struct slash_login l;
	size_t len, point;

	if (f->focus <= PASSWORD &&
	    login_in(f, lineedit_text(&len, &point), &l) &&
	    l.user_len > 0 && l.password != NULL)
		take_login(f, &l);
}

/* What stands behind the password of a whole line is the real name; behind
 * that of a login are blanks. */
static void
end_password(struct form *f)
{
	char *s = f->value[PASSWORD];
	size_t n = strcspn(s, " "), more = n + strspn(s + n, " ");

	if (!f->worded || s[n] == '\0' ||
	    (s[more] != '\0' && !f->registering))
		return;
	if (s[more] != '\0')
		set_value(f, REAL_NAME, s + more);
	explicit_bzero(s + n, strlen(s + n));
}

/* ---- keys -------------------------------------------------------------- */

static enum form_key
refuse(struct form *f, int field, const char *why)
{
	say(f, field, why);
	go_to(f, field);
	return FORM_TAKEN;
}

/* "inbox" is no server and no name; that is said at it. */
static bool
is_command(struct form *f, int field)
{
	struct slash_login l;
	const char *s = f->value[field];

	if (field > USER || !slash_no_name(s) ||
	    (field == USER ? f->worded : slash_login_words(s, &l)))
		return false;
	(void)refuse(f, field, _("That is a command: log in first."));
	return true;
}

static enum form_key
submit(struct form *f)
{
	if (f->value[SERVER][0] == '\0')
		set_value(f, SERVER, default_server);
	if (f->value[USER][0] == '\0')
		return refuse(f, USER, _("Which name?"));
	if (is_command(f, SERVER) || is_command(f, USER))
		return FORM_TAKEN;
	end_password(f);
	if (f->value[PASSWORD][0] == '\0')
		return refuse(f, PASSWORD, _("The password is missing."));
	/* The wire parts them by spaces. */
	if (strchr(f->value[USER], ' ') != NULL)
		return refuse(f, USER, _("A name has no spaces in it."));
	if (strchr(f->value[PASSWORD], ' ') != NULL)
		return refuse(f, PASSWORD, _("A password has no spaces in it."));
	if (f->registering && f->value[AGAIN][0] == '\0')
		return refuse(f, AGAIN, _("The password once more, please."));
	if (f->registering &&
	    strcmp(f->value[AGAIN], f->value[PASSWORD]) != 0) {
		set_value(f, AGAIN, "");
		return refuse(f, AGAIN, _("The passwords are not the same."));
	}
	say(f, NOWHERE, "");
	f->sent = true;
	return FORM_SUBMIT;
}

enum form_key
form_enter(struct form *f, const char *line)
{
	struct slash_login l;

	/* A server may well be called "login". */
	if (f->focus <= USER && login_in(f, line, &l) &&
	    (f->focus == USER || l.user_len > 0)) {
		take_login(f, &l);
		return FORM_TAKEN;
	}
	/* The editor has given the line up: it is not there to be left. */
	set_value(f, f->focus, line);
	if (is_command(f, f->focus))
		return FORM_TAKEN;
	if (f->focus == PASSWORD)
		end_password(f);
	lineedit_set(f->value[f->focus]);
	if (f->focus == (f->registering ? REAL_NAME : PASSWORD))
		return submit(f);
	step(f, 1);
	return FORM_TAKEN;
}

static bool
is_sideways(enum keys_key key, const char *bytes, size_t n)
{
	if (key == KEYS_SEQUENCE)
		return n == 3 && (bytes[2] == 'C' || bytes[2] == 'D');
	return key == KEYS_CHAR && n == 1 && *bytes == ' ';
}

static enum form_key
press_button(struct form *f, enum keys_key key, const char *bytes, size_t n)
{
	if (is_sideways(key, bytes, n))
		f->registering = !f->registering;
	else if (key == KEYS_CHAR && (*bytes == '\r' || *bytes == '\n'))
		return submit(f);
	else if (key == KEYS_CHAR && *bytes == '\004')
		return FORM_PASS;
	return FORM_TAKEN;
}

enum form_key
form_press(struct form *f, enum keys_key key, const char *bytes, size_t n)
{
	f->sent = false;
	if (key == KEYS_HELP)
		f->helping = !f->helping;
	else if (key == KEYS_TAB || key == KEYS_DOWN)
		step(f, 1);
	else if (key == KEYS_BACKTAB || key == KEYS_UP)
		step(f, -1);
	else if (f->focus == BUTTONS)
		return press_button(f, key, bytes, n);
	else
		return FORM_PASS;
	return FORM_TAKEN;
}

void
form_answer(const struct form *f, struct ui_login *to)
{
	to->server = f->value[SERVER];
	to->user = f->value[USER];
	to->password = f->value[PASSWORD];
	to->registering = f->registering;
	to->real_name = f->registering ? f->value[REAL_NAME] : "";
}

/* ---- drawing ----------------------------------------------------------- */

enum row_kind { ROW_BLANK, ROW_TITLE, ROW_HINT, ROW_HELP, ROW_WHY, ROW_FIELD };

struct row {
	enum row_kind kind; /* in the order in which they are given up */
	int n;              /* of the field, or of the line of why */
};

struct rows {
	struct row row[ROWS_MAX];
	int count;
	char why[WHY_CAP];
	struct wrap wrap; /* of why */
	int why_rows, why_col, why_at;
	bool calm;        /* it is no error */
	struct buf help;
	struct wrap help_wrap;
	int help_gap;     /* the line behind which some are left out, or -1 */
};

static void
add_row(struct rows *r, enum row_kind kind, int n)
{
	if (r->count < ROWS_MAX)
		r->row[r->count++] = (struct row){ kind, n };
}

/* All of them, so that nothing moves when more is asked. */
static int
longest_label(void)
{
	int longest = 0;

	for (size_t i = 0; i < FIELDS; i++) {
		const char *label = _(about[i].label);
		int cols = utf8_width(label, strlen(label));

		if (cols > longest)
			longest = cols;
	}
	return longest + GAP;
}

/* Columns before the values; where there is little room they take half. */
static int
label_cols(int width)
{
	int cols = longest_label();

	return cols < width / 2 ? cols : width / 2;
}

/* Columns before what is said of a value: where there is room, as many. */
static int
why_cols(int width)
{
	int cols = longest_label();

	return cols <= width * 2 / 5 ? cols : 0;
}

static void
make_why(struct rows *r, const char *text, int width)
{
	struct buf b;

	buf_init(&b, WHY_CAP - 1);
	paint_clean(&b, text);
	memcpy(r->why, buf_data(&b), b.len + 1);
	r->why_rows = 0;
	if (b.len > 0) {
		wrap_text(&r->wrap, r->why, b.len, width, width);
		r->why_rows = r->wrap.count < WHY_ROWS ?
		    (int)r->wrap.count : WHY_ROWS;
	}
	buf_release(&b);
}

/* NULL: there is no key for it.  The caller frees it. */
static char *
help_words(const struct form *f, size_t i)
{
	char key[KEYNAME_CAP];

	if (help[i].key != KEYS_CHAR)
		return !keymap_key(f->settings, help[i].key, key) ? NULL :
		    xasprintf("%s  %s", key, _(help[i].text));
	if (help[i].line != NULL && !keymap_free(f->settings, help[i].line))
		return NULL;
	return xstrdup(_(help[i].text));
}

/* Where the second ones stand; the line of the first has none. */
static int
second_col(char *const *words, size_t n)
{
	int longest = 0;

	for (size_t i = 1; i + 1 < n; i += 2) {
		int cols = utf8_width(words[i], strlen(words[i]));

		if (cols > longest)
			longest = cols;
	}
	return longest + GAP;
}

/* Beside the first one where there is room, else below it. */
static void
add_second(struct buf *b, const char *first, const char *second, int col,
    int width)
{
	if (col + utf8_width(second, strlen(second)) > width)
		buf_addc(b, '\n');
	else
		buf_addf(b, "%*s", col - utf8_width(first, strlen(first)), "");
	buf_adds(b, second);
}

static void
make_help(struct rows *r, const struct form *f, int width)
{
	char *words[HELP];
	size_t n = 0;
	int col;

	for (size_t i = 0; i < HELP; i++)
		if ((words[n] = help_words(f, i)) != NULL)
			n++;
	col = second_col(words, n);
	for (size_t i = 0; i < n; i++)
		if (i > 0 && i % 2 == 0)
			add_second(&r->help, words[i - 1], words[i], col,
			    width);
		else
			buf_addf(&r->help, "%s%s", i > 0 ? "\n" : "",
			    words[i]);
	for (size_t i = 0; i < n; i++)
		free(words[i]);
	wrap_text(&r->help_wrap, buf_data(&r->help), r->help.len, width,
	    width);
}

/* What there is to say about field. */
static void
add_why(struct rows *r, int field)
{
	int i;

	for (i = 0; field == r->why_at && i < r->why_rows; i++)
		add_row(r, ROW_WHY, i);
	if (field == NOWHERE && field == r->why_at && i > 0)
		add_row(r, ROW_BLANK, 0);
}

static void
begin_rows(struct rows *r)
{
	memset(r, 0, sizeof(*r));
	r->help_gap = -1;
	wrap_init(&r->wrap);
	wrap_init(&r->help_wrap);
	buf_init(&r->help, HELP_CAP);
}

static void
release_rows(struct rows *r)
{
	wrap_release(&r->wrap);
	wrap_release(&r->help_wrap);
	buf_release(&r->help);
}

static void
add_foot(struct rows *r, const struct form *f, int width)
{
	add_row(r, ROW_BLANK, 0);
	if (!f->helping) {
		add_row(r, ROW_HINT, 0);
		return;
	}
	make_help(r, f, width);
	for (size_t i = 0; i < r->help_wrap.count; i++)
		add_row(r, ROW_HELP, (int)i);
}

static void
make_rows(struct rows *r, const struct form *f, int width)
{
	const char *why = f->why;
	int field;

	begin_rows(r);
	r->why_at = f->why_at;
	if (f->sent) {
		r->calm = f->trouble[0] == '\0';
		why = r->calm ? _("One moment …") : f->trouble;
		r->why_at = r->calm ? BUTTONS : SERVER;
	}
	if (r->why_at != NOWHERE)
		r->why_col = why_cols(width);
	make_why(r, why, width - r->why_col);
	add_row(r, ROW_TITLE, 0);
	add_row(r, ROW_BLANK, 0);
	add_why(r, NOWHERE);
	for (field = 0; field <= FIELDS; field++) {
		if (!asked(f, field))
			continue;
		if (field == BUTTONS)
			add_row(r, ROW_BLANK, 0);
		add_row(r, ROW_FIELD, field);
		add_why(r, field);
	}
	add_foot(r, f, width);
}

static void
drop_row(struct rows *r, int i)
{
	memmove(&r->row[i], &r->row[i + 1],
	    (size_t)(r->count - i - 1) * sizeof(r->row[0]));
	r->count--;
}

static void
drop_kind(struct rows *r, enum row_kind kind, int height)
{
	for (int i = r->count - 1; i >= 0 && r->count > height; i--)
		if (r->row[i].kind == kind)
			drop_row(r, i);
}

/* So that the help has room: all but the focus's. */
static void
drop_fields(struct rows *r, int focus, int height)
{
	for (int i = r->count - 1; i >= 0 && r->count > height; i--)
		if (r->row[i].kind == ROW_FIELD && r->row[i].n != focus)
			drop_row(r, i);
}

/* The last line of the help, which tells how it goes away, stands longest. */
static void
drop_help(struct rows *r, int height)
{
	int last = (int)r->help_wrap.count - 1;

	for (int i = r->count - 1; i >= 0 && r->count > height; i--)
		if (r->row[i].kind == ROW_HELP && r->row[i].n != last) {
			r->help_gap = r->row[i].n - 1;
			drop_row(r, i);
		}
	drop_kind(r, ROW_HELP, height);
}

/* The first row that is shown, so that the focus is among them. */
static int
fit_rows(struct rows *r, const struct form *f, int height)
{
	int kind, i, focus = 0;

	for (kind = ROW_BLANK; kind < ROW_FIELD; kind++) {
		if (kind == ROW_HELP && f->helping) {
			drop_fields(r, f->focus, height);
			drop_help(r, height);
		} else
			drop_kind(r, (enum row_kind)kind, height);
	}
	for (i = 0; i < r->count; i++)
		if (r->row[i].kind == ROW_FIELD && r->row[i].n == f->focus)
			focus = i;
	return focus < height ? 0 : focus - height + 1;
}

/* What is cut ends with "…". */
static void
draw_cut(const struct pane *p, int row, chtype style, const char *s, size_t n)
{
	struct buf cut;

	buf_init(&cut, HELP_CAP);
	paint_cut(&cut, s, n, p->w);
	paint_n(p, row, 0, style, buf_data(&cut), cut.len);
	buf_release(&cut);
}

static int
draw_button(const struct pane *p, int row, int col, bool chosen, bool focus,
    const char *text)
{
	chtype style = paint_style(chosen ? PAINT_BOLD : PAINT_DIM);

	if (chosen && focus)
		style = paint_style(PAINT_BAR);
	col = paint(p, row, col, style, chosen ? "[" : " ");
	col = paint(p, row, col, style, text);
	return paint(p, row, col, style, chosen ? "]" : " ");
}

/* Where the cursor belongs if the focus is here. */
static int
draw_buttons(struct form *f, const struct pane *p, int row)
{
	bool focus = f->focus == BUTTONS;
	int second;

	second = draw_button(p, row, 0, !f->registering, focus, _("Log in"));
	draw_button(p, row, second, f->registering, focus, _("Register"));
	return f->registering ? second + 1 : 1;
}

static int
draw_field(struct form *f, const struct pane *p, int row, int i)
{
	struct pane field = *p, before = *p;
	const char *name = _(about[i].label);
	int label = label_cols(p->w);
	size_t len, point;

	before.w = label - 1;
	draw_cut(&before, row, paint_style(PAINT_TEXT), name, strlen(name));
	field.y += row;
	field.h = 1;
	field.x += label;
	field.w -= label;
	if (f->focus == i) {
		lineedit_text(&len, &point);
		label += input_draw(&f->input, &field, NULL, about[i].hidden);
	} else {
		len = strlen(f->value[i]);
		input_draw_still(&field, f->value[i], about[i].hidden);
	}
	if (i == SERVER && len == 0)
		draw_cut(&field, 0, paint_style(PAINT_DIM), default_server,
		    sizeof(default_server) - 1);
	return label;
}

static const char *
hint_of(const struct form *f)
{
	switch (f->focus) {
	case SERVER:
		/* TRANSLATORS: the lowest line of the form, about the field one
		 * is in: up to three hints with " · " between them, the second
		 * about Enter.  Where there is no room for all the first is
		 * left out, then the third, then the second. */
		return _("HOST or HOST:PORT · Enter next");
	case USER:
		return _("of your account, or one to register · Enter next");
	case PASSWORD:
		return f->registering ? _("not shown · Enter next") :
		    _("not shown · Enter logs in · Tab: to register instead");
	case AGAIN:
		return _("the password once more · Enter next");
	case REAL_NAME:
		return _("for others to see; may stay empty · "
		         "Enter registers");
	default:
		return _("←/→ choose · Enter go");
	}
}

/* One more, behind those that are there. */
static void
add_hint(struct buf *b, const char *s, size_t n)
{
	if (b->len > 0)
		buf_adds(b, DOT);
	buf_add(b, s, n);
}

/* The hints of text whose bits are set in which. */
static void
add_hints(struct buf *b, const char *text, unsigned which)
{
	const char *end;

	for (; text != NULL; which >>= 1) {
		end = strstr(text, DOT);
		if (which & 1)
			add_hint(b, text, end == NULL ? strlen(text) :
			    (size_t)(end - text));
		text = end == NULL ? NULL : end + strlen(DOT);
	}
}

/* How to get help stands longest, then what Enter does. */
static void
draw_hint(const struct form *f, const struct pane *p, int at)
{
	static const unsigned which[] = { 7, 6, 2, 0 };
	char key[KEYNAME_CAP], *f1 = NULL;
	struct buf hint;

	if (keymap_key(f->settings, KEYS_HELP, key))
		f1 = xasprintf(_("%s help"), key);
	buf_init(&hint, HELP_CAP);
	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++) {
		if (which[i] == 0 && f1 == NULL)
			break;
		buf_clear(&hint);
		add_hints(&hint, hint_of(f), which[i]);
		if (f1 != NULL)
			add_hint(&hint, f1, strlen(f1));
		if (utf8_width(buf_data(&hint), hint.len) <= p->w)
			break;
	}
	draw_cut(p, at, paint_style(PAINT_DIM), buf_data(&hint), hint.len);
	buf_release(&hint);
	free(f1);
}

/* A line of it; where others are left out behind it there is a sign. */
static void
draw_help(const struct pane *p, int at, const struct rows *r, int n)
{
	const struct wrap_line *line = &r->help_wrap.line[n];
	const char *s = buf_data(&r->help) + line->start;
	size_t len = line->len;
	int col;

	if (n == r->help_gap) {
		len = paint_fit(s, line->len, p->w - 2, &col);
		while (len < line->len && len > 0 && s[len] != ' ')
			len--; /* whole words */
	}
	col = paint_n(p, at, 0, paint_style(PAINT_DIM), s, len);
	if (n == r->help_gap)
		paint(p, at, col + 1, paint_style(PAINT_DIM), text_cut());
}

/* Where lines are left out behind this one it ends with "…". */
static void
draw_why(const struct pane *p, int at, const struct rows *r,
    const struct row *row)
{
	chtype style = paint_style(r->calm ? PAINT_DIM : PAINT_ERROR);
	const struct wrap_line *line = &r->wrap.line[row->n];
	const char *s = r->why + line->start;
	bool last = row == &r->row[r->count - 1] || row[1].kind != ROW_WHY;
	int used, col;

	if (!last || row->n + 1 == (int)r->wrap.count) {
		paint_n(p, at, r->why_col, style, s, line->len);
		return;
	}
	col = paint_n(p, at, r->why_col, style, s,
	    paint_fit(s, line->len, p->w - r->why_col - 1, &used));
	paint(p, at, col, style, text_cut());
}

static int
draw_row(struct form *f, const struct pane *p, int at, const struct rows *r,
    const struct row *row)
{
	const char *title;

	switch (row->kind) {
	case ROW_TITLE:
		title = _("chat-tui: who are you, and where?");
		draw_cut(p, at, paint_style(PAINT_BOLD), title, strlen(title));
		break;
	case ROW_WHY:
		draw_why(p, at, r, row);
		break;
	case ROW_HINT:
		draw_hint(f, p, at);
		break;
	case ROW_HELP:
		draw_help(p, at, r, row->n);
		break;
	case ROW_BLANK:
		break;
	case ROW_FIELD:
		if (row->n == BUTTONS)
			return draw_buttons(f, p, at);
		return draw_field(f, p, at, row->n);
	}
	return 0;
}

static struct pane
centred(const struct pane *p, int height)
{
	struct pane in = *p;

	if (in.w > WIDTH + 4) {
		in.x += (in.w - WIDTH) / 2;
		in.w = WIDTH;
	} else if (in.w > 30) {
		in.x += 1;
		in.w -= 2;
	}
	if (in.h > height) {
		in.y += (in.h - height) / 3;
		in.h = height;
	}
	return in;
}

void
form_draw(struct form *f, const struct pane *p, int *row, int *col)
{
	struct pane in = centred(p, p->h);
	struct rows r;
	int i, first, at, x;

	paint_erase(p);
	*row = *col = 0;
	forget_mended(f);
	make_rows(&r, f, in.w);
	first = fit_rows(&r, f, in.h);
	in = centred(p, r.count);
	for (i = first; i < r.count && i - first < in.h; i++) {
		at = i - first;
		x = draw_row(f, &in, at, &r, &r.row[i]);
		if (r.row[i].kind == ROW_FIELD && r.row[i].n == f->focus) {
			*row = in.y - p->y + at;
			*col = in.x - p->x + x;
		}
	}
	release_rows(&r);
}
