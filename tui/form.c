/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/wire.h"
#include "shared/xalloc.h"
#include "tui/input.h"
#include "tui/lineedit.h"
#include "tui/paint.h"
#include "tui/ui.h"
#include "tui/wrap.h"

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
	WHY_ROWS = 4,
	ROWS_MAX = 24
};

static const char default_server[] = "localhost:8889";

static const struct {
	const char *label;
	const char *hint;
	bool hidden;
	bool registering; /* asked only then */
	size_t max;       /* bytes */
} about[FIELDS] = {
	[SERVER] = { "Server", "HOST or HOST:PORT", false, false, 300 },
	[USER] = { "Name", "the name of your account", false, false,
	    WIRE_NAME_CAP - 1 },
	[PASSWORD] = { "Password", "it is not shown", true, false,
	    WIRE_PASSWORD_MAX },
	[AGAIN] = { "Again", "the password once more", true, true,
	    WIRE_PASSWORD_MAX },
	[REAL_NAME] = { "Real name", "for others to see; may stay empty",
	    false, true, WIRE_REAL_NAME_CAP - 1 },
};

struct form {
	bool open;
	char *value[FIELDS]; /* but for the focus's, which lineedit has */
	int focus;
	bool registering;
	bool sent;           /* waits for the answer */
	char *why;
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
say(struct form *f, const char *why)
{
	free(f->why);
	f->why = xstrdup(why);
}

struct form *
form_new(void)
{
	struct form *f = xcalloc(1, sizeof(*f));
	int i;

	for (i = 0; i < FIELDS; i++)
		f->value[i] = xstrdup("");
	say(f, "");
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
	free(f->why);
	free(f);
}

/* ---- the focus ----------------------------------------------------------- */

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

void
form_ask(struct form *f, const struct ui_ask *ask)
{
	if (f->open)
		leave(f);
	f->sent = false;
	lineedit_field(true);
	if (!f->open || f->value[SERVER][0] == '\0')
		set_value(f, SERVER, ask->server);
	if (f->value[USER][0] == '\0' || !f->open)
		set_value(f, USER, ask->user);
	say(f, ask->why);
	f->open = true;
	set_value(f, PASSWORD, "");
	set_value(f, AGAIN, "");
	if (f->value[SERVER][0] == '\0')
		go_to(f, SERVER);
	else
		go_to(f, f->value[USER][0] == '\0' ? USER : PASSWORD);
}

void
form_done(struct form *f)
{
	int i;

	for (i = 0; i < FIELDS; i++)
		set_value(f, i, "");
	f->open = f->registering = f->sent = false;
	f->focus = SERVER;
	lineedit_set("");
	lineedit_field(false);
}

/* ---- keys ------------------------------------------------------------------ */

static enum form_key
refuse(struct form *f, int field, const char *why)
{
	say(f, why);
	go_to(f, field);
	return FORM_TAKEN;
}

static enum form_key
submit(struct form *f)
{
	if (f->value[SERVER][0] == '\0')
		set_value(f, SERVER, default_server);
	if (f->value[USER][0] == '\0')
		return refuse(f, USER, "Which name?");
	if (f->value[PASSWORD][0] == '\0')
		return refuse(f, PASSWORD, "The password is missing.");
	/* The wire parts them by spaces. */
	if (strchr(f->value[USER], ' ') != NULL)
		return refuse(f, USER, "A name has no spaces in it.");
	if (strchr(f->value[PASSWORD], ' ') != NULL)
		return refuse(f, PASSWORD, "A password has no spaces in it.");
	if (f->registering && f->value[AGAIN][0] == '\0')
		return refuse(f, AGAIN, "The password once more, please.");
	if (f->registering &&
	    strcmp(f->value[AGAIN], f->value[PASSWORD]) != 0) {
		set_value(f, AGAIN, "");
		return refuse(f, AGAIN, "The passwords are not the same.");
	}
	say(f, "");
	f->sent = true;
	return FORM_SUBMIT;
}

enum form_key
form_enter(struct form *f, const char *line)
{
	/* The editor has given the line up: it is not there to be left. */
	if (f->focus != BUTTONS) {
		set_value(f, f->focus, line);
		lineedit_set(f->value[f->focus]);
	}
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
	if (key == KEYS_TAB || key == KEYS_DOWN)
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

/* ---- drawing --------------------------------------------------------------- */

enum row_kind { ROW_BLANK, ROW_TITLE, ROW_HINT, ROW_WHY, ROW_FIELD };

struct row {
	enum row_kind kind; /* in the order in which they are given up */
	int n;              /* of the field, or of the line of why */
};

struct rows {
	struct row row[ROWS_MAX];
	int count;
	char why[WHY_CAP];
	struct wrap wrap;
};

static void
add_row(struct rows *r, enum row_kind kind, int n)
{
	if (r->count < ROWS_MAX)
		r->row[r->count++] = (struct row){ kind, n };
}

static void
make_rows(struct rows *r, const struct form *f, int width)
{
	struct buf b;
	int i;

	memset(r, 0, sizeof(*r));
	wrap_init(&r->wrap);
	buf_init(&b, WHY_CAP - 1);
	paint_clean(&b, f->sent ? "One moment …" : f->why);
	memcpy(r->why, buf_data(&b), b.len + 1);
	wrap_text(&r->wrap, r->why, b.len, width, width);
	add_row(r, ROW_TITLE, 0);
	add_row(r, ROW_BLANK, 0);
	for (i = 0; b.len > 0 && i < WHY_ROWS && (size_t)i < r->wrap.count; i++)
		add_row(r, ROW_WHY, i);
	if (b.len > 0)
		add_row(r, ROW_BLANK, 0);
	for (i = 0; i < FIELDS; i++)
		if (asked(f, i))
			add_row(r, ROW_FIELD, i);
	add_row(r, ROW_BLANK, 0);
	add_row(r, ROW_FIELD, BUTTONS);
	add_row(r, ROW_BLANK, 0);
	add_row(r, ROW_HINT, 0);
	buf_release(&b);
}

static void
drop_kind(struct rows *r, enum row_kind kind, int height)
{
	int i;

	for (i = r->count - 1; i >= 0 && r->count > height; i--) {
		if (r->row[i].kind != kind)
			continue;
		memmove(&r->row[i], &r->row[i + 1],
		    (size_t)(r->count - i - 1) * sizeof(r->row[0]));
		r->count--;
	}
}

/* The first row that is shown, so that the focus is among them. */
static int
fit_rows(struct rows *r, const struct form *f, int height)
{
	int kind, i, focus = 0;

	for (kind = ROW_BLANK; kind < ROW_FIELD; kind++)
		drop_kind(r, (enum row_kind)kind, height);
	for (i = 0; i < r->count; i++)
		if (r->row[i].kind == ROW_FIELD && r->row[i].n == f->focus)
			focus = i;
	return focus < height ? 0 : focus - height + 1;
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

	second = draw_button(p, row, 0, !f->registering, focus, "Log in");
	draw_button(p, row, second, f->registering, focus, "Register");
	return f->registering ? second + 1 : 1;
}

static int
draw_field(struct form *f, const struct pane *p, int row, int i)
{
	struct pane field = *p;
	int label = p->w >= 30 ? 12 : p->w / 2;
	size_t len, point;

	paint(p, row, 0, paint_style(PAINT_TEXT), about[i].label);
	field.y += row;
	field.h = 1;
	field.x += label;
	field.w -= label;
	if (f->focus == i) {
		lineedit_text(&len, &point);
		label += input_draw(&f->input, &field, "", about[i].hidden);
	} else {
		len = strlen(f->value[i]);
		input_draw_still(&field, f->value[i], about[i].hidden);
	}
	if (i == SERVER && len == 0)
		paint(&field, 0, 0, paint_style(PAINT_DIM), default_server);
	return label;
}

static const char *
hint(const struct form *f)
{
	if (f->focus == BUTTONS)
		return "←/→ choose · Enter go · Tab fields · Ctrl-C quit";
	return about[f->focus].hint;
}

static int
draw_row(struct form *f, const struct pane *p, int at, const struct rows *r,
    const struct row *row)
{
	const struct wrap_line *line;

	switch (row->kind) {
	case ROW_TITLE:
		paint(p, at, 0, paint_style(PAINT_BOLD),
		    "chat-tui: who are you, and where?");
		break;
	case ROW_WHY:
		line = &r->wrap.line[row->n];
		paint_n(p, at, 0,
		    paint_style(f->sent ? PAINT_DIM : PAINT_ERROR),
		    r->why + line->start, line->len);
		break;
	case ROW_HINT:
		paint(p, at, 0, paint_style(PAINT_DIM), hint(f));
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
	wrap_release(&r.wrap);
}
