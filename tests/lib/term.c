/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/term.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>
#include <vterm.h>

#include "shared/buf.h"
#include "shared/xalloc.h"
#include "tests/lib/server.h"

enum {
	TERMS = 16,
	BYTES_MAX = 64 << 20,
	ROW_CAP = 16384,
	LAST_WORDS = 8000,
	SLICE_MS = 20, /* nothing tells when a program has ended */
	FRAME_MS = 5,  /* between two reads of one frame */
	FRAME_READS = 64
};

struct term {
	int fd;    /* of the terminal's side; -1: hung up */
	int slave; /* held open: what was said last is not lost, and the
	            * modes can be read, when the program has gone */
	pid_t pid;
	bool ended, killed;
	int status;
	const char *home; /* of homes[], or as told */
	VTerm *vt;
	VTermScreen *screen;
	int rows, cols;
	bool alternate, hidden, mouse;
	bool joins;          /* see term_options */
	bool joiner, virama; /* written last, that joins what comes next */
	char part[4];        /* of a character that is not whole yet */
	size_t part_len;
	struct buf bytes, drawn;
	char row[ROW_CAP];
};

static struct term *terms[TERMS];
static char *homes[TERMS * 8];
static size_t home_count;

/* ---- the terminal ---------------------------------------------------------- */

static int
on_prop(VTermProp prop, VTermValue *val, void *arg)
{
	struct term *t = arg;

	if (prop == VTERM_PROP_ALTSCREEN)
		t->alternate = val->boolean;
	if (prop == VTERM_PROP_CURSORVISIBLE)
		t->hidden = !val->boolean;
	if (prop == VTERM_PROP_MOUSE)
		t->mouse = val->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

static const VTermScreenCallbacks callbacks = { .settermprop = on_prop };

static void
make_vterm(struct term *t)
{
	t->vt = vterm_new(t->rows, t->cols);
	vterm_set_utf8(t->vt, 1);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
}

static char *
new_home(void)
{
	char path[] = "/tmp/chat-term.XXXXXX";

	assert_non_null(mkdtemp(path));
	assert_true(home_count < sizeof(homes) / sizeof(homes[0]));
	return homes[home_count++] = xstrdup(path);
}

static void
set_env(const char *home, const char *const *more)
{
	static const char *const dropped[] = { "LINES", "COLUMNS", "NO_COLOR",
		"INPUTRC", "CHAT_PASSWORD", "XDG_CONFIG_HOME",
		"XDG_STATE_HOME", "XDG_RUNTIME_DIR", "LANG", "LC_CTYPE",
		"LC_MESSAGES", "LANGUAGE" };
	size_t i;

	for (i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		unsetenv(dropped[i]);
	setenv("HOME", home, 1);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	setenv("INPUTRC", "/dev/null", 1);
	for (; more != NULL && *more != NULL; more++)
		putenv(xstrdup(*more));
}

static void
run(struct term *t, const char *path, const char *const argv[],
    const char *const *env)
{
	size_t n = 0, i;
	char **copy;

	while (argv[n] != NULL)
		n++;
	copy = xcalloc(n + 1, sizeof(*copy));
	for (i = 0; i < n; i++)
		copy[i] = xstrdup(argv[i]);
	set_env(t->home, env);
	login_tty(t->slave);
	execv(path, copy);
	_exit(127);
}

struct term *
term_open(const struct term_options *o, const char *const argv[])
{
	struct term *t = xcalloc(1, sizeof(*t));
	struct winsize ws;
	size_t i = 0;
	char *path = strchr(argv[0], '/') ? xstrdup(argv[0]) :
	    program_path(argv[0]);

	while (i < TERMS && terms[i] != NULL)
		i++;
	assert_true(i < TERMS);
	t->rows = o != NULL && o->rows ? o->rows : 24;
	t->cols = o != NULL && o->cols ? o->cols : 80;
	t->home = o != NULL && o->home ? o->home : new_home();
	t->joins = o != NULL && o->joins;
	buf_init(&t->bytes, BYTES_MAX);
	buf_init(&t->drawn, BYTES_MAX);
	make_vterm(t);
	memset(&ws, 0, sizeof(ws));
	ws.ws_row = (unsigned short)t->rows;
	ws.ws_col = (unsigned short)t->cols;
	assert_int_equal(openpty(&t->fd, &t->slave, NULL, NULL, &ws), 0);
	fcntl(t->fd, F_SETFL, O_NONBLOCK);
	fcntl(t->fd, F_SETFD, FD_CLOEXEC);
	fcntl(t->slave, F_SETFD, FD_CLOEXEC);
	t->pid = fork();
	assert_true(t->pid != -1);
	if (t->pid == 0)
		run(t, path, argv, o != NULL ? o->env : NULL);
	free(path);
	return terms[i] = t;
}

void
term_hang_up(struct term *t)
{
	if (t->fd != -1)
		close(t->fd);
	t->fd = -1;
}

/* ---- in and out -------------------------------------------------------------- */

static void
reap(struct term *t, int flags)
{
	if (!t->ended && waitpid(t->pid, &t->status, flags) == t->pid)
		t->ended = true;
}

/* What the program asked the terminal is answered.  False: it was nothing. */
static bool
answer(struct term *t)
{
	char bytes[256];
	size_t n = vterm_output_read(t->vt, bytes, sizeof(bytes));

	if (n > 0 && t->fd != -1 && write(t->fd, bytes, n) == -1)
		print_error("terminal: an answer was lost\n");
	return n > 0;
}

bool
term_focus(struct term *t, bool has)
{
	if (has)
		vterm_state_focus_in(vterm_obtain_state(t->vt));
	else
		vterm_state_focus_out(vterm_obtain_state(t->vt));
	return answer(t);
}

/* ---- a terminal that joins ------------------------------------------------ */

static uint32_t
code_point(const char *s, size_t n)
{
	uint32_t c = (unsigned char)*s;
	size_t i;

	if (n > 1)
		c &= 0xffu >> (n + 1);
	for (i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	return c;
}

/* Of the scripts from Devanagari to Sinhala: they have it at one place each. */
static bool
is_virama(uint32_t c)
{
	return c == 0xdca || (c >= 0x900 && c < 0xd80 && (c & 0x7f) == 0x4d);
}

static bool
is_indic_letter(uint32_t c)
{
	uint32_t at = c & 0x7f;

	return (c >= 0x900 && c < 0xd80 && at >= 0x05 && at <= 0x39) ||
	    (c >= 0xd85 && c <= 0xdc6);
}

/* What is joined takes no column: an accent in its place shows where it went. */
static void
draw_joining(struct term *t, const char *s, size_t n)
{
	static const char accent[] = "\xcc\x81";
	uint32_t c = code_point(s, n);
	bool join = (t->joiner && c >= 0x80) ||
	    (t->virama && is_indic_letter(c));

	if (c == 0x200d) {
		t->joiner = true;
		return;
	}
	if (join)
		buf_adds(&t->drawn, accent);
	else
		buf_add(&t->drawn, s, n);
	if (c >= 0x80)
		t->joiner = false;
	t->virama = is_virama(c);
}

static size_t
char_length(char first)
{
	unsigned char c = (unsigned char)first;

	return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* As tmux 3.3 does it with U+200D: whatever is written next that is not ASCII,
 * wherever that is; and as those that know conjuncts do it with a virama. */
static void
input_joining(struct term *t, const char *bytes, size_t n)
{
	buf_clear(&t->drawn);
	for (size_t i = 0; i < n; i++) {
		t->part[t->part_len++] = bytes[i];
		if (t->part_len < char_length(t->part[0]))
			continue;
		draw_joining(t, t->part, t->part_len);
		t->part_len = 0;
	}
	vterm_input_write(t->vt, buf_data(&t->drawn), t->drawn.len);
}

static void
take(struct term *t)
{
	char bytes[16384];
	ssize_t n;

	while (t->fd != -1) {
		n = read(t->fd, bytes, sizeof(bytes));
		if (n > 0) {
			buf_add(&t->bytes, bytes, (size_t)n);
			if (t->joins)
				input_joining(t, bytes, (size_t)n);
			else
				vterm_input_write(t->vt, bytes, (size_t)n);
			answer(t);
			continue;
		}
		if (n == -1 && errno == EINTR)
			continue;
		return;
	}
}

/* Waits a moment for any output, and takes it.  writer: is there room? */
static void
pump(const struct term *writer)
{
	struct pollfd pfd[TERMS];
	struct term *of[TERMS];
	nfds_t n = 0, i;

	for (i = 0; i < TERMS; i++) {
		if (terms[i] == NULL || terms[i]->fd == -1)
			continue;
		of[n] = terms[i];
		pfd[n].fd = terms[i]->fd;
		pfd[n].events = POLLIN | (terms[i] == writer ? POLLOUT : 0);
		pfd[n].revents = 0;
		n++;
	}
	poll(pfd, n, SLICE_MS);
	for (i = 0; i < n; i++)
		if (pfd[i].revents & (POLLIN | POLLHUP | POLLERR))
			take(of[i]);
}

void
term_send(struct term *t, const void *bytes, size_t n)
{
	long long until = now_ms() + DEADLINE_MS;
	const char *p = bytes;
	ssize_t done;

	while (n > 0) {
		if (t->fd == -1)
			term_fail(t, "the terminal has gone");
		if (now_ms() > until)
			term_fail(t, "the program does not read");
		done = write(t->fd, p, n > 1024 ? 1024 : n);
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else
			pump(t);
	}
}

void
term_type(struct term *t, const char *s)
{
	term_send(t, s, strlen(s));
}

void
term_take(struct term *t)
{
	take(t);
}

void
term_stall(struct term *t, bool on)
{
	assert_int_equal(tcflow(t->slave, on ? TCOOFF : TCOON), 0);
}

void
term_resize(struct term *t, int rows, int cols)
{
	struct winsize ws;

	/* What it drew for the old size belongs to the old size. */
	take(t);
	t->rows = rows;
	t->cols = cols;
	vterm_set_size(t->vt, rows, cols);
	memset(&ws, 0, sizeof(ws));
	ws.ws_row = (unsigned short)rows;
	ws.ws_col = (unsigned short)cols;
	ioctl(t->fd, TIOCSWINSZ, &ws);
}

/* ---- what is seen --------------------------------------------------------------- */

static size_t
put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* The row as text; at: the column of each of its bytes, or NULL. */
static size_t
read_row(struct term *t, int row, char *out, int *at)
{
	VTermScreenCell cell;
	VTermPos pos = { .row = row };
	size_t n = 0, was, i;

	while (pos.col < t->cols && n + 4 * VTERM_MAX_CHARS_PER_CELL < ROW_CAP) {
		vterm_screen_get_cell(t->screen, pos, &cell);
		was = n;
		if (cell.chars[0] == 0 || cell.chars[0] == (uint32_t)-1)
			out[n++] = ' ';
		else
			for (i = 0; i < VTERM_MAX_CHARS_PER_CELL &&
			    cell.chars[i] != 0; i++)
				n += put_utf8(out + n, cell.chars[i]);
		for (; at != NULL && was < n; was++)
			at[was] = pos.col;
		pos.col += cell.width > 1 ? cell.width : 1;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return n;
}

const char *
term_row(struct term *t, int row)
{
	read_row(t, row < 0 ? row + t->rows : row, t->row, NULL);
	return t->row;
}

char *
term_screen(struct term *t)
{
	struct buf b;
	int row;

	buf_init(&b, BYTES_MAX);
	for (row = 0; row < t->rows; row++) {
		buf_adds(&b, term_row(t, row));
		buf_addc(&b, '\n');
	}
	return buf_detach(&b);
}

bool
term_find(struct term *t, const char *text, int *row, int *col)
{
	static int at[ROW_CAP];
	const char *found;

	for (*row = 0; *row < t->rows; (*row)++) {
		read_row(t, *row, t->row, at);
		found = strstr(t->row, text);
		if (found != NULL) {
			*col = at[found - t->row];
			return true;
		}
	}
	return false;
}

bool
term_shows(struct term *t, const char *text)
{
	int row, col;

	return term_find(t, text, &row, &col);
}

int
term_row_of(struct term *t, const char *text)
{
	int row, col;

	term_await(t, text);
	if (!term_find(t, text, &row, &col))
		term_fail(t, text);
	return row;
}

bool
term_is_at(struct term *t, int row, int col, const char *text)
{
	static int at[ROW_CAP];
	size_t n = read_row(t, row, t->row, at), i;

	for (i = 0; i < n; i++)
		if (at[i] == col)
			return strncmp(t->row + i, text, strlen(text)) == 0;
	return *text == '\0';
}

void
term_cursor(struct term *t, int *row, int *col)
{
	VTermPos pos;

	vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &pos);
	*row = pos.row;
	*col = pos.col;
}

struct term_look
term_look_at(struct term *t, int row, int col)
{
	VTermPos pos = { .row = row, .col = col };
	struct term_look look = { .color = -1 };
	VTermScreenCell cell;

	vterm_screen_get_cell(t->screen, pos, &cell);
	look.bold = cell.attrs.bold != 0;
	look.reverse = cell.attrs.reverse != 0;
	look.colored = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg);
	if (look.colored && VTERM_COLOR_IS_INDEXED(&cell.fg))
		look.color = cell.fg.indexed.idx;
	return look;
}

bool
term_alternate(struct term *t)
{
	return t->alternate;
}

bool
term_cursor_hidden(struct term *t)
{
	return t->hidden;
}

bool
term_mouse(struct term *t)
{
	return t->mouse;
}

void
term_modes(struct term *t, struct termios *tio)
{
	assert_int_equal(tcgetattr(t->slave, tio), 0);
}

const char *
term_bytes(struct term *t, size_t *n)
{
	*n = t->bytes.len;
	return buf_data(&t->bytes);
}

void
term_fail(struct term *t, const char *what)
{
	char *screen = term_screen(t);
	int row, col;

	reap(t, WNOHANG);
	term_cursor(t, &row, &col);
	/* Not print_error(): it cuts what is long. */
	fprintf(stderr, "terminal: %s\n%dx%d, cursor %d,%d%s\n%s", what,
	    t->cols, t->rows, row, col, t->ended ? ", ended" : "", screen);
	free(screen);
	fail();
}

/* ---- waiting ----------------------------------------------------------------------- */

/* A frame may come in several reads; what belongs to it follows at once. */
static void
take_rest(struct term *t)
{
	for (int i = 0; i < FRAME_READS && t->fd != -1; i++) {
		struct pollfd p = { .fd = t->fd, .events = POLLIN };

		if (poll(&p, 1, FRAME_MS) != 1)
			return;
		take(t);
	}
}

void
term_await_that(struct term *t, bool (*fn)(struct term *, void *arg),
    void *arg, const char *what)
{
	long long until = now_ms() + DEADLINE_MS;

	while (!fn(t, arg)) {
		if (t->ended || now_ms() > until)
			term_fail(t, what);
		reap(t, WNOHANG);
		pump(NULL); /* its last words too */
	}
	take_rest(t);
}

struct sight {
	const char *text;
	int row;
};

static bool
is_seen(struct term *t, void *arg)
{
	return term_shows(t, arg);
}

static bool
is_gone(struct term *t, void *arg)
{
	return !term_shows(t, arg);
}

static bool
is_in_row(struct term *t, void *arg)
{
	const struct sight *s = arg;

	return strstr(term_row(t, s->row), s->text) != NULL;
}

static bool
is_row(struct term *t, void *arg)
{
	const struct sight *s = arg;

	return strcmp(term_row(t, s->row), s->text) == 0;
}

static void
await_text(struct term *t, bool (*fn)(struct term *, void *arg), void *arg,
    const char *text, const char *how)
{
	char *what = xasprintf("\"%s\" %s", text, how);

	term_await_that(t, fn, arg, what);
	free(what);
}

void
term_await(struct term *t, const char *text)
{
	char *copy = xstrdup(text);

	await_text(t, is_seen, copy, text, "is not seen");
	free(copy);
}

void
term_await_gone(struct term *t, const char *text)
{
	char *copy = xstrdup(text);

	await_text(t, is_gone, copy, text, "does not go away");
	free(copy);
}

void
term_await_row(struct term *t, int row, const char *text)
{
	struct sight s = { text, row };

	await_text(t, is_in_row, &s, text, "is not in its row");
}

void
term_await_row_is(struct term *t, int row, const char *text)
{
	struct sight s = { text, row };

	await_text(t, is_row, &s, text, "is not all of its row");
}

static bool
is_cursor_at(struct term *t, void *arg)
{
	const int *want = arg;
	int row, col;

	term_cursor(t, &row, &col);
	return row == want[0] && col == want[1];
}

void
term_await_cursor(struct term *t, int row, int col)
{
	int want[2] = { row, col };
	char *what = xasprintf("the cursor is not at %d,%d", row, col);

	term_await_that(t, is_cursor_at, want, what);
	free(what);
}

int
term_await_end(struct term *t)
{
	long long until = now_ms() + DEADLINE_MS;

	while (reap(t, WNOHANG), !t->ended) {
		if (now_ms() > until)
			term_fail(t, "the program does not end");
		pump(NULL);
	}
	take(t); /* its last words */
	return t->status;
}

/* ---- ends ---------------------------------------------------------------------------- */

void
term_signal(struct term *t, int sig)
{
	t->killed = true;
	kill(t->pid, sig);
}

void
term_kill(struct term *t)
{
	term_signal(t, SIGKILL);
	term_await_end(t);
}

const char *
term_home(const struct term *t)
{
	return t->home;
}

pid_t
term_pid(const struct term *t)
{
	return t->pid;
}

static void
hang_up_and_wait(struct term *t)
{
	long long until = now_ms() + DEADLINE_MS / 4;

	term_hang_up(t);
	if (t->slave != -1)
		close(t->slave);
	t->slave = -1;
	while (reap(t, WNOHANG), !t->ended) {
		if (now_ms() > until)
			kill(t->pid, SIGKILL);
		pump(NULL);
	}
}

void
term_close(struct term *t)
{
	size_t i;

	hang_up_and_wait(t);
	for (i = 0; i < TERMS; i++)
		if (terms[i] == t)
			terms[i] = NULL;
	vterm_free(t->vt);
	buf_release(&t->bytes);
	buf_release(&t->drawn);
	free(t);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

/*
 * A sanitizer ends a program with 99 (tests/run.sh says so to it) or abort(3);
 * and one that does not end by the hang-up had to be killed.
 */
static bool
ends_badly(struct term *t)
{
	const char *said;

	hang_up_and_wait(t);
	if (t->killed)
		return false;
	if (WIFSIGNALED(t->status) ? WTERMSIG(t->status) == SIGHUP :
	    WEXITSTATUS(t->status) != 99)
		return false;
	said = buf_data(&t->bytes);
	if (t->bytes.len > LAST_WORDS)
		said += t->bytes.len - LAST_WORDS;
	fprintf(stderr, "terminal: it ended badly (status %#x): %s\n",
	    (unsigned)t->status, said);
	return true;
}

int
terms_cleanup(void **state)
{
	bool bad = false;
	size_t i;

	(void)state;
	for (i = 0; i < TERMS; i++) {
		if (terms[i] == NULL)
			continue;
		bad |= ends_badly(terms[i]);
		term_close(terms[i]);
	}
	while (home_count > 0) {
		home_count--;
		nftw(homes[home_count], remove_one, 8, FTW_DEPTH | FTW_PHYS);
		free(homes[home_count]);
	}
	return bad ? -1 : 0;
}
