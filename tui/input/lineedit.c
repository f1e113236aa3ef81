/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts about readline 8.2 that this rests on, each found by trying:
 *
 * - it asks rl_getc_function for more than it was fed when characters come a
 *   byte at a time (searches, pastes, vi's r), so only whole keys are queued;
 * - a lone ESC waits for another key unless rl_input_available_hook says that
 *   nothing is there, and then only in vi mode and in searches;
 * - bindings that nothing is known for insert the end of the sequence ("~");
 * - it deletes a base with its accents, but not a whole emoji sequence;
 * - the default hooks would set LINES and COLUMNS, catch signals and print.
 */
#include "tui/input/lineedit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "shared/xalloc.h"
#include "tui/input/rows.h"
#include "tui/text.h"

enum {
	HISTORY_BYTES = 16 << 20, /* of a file that is read */
	WIDTH_MIN = 8, /* columns; of fewer readline's display knows nothing */
	ENTRY_BYTES = 2 * LINEEDIT_MAX + 1 /* of an entry, escaped */
};

static struct {
	const struct lineedit_hooks *hooks;
	void *arg;
	char *history_file;
	FILE *null;      /* what readline reads and writes */
	const char *key; /* fed and not yet read */
	size_t key_len;
	bool dry;        /* it read beyond what was fed */
	bool eof;
	bool field;
	int width;       /* of the rows in which it is shown; 0: one row */
	bool off;        /* readline draws, but the line is not on the screen */
	bool hidden;
	char *accepted;
	char **words;    /* what complete() gave, while readline asks */
	size_t word;
} le;

/* ---- history file ---------------------------------------------------------
 *
 * A line of text is a line of the file; '\n' is written as "\n" and '\' as
 * "\\".  Each line is added by one write(2) at the end, so several clients
 * may use one file.
 */

static void
unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		if (s[0] == '\\' && (s[1] == 'n' || s[1] == '\\')) {
			s++;
			*to++ = *s == 'n' ? '\n' : '\\';
		} else
			*to++ = *s;
	}
	*to = '\0';
}

static bool
escape(struct buf *b, const char *s)
{
	bool ok = true;

	for (; *s != '\0' && ok; s++) {
		if (*s == '\n')
			ok = buf_adds(b, "\\n");
		else if (*s == '\\')
			ok = buf_adds(b, "\\\\");
		else
			ok = buf_addc(b, *s);
	}
	return ok && buf_addc(b, '\n');
}

/* The last LINEEDIT_HISTORY lines, written anew: the file is kept short. */
static void
history_shorten(const char *path)
{
	HIST_ENTRY **list = history_list();
	struct buf b;
	char *tmp = xasprintf("%s.%ld", path, (long)getpid());
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd != -1;

	buf_init(&b, HISTORY_BYTES);
	for (; ok && list != NULL && *list != NULL; list++)
		ok = escape(&b, (*list)->line);
	ok = ok && write(fd, buf_data(&b), b.len) == (ssize_t)b.len;
	if (fd != -1) {
		ok = close(fd) == 0 && ok;
		if (!ok || rename(tmp, path) == -1)
			unlink(tmp);
	}
	buf_release(&b);
	free(tmp);
}

static void
history_load(const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0, count = 0, total = 0;
	ssize_t n;

	if (f == NULL)
		return;
	while (total < HISTORY_BYTES && (n = getline(&line, &cap, f)) > 0) {
		total += (size_t)n;
		if (line[n - 1] == '\n')
			line[--n] = '\0';
		unescape(line);
		if (n == 0 || strlen(line) > LINEEDIT_MAX ||
		    !utf8_valid(line, strlen(line)))
			continue;
		add_history(line);
		count++;
	}
	free(line);
	fclose(f);
	if (count > 2 * (size_t)LINEEDIT_HISTORY)
		history_shorten(path);
}

/* A history that cannot be written is no reason to disturb anybody. */
static void
history_append(const char *path, const char *line)
{
	struct buf b;
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd == -1)
		return;
	buf_init(&b, ENTRY_BYTES);
	if (escape(&b, line) && write(fd, buf_data(&b), b.len) == -1)
		le.history_file[0] = '\0';
	buf_release(&b);
	close(fd);
}

/* The last line of the history that may hold a password, for it is in memory
 * only, bears this instead of a time. */
static const char secret_mark[] = "secret";

static bool
is_secret(const char *line)
{
	return le.hooks->secret != NULL && le.hooks->secret(le.arg, line);
}

static void
forget_entry(int i)
{
	HIST_ENTRY *e = remove_history(i);
	struct undo_list *mine = rl_undo_list;

	rl_undo_list = e->data;
	e->data = NULL;
	rl_free_undo_list();
	rl_undo_list = mine;
	explicit_bzero(e->line, strlen(e->line));
	(void)free_history_entry(e);
}

static void
forget_secret(void)
{
	HIST_ENTRY **list = history_list();

	for (int i = history_length - 1; list != NULL && i >= 0; i--)
		if (strcmp(list[i]->timestamp, secret_mark) == 0)
			forget_entry(i);
	using_history();
}

/* False: it stands there already. */
static bool
add(const char *line)
{
	HIST_ENTRY *last = history_length > 0 ?
	    history_get(history_base + history_length - 1) : NULL;

	if (last != NULL && strcmp(last->line, line) == 0)
		return false;
	add_history(line);
	using_history();
	return true;
}

static bool
is_blank(const char *line)
{
	return line[strspn(line, " \n")] == '\0';
}

static void
remember(const char *line)
{
	using_history(); /* Up begins at the end again */
	if (le.field || is_blank(line))
		return;
	if (is_secret(line))
		forget_secret(); /* mended, perhaps */
	else if (add(line) && le.history_file != NULL &&
	    le.history_file[0] != '\0')
		history_append(le.history_file, line);
}

void
lineedit_keep(const char *line)
{
	bool secret = is_secret(line);

	if (le.field || is_blank(line))
		return;
	if (secret)
		forget_secret();
	if (add(line) && secret)
		add_history_time(secret_mark);
}

/* ---- grapheme clusters ------------------------------------------------- */

static bool
line_is_valid(void)
{
	return utf8_valid(rl_line_buffer, (size_t)rl_end);
}

/* The end of the cluster at i.  Bytes that are no UTF-8 stand alone.  valid:
 * line_is_valid(), which is asked once for many clusters. */
static size_t
cluster_end(size_t i, bool valid)
{
	const char *s = rl_line_buffer + i;
	size_t left = (size_t)rl_end - i, len;

	if (left == 0)
		return i;
	len = valid || utf8_valid(s, left) ? utf8_cluster(s, left) : 1;
	return i + (len > 0 ? len : 1);
}

/* Clusters are only found forwards, so those before the cursor are noted:
 * one way through the line, whatever the count is. */
static size_t
clusters_back(size_t count)
{
	size_t at = (size_t)rl_point, n = 0;
	size_t *start = xreallocarray(NULL, at + 1, sizeof(*start));
	bool valid = line_is_valid();

	for (size_t i = 0; i < at; i = cluster_end(i, valid))
		start[n++] = i;
	at = n > count ? start[n - count] : 0;
	free(start);
	return at;
}

/* The place count clusters further (back, where negative). */
static size_t
clusters_off(int count)
{
	size_t at = (size_t)rl_point;
	bool valid = line_is_valid();

	if (count < 0)
		return clusters_back((size_t)-(long)count);
	for (; count > 0 && at < (size_t)rl_end; count--)
		at = cluster_end(at, valid);
	return at;
}

static int
delete_to(size_t to)
{
	int from = rl_point, end = (int)to;

	if (from == end)
		return rl_ding();
	if (from > end) {
		from = end;
		end = rl_point;
	}
	if (rl_explicit_arg) /* as readline: a counted delete can be yanked */
		rl_kill_text(from, end);
	else
		rl_delete_text(from, end);
	rl_point = from;
	return 0;
}

static int
delete_back(int count, int key)
{
	(void)key;
	return delete_to(clusters_off(-count));
}

static int
delete_here(int count, int key)
{
	(void)key;
	return delete_to(clusters_off(count));
}

static int
move_to(size_t to)
{
	if ((size_t)rl_point == to)
		return rl_ding();
	rl_point = (int)to;
	return 0;
}

static int
move_forward(int count, int key)
{
	(void)key;
	return move_to(clusters_off(count));
}

static int
move_back(int count, int key)
{
	(void)key;
	return move_to(clusters_off(-count));
}

/* ---- several lines ------------------------------------------------------ */

/* Where the line that i is in begins, and where it ends. */
static size_t
line_start(size_t i)
{
	const char *nl = memrchr(rl_line_buffer, '\n', i);

	return nl == NULL ? 0 : (size_t)(nl - rl_line_buffer) + 1;
}

static size_t
line_end(size_t i)
{
	const char *nl = memchr(
	    rl_line_buffer + i, '\n', (size_t)rl_end - i);

	return nl == NULL ? (size_t)rl_end : (size_t)(nl - rl_line_buffer);
}

/* A row of the line as it is shown. */
struct row {
	size_t start, end;
	bool there, broken; /* broken: no line ends with it */
};

/* The row that the cursor is in, the one before and the one behind. */
static void
rows_here(struct row *before, struct row *here, struct row *behind)
{
	struct row row = { 0 };
	struct rows r;

	*before = *here = *behind = row;
	rows_begin(&r, rl_line_buffer, (size_t)rl_end,
	    le.width > 0 ? le.width : INT_MAX);
	while (rows_next(&r, &row.start, &row.end)) {
		row.there = true;
		row.broken = !r.done && r.s[row.end] != '\n';
		if (row.start > (size_t)rl_point) {
			*behind = row;
			return;
		}
		*before = *here;
		*here = row;
	}
}

/* Into that row, as near to the cursor's column as one comes there.  The end of
 * a broken one is the next one's beginning. */
static void
move_to_row(const struct row *from, const struct row *to)
{
	int want = rows_cols(rl_line_buffer + from->start,
	    (size_t)rl_point - from->start);
	size_t at = to->start, next;
	bool valid = line_is_valid();

	while (at < to->end && (next = cluster_end(at, valid)) <= to->end &&
	    (next < to->end || !to->broken) &&
	    (want -= rows_cols(rl_line_buffer + at, next - at)) >= 0)
		at = next;
	rl_point = (int)at;
}

static int
line_up(int count, int key)
{
	struct row before, here, behind;

	rows_here(&before, &here, &behind);
	if (!before.there)
		return rl_get_previous_history(count, key);
	move_to_row(&here, &before);
	return 0;
}

static int
line_down(int count, int key)
{
	struct row before, here, behind;

	rows_here(&before, &here, &behind);
	if (!behind.there)
		return rl_get_next_history(count, key);
	move_to_row(&here, &behind);
	return 0;
}

static int
to_line_start(int count, int key)
{
	(void)count;
	(void)key;
	rl_point = (int)line_start((size_t)rl_point);
	return 0;
}

static int
to_line_end(int count, int key)
{
	(void)count;
	(void)key;
	rl_point = (int)line_end((size_t)rl_point);
	return 0;
}

/*
 * Killing: of several lines only the one that the cursor is in, up to its
 * start or end; from there its line end alone goes, and it joins the other.
 * What has no line end that way is readline's own affair.
 */

/* The text from the cursor to there, which can be yanked again. */
static int
kill_to(size_t to)
{
	int from = rl_point, end = (int)to;

	rl_kill_text(from, end); /* told from where: kills back go before */
	rl_point = from < end ? from : end;
	if (end < from && rl_editing_mode == 1) /* as readline, in Emacs mode */
		rl_mark = rl_point;
	return 0;
}

/* to: where it would go to, further back maybe than the line's start. */
static int
kill_back_to(size_t to)
{
	size_t here = (size_t)rl_point, start = line_start(here);

	return kill_to(here == start ? start - 1 : to < start ? start : to);
}

static bool
has_line_before(void)
{
	return line_start((size_t)rl_point) > 0;
}

static bool
has_line_behind(void)
{
	return line_end((size_t)rl_point) < (size_t)rl_end;
}

/* A word ends at each of those; where the last of count begins. */
static size_t
word_start(int count, const char *ends)
{
	size_t at = (size_t)rl_point;

	for (; count > 0; count--) {
		while (at > 0 && strchr(ends, rl_line_buffer[at - 1]) != NULL)
			at--;
		while (at > 0 && strchr(ends, rl_line_buffer[at - 1]) == NULL)
			at--;
	}
	return at;
}

static int
kill_line(int count, int key)
{
	size_t here = (size_t)rl_point, end = line_end(here);

	if (count < 0 || !has_line_behind())
		return rl_kill_line(count, key);
	return kill_to(here == end ? end + 1 : end);
}

static int
kill_line_back(int count, int key)
{
	if (count < 0 || !has_line_before())
		return rl_backward_kill_line(count, key);
	return kill_back_to(0);
}

static int
discard_line(int count, int key)
{
	if (!has_line_before())
		return rl_unix_line_discard(count, key);
	return kill_back_to(0);
}

static int
kill_whole_line(int count, int key)
{
	size_t end = line_end((size_t)rl_point);

	if (!has_line_before() && !has_line_behind())
		return rl_kill_full_line(count, key);
	rl_point = (int)line_start((size_t)rl_point);
	return kill_to(end < (size_t)rl_end ? end + 1 : end);
}

static int
kill_word(int count, int key)
{
	size_t here = (size_t)rl_point, end = line_end(here), to;

	if (count < 0 || !has_line_behind())
		return rl_kill_word(count, key);
	rl_forward_word(count, key);
	to = (size_t)rl_point;
	rl_point = (int)here;
	return kill_to(here == end ? end + 1 : to < end ? to : end);
}

static int
kill_word_back(int count, int key)
{
	size_t here = (size_t)rl_point, to;

	if (count < 0 || !has_line_before())
		return rl_backward_kill_word(count, key);
	rl_backward_word(count, key);
	to = (size_t)rl_point;
	rl_point = (int)here;
	return kill_back_to(to);
}

static int
rub_word_out(int count, int key)
{
	if (!has_line_before())
		return rl_unix_word_rubout(count, key);
	return kill_back_to(word_start(count, " \t\n"));
}

static int
rub_file_name_out(int count, int key)
{
	if (!has_line_before())
		return rl_unix_filename_rubout(count, key);
	return kill_back_to(word_start(count, " \t\n/"));
}

static int
rub_vi_word_out(int count, int key)
{
	if (!has_line_before())
		return rl_vi_unix_word_rubout(count, key);
	return kill_back_to(word_start(
	    count, " \t\n!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~"));
}

/* ---- bindings ---------------------------------------------------------- */

static void
rebind(Keymap map, rl_command_func_t *from, rl_command_func_t *to)
{
	char **seq = rl_invoking_keyseqs_in_map(from, map);
	size_t i;

	for (i = 0; seq != NULL && seq[i] != NULL; i++) {
		rl_bind_keyseq_in_map(seq[i], to, map);
		free(seq[i]);
	}
	free(seq);
}

static int
left_out(int count, int key)
{
	(void)count;
	(void)key;
	return rl_ding();
}

/*
 * To the next line of the history, in that direction, that begins with what
 * stands before the cursor.  It goes there as Up and Down do: readline's own
 * way frees the undo list of the line that was left twice.
 */
static int
go_to_like(bool back, int key)
{
	HIST_ENTRY **list = history_list();
	size_t n = (size_t)rl_point;
	char *head = xmemdup0(rl_line_buffer, n);
	int from = where_history(), i = from, found = -1;

	while (list != NULL && found == -1 &&
	    (back ? --i >= 0 : ++i < history_length))
		if (strncmp(list[i]->line, head, n) == 0 &&
		    strcmp(list[i]->line, rl_line_buffer) != 0)
			found = i;
	free(head);
	if (found == -1)
		return rl_ding();
	if (back)
		rl_get_previous_history(from - found, key);
	else
		rl_get_next_history(found - from, key);
	rl_point = (int)n;
	return 0;
}

static int
search_back(int count, int key)
{
	int result = 0;

	if (count < 0)
		return go_to_like(false, key);
	while (count-- > 0 && result == 0)
		result = go_to_like(true, key);
	return result;
}

static int
search_on(int count, int key)
{
	int result = 0;

	if (count < 0)
		return go_to_like(true, key);
	while (count-- > 0 && result == 0)
		result = go_to_like(false, key);
	return result;
}

static void bind_keys(void);

/* What is bound instead stays so. */
static int
reread_inputrc(int count, int key)
{
	int result = rl_re_read_init_file(count, key);

	bind_keys();
	return result;
}

/*
 * What readline 8.2 crashes by under callbacks, each found by random keys: a
 * macro of the keyboard that is called while it is recorded (those of inputrc
 * are another thing, and work); undo lists that are freed twice after
 * operate-and-get-next and after searches that are not incremental, those for
 * what a line begins with among them.
 */
static const struct {
	rl_command_func_t *from, *to;
} instead[] = {
	{ rl_start_kbd_macro, left_out },
	{ rl_call_last_kbd_macro, left_out },
	{ rl_operate_and_get_next, rl_newline },
	{ rl_noninc_reverse_search, rl_reverse_search_history },
	{ rl_noninc_forward_search, rl_forward_search_history },
	{ rl_noninc_reverse_search_again, left_out },
	{ rl_noninc_forward_search_again, left_out },
	{ rl_vi_search, rl_reverse_search_history },
	{ rl_vi_search_again, left_out },
	{ rl_history_search_backward, search_back },
	{ rl_history_search_forward, search_on },
	{ rl_history_substr_search_backward, search_back },
	{ rl_history_substr_search_forward, search_on },
	{ rl_re_read_init_file, reread_inputrc },
};

static const struct {
	rl_command_func_t *from, *to;
} kills[] = {
	{ rl_kill_line, kill_line },
	{ rl_backward_kill_line, kill_line_back },
	{ rl_unix_line_discard, discard_line },
	{ rl_kill_full_line, kill_whole_line },
	{ rl_kill_word, kill_word },
	{ rl_backward_kill_word, kill_word_back },
	{ rl_unix_word_rubout, rub_word_out },
	{ rl_unix_filename_rubout, rub_file_name_out },
	{ rl_vi_unix_word_rubout, rub_vi_word_out },
};

static void
bind_map(Keymap map)
{
	static const struct {
		const char *seq;
		rl_command_func_t *fn;
	} key[] = {
		{ "\\e[A", rl_get_previous_history },
		{ "\\eOA", rl_get_previous_history },
		{ "\\e[B", rl_get_next_history },
		{ "\\eOB", rl_get_next_history },
		{ "\\e[C", rl_forward_char },
		{ "\\eOC", rl_forward_char },
		{ "\\e[D", rl_backward_char },
		{ "\\eOD", rl_backward_char },
		{ "\\e[1~", rl_beg_of_line },
		{ "\\e[7~", rl_beg_of_line },
		{ "\\e[H", rl_beg_of_line },
		{ "\\eOH", rl_beg_of_line },
		{ "\\e[4~", rl_end_of_line },
		{ "\\e[8~", rl_end_of_line },
		{ "\\e[F", rl_end_of_line },
		{ "\\eOF", rl_end_of_line },
		{ "\\e[3~", rl_delete },
		{ "\\e[1;5C", rl_forward_word },
		{ "\\e[1;3C", rl_forward_word },
		{ "\\e[5C", rl_forward_word },
		{ "\\eOc", rl_forward_word },
		{ "\\e[1;5D", rl_backward_word },
		{ "\\e[1;3D", rl_backward_word },
		{ "\\e[5D", rl_backward_word },
		{ "\\eOd", rl_backward_word },
		{ "\\e[3;5~", rl_kill_word },
	};
	size_t i;

	for (i = 0; i < sizeof(key) / sizeof(key[0]); i++)
		rl_bind_keyseq_if_unbound_in_map(key[i].seq, key[i].fn, map);
}

/* After ~/.inputrc was read, so what the person bound stays as it is. */
static void
bind_keys(void)
{
	Keymap map[] = { emacs_standard_keymap, vi_insertion_keymap };
	Keymap all[] = { emacs_standard_keymap, vi_insertion_keymap,
		vi_movement_keymap };
	size_t i, j;

	for (i = 0; i < 2; i++) {
		bind_map(map[i]);
		rebind(map[i], rl_rubout, delete_back);
		rebind(map[i], rl_delete, delete_here);
		rebind(map[i], rl_forward_char, move_forward);
		rebind(map[i], rl_backward_char, move_back);
		rebind(map[i], rl_get_previous_history, line_up);
		rebind(map[i], rl_get_next_history, line_down);
		rebind(map[i], rl_beg_of_line, to_line_start);
		rebind(map[i], rl_end_of_line, to_line_end);
	}
	for (i = 0; i < 2; i++)
		for (j = 0; j < sizeof(kills) / sizeof(kills[0]); j++)
			rebind(map[i], kills[j].from, kills[j].to);
	/* The line before, whichever row the cursor is in. */
	rl_bind_keyseq_if_unbound_in_map(
	    "\\ez", rl_get_previous_history, emacs_standard_keymap);
	bind_map(vi_movement_keymap);
	for (i = 0; i < 3; i++) {
		for (j = 0; j < sizeof(instead) / sizeof(instead[0]); j++)
			rebind(all[i], instead[j].from, instead[j].to);
	}
}

/* ---- readline's hooks -------------------------------------------------- */

static int
next_byte(FILE *f)
{
	(void)f;
	if (le.key_len == 0) {
		le.dry = true;
		return EOF;
	}
	le.key_len--;
	return (unsigned char)*le.key++;
}

static int
input_available(void)
{
	return le.key_len > 0;
}

static void
redisplay(void)
{
	/* Whoever draws asks for the line when a frame is due. */
}

/* As if nothing had been typed. */
static void
draw_hidden(void)
{
	int end = rl_end, point = rl_point;
	char first = rl_line_buffer[0];

	rl_line_buffer[0] = '\0';
	rl_end = rl_point = 0;
	rl_redisplay();
	rl_line_buffer[0] = first;
	rl_end = end;
	rl_point = point;
}

static void
draw(void)
{
	if (le.off) {
		le.off = false;
		rl_on_new_line();
	}
	if (le.hidden && rl_line_buffer != NULL)
		draw_hidden();
	else
		rl_redisplay();
}

/* A copy in which what is not UTF-8 is U+FFFD. */
static char *
made_valid(const char *s)
{
	size_t n = strlen(s), len;
	struct buf b;

	if (utf8_valid(s, n))
		return xmemdup0(s, n);
	buf_init(&b, 3 * n + 1);
	while (n > 0) {
		for (len = n < 4 ? n : 4; len > 0; len--)
			if (utf8_valid(s, len))
				break;
		if (len > 0)
			buf_add(&b, s, len);
		else
			buf_adds(&b, "\xef\xbf\xbd");
		s += len > 0 ? len : 1;
		n -= len > 0 ? len : 1;
	}
	return buf_detach(&b);
}

static void
line_done(char *line)
{
	if (line == NULL) {
		le.eof = !le.dry;
		return;
	}
	free(le.accepted);
	le.accepted = made_valid(line);
	if (le.hooks->draws) {
		rl_set_prompt(""); /* what was asked is answered */
		le.hidden = false;
	}
	remember(le.accepted); /* before readline begins the next line */
	explicit_bzero(line, strlen(line));
	free(line);
}

static char *
next_word(const char *text, int state)
{
	char *word;

	(void)text;
	if (state == 0)
		le.word = 0;
	word = le.words[le.word];
	if (word != NULL)
		le.words[le.word++] = NULL; /* readline's now */
	return word;
}

static char **
complete(const char *text, int start, int end)
{
	char **found = NULL;
	size_t i;

	rl_attempted_completion_over = 1; /* never file names */
	rl_completion_suppress_append = 0;
	if (le.field || le.hooks->complete == NULL)
		return NULL;
	le.words = le.hooks->complete(
	    le.arg, rl_line_buffer, (size_t)start, (size_t)end);
	if (le.words == NULL)
		return NULL;
	/* "bind.": it goes on. */
	if (le.words[0] != NULL && le.words[1] == NULL &&
	    le.words[0][strlen(le.words[0]) - 1] == '.')
		rl_completion_suppress_append = 1;
	found = rl_completion_matches(text, next_word);
	for (i = le.word; le.words[i] != NULL; i++)
		free(le.words[i]);
	free(le.words);
	le.words = NULL;
	return found;
}

static void
show_choices(char **matches, int count, int longest)
{
	(void)longest;
	/* matches[0] is what all have in common */
	if (le.hooks->choices != NULL && count > 0)
		le.hooks->choices(le.arg, matches + 1, (size_t)count);
}

static void
set_up(void)
{
	static char name[] = "chat-tui", breaks[] = " \n";

	rl_readline_name = name;
	/* It asks these for the size only: keys come from next_byte(). */
	rl_instream = le.hooks->draws ? stdin : le.null;
	rl_outstream = le.hooks->draws ? stdout : le.null;
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_prep_term_function = NULL;
	rl_deprep_term_function = NULL;
	rl_getc_function = next_byte;
	rl_input_available_hook = input_available;
	/* It learns of a terminal only where it thinks that it draws by
	 * itself. */
	rl_redisplay_function = le.hooks->draws ? rl_redisplay : redisplay;
	rl_attempted_completion_function = complete;
	rl_completion_display_matches_hook = show_choices;
	rl_completer_word_break_characters = breaks;
	rl_basic_word_break_characters = breaks;
	rl_completer_quote_characters = "";
	rl_basic_quote_characters = "";
}

/*
 * Readline takes its locale from the environment, whatever setlocale(3) has
 * been told, and looks again with each line.  Where the terminal has ASCII
 * alone it still edits UTF-8; but where it draws the line itself it takes bytes
 * for what they are, and shows those that are no ASCII as "\303\251".
 */
static void
set_locale(void)
{
	const char *name = le.hooks->draws ? "C" : "C.UTF-8";

	if (!text_ascii())
		return;
	setenv("LC_ALL", name, 1);
	setlocale(LC_CTYPE, name);
}

/* Readline's display divides by a third of the width. */
static void
keep_some_width(void)
{
	int rows, cols;

	rl_get_screen_size(&rows, &cols);
	if (cols < WIDTH_MIN)
		rl_set_screen_size(rows, WIDTH_MIN);
}

void
lineedit_open(
    const struct lineedit_hooks *hooks, void *arg, const char *history_file)
{
	memset(&le, 0, sizeof(le));
	le.hooks = hooks;
	le.arg = arg;
	set_locale();
	le.null = fopen("/dev/null", "r+e");
	set_up();
	rl_initialize(); /* reads the person's inputrc */
	if (hooks->draws) {
		keep_some_width();
		rl_redisplay_function = draw;
	}
	bind_keys();
	/* Bells and mode strings would be written past curses. */
	rl_variable_bind("bell-style", "none");
	rl_variable_bind("enable-bracketed-paste", "off");
	if (text_ascii()) { /* bytes are what they are, no Meta keys */
		rl_variable_bind("convert-meta", "off");
		rl_variable_bind("input-meta", "on");
		rl_variable_bind("output-meta", "off");
	}
	using_history();
	stifle_history(LINEEDIT_HISTORY);
	if (history_file != NULL) {
		le.history_file = xstrdup(history_file);
		history_load(history_file);
		using_history();
	}
	if (hooks->draws) /* which it takes from the modes it did not set */
		rl_tty_set_echoing(1);
	rl_callback_handler_install("", line_done);
}

/* ---- where readline draws ---------------------------------------------- */

static bool
stands_there(void)
{
	return le.hooks != NULL && le.hooks->draws && !le.off;
}

static bool
is_seen(void)
{
	return rl_end > 0 || *lineedit_prompt() != '\0';
}

/* A terminal that cannot clear a line keeps what was typed so far. */
void
lineedit_hide(void)
{
	if (!stands_there())
		return;
	if (is_seen() && rl_get_termcap("ce") != NULL)
		rl_clear_visible_line();
	else if (is_seen())
		rl_crlf();
	le.off = true;
}

void
lineedit_show(void)
{
	if (le.hooks == NULL || !le.hooks->draws || !le.off)
		return;
	if (is_seen())
		draw();
}

void
lineedit_resized(void)
{
	if (le.hooks == NULL || !le.hooks->draws)
		return;
	lineedit_hide();
	rl_reset_screen_size();
	keep_some_width();
	lineedit_show();
}

void
lineedit_ask(const char *prompt, bool hidden)
{
	if (le.hooks == NULL || !le.hooks->draws)
		return;
	lineedit_clear(); /* draws */
	lineedit_hide();
	le.hidden = hidden;
	le.field = *prompt != '\0';
	rl_set_prompt(prompt);
	lineedit_show();
}

/* ---- keys in ----------------------------------------------------------- */

/* What the last key led to.  Hooks may change the line. */
static void
tell(void)
{
	char *line = le.accepted;

	le.accepted = NULL;
	if (line != NULL) {
		le.hooks->accept(le.arg, line);
		explicit_bzero(line, strlen(line));
		free(line);
	}
	if (le.eof) {
		le.eof = false;
		le.hooks->eof(le.arg);
	}
}

static void
full(void)
{
	if (le.hooks->full != NULL)
		le.hooks->full(le.arg);
}

/* A count, or what was killed and comes back, may make more of a line than it
 * takes. */
static void
cut(void)
{
	size_t end = LINEEDIT_MAX;

	if ((size_t)rl_end <= end)
		return;
	while (((unsigned char)rl_line_buffer[end] & 0xc0) == 0x80)
		end--;
	rl_delete_text((int)end, rl_end);
	if ((size_t)rl_point > end)
		rl_point = (int)end;
	rl_redisplay_function();
	full();
}

static void
feed(const char *bytes, size_t n)
{
	if (le.off)
		draw();
	le.key = bytes;
	le.key_len = n;
	le.dry = false;
	while (le.key_len > 0)
		rl_callback_read_char();
	if (rl_done) {
		/* Enter behind a count: readline hands the line over with the
		 * next key, whatever it is by then.  NUL only sets the mark. */
		le.key = "";
		le.key_len = 1;
		rl_callback_read_char();
	}
	cut();
	tell();
}

/*
 * Leaves what is half done: searches hold an undo list of their own; a line of
 * the history shares its list with its entry, and only rl_free_line_state()
 * takes it from both; and the line that was being typed before Up was pressed,
 * which stands there again, is put aside with a list, too.
 */
static void
leave_half_done(void)
{
	if (RL_ISSTATE(RL_STATE_ISEARCH)) /* an end that readline knows */
		feed("\033", 1);
	rl_callback_sigcleanup();
	rl_clear_message();
	rl_free_line_state();
	using_history();
	rl_maybe_unsave_line();
}

static void
empty(void)
{
	rl_free_undo_list();
	if (rl_line_buffer != NULL)
		explicit_bzero(rl_line_buffer, (size_t)rl_end);
	rl_replace_line("", 0);
	rl_point = rl_mark = 0;
	rl_display_prompt = rl_prompt;
}

static void
abandon(void)
{
	leave_half_done();
	empty();
}

/* Keeps what was found. */
static void
end_search(void)
{
	feed("\033", 1);
	if (lineedit_busy()) /* isearch-terminators has no ESC */
		abandon();
}

/* A key that is a sequence, or begins one. */
static bool
is_prefix(const char *bytes, size_t n)
{
	int type = ISFUNC;

	rl_function_of_keyseq_len(bytes, n, NULL, &type);
	return bytes[0] == '\033' || type == ISKMAP;
}

void
lineedit_key(const char *bytes, size_t n)
{
	rl_command_func_t *fn;
	int type = ISFUNC;

	if (n == 0)
		return;
	if (bytes[0] == '\033' && n > 1) {
		fn = rl_function_of_keyseq_len(bytes, n, NULL, &type);
		if (fn == NULL || type == ISKMAP)
			return;
	}
	if (RL_ISSTATE(RL_STATE_ISEARCH) && is_prefix(bytes, n))
		end_search();
	if ((unsigned char)bytes[0] >= 0x20 && bytes[0] != 0x7f &&
	    (size_t)rl_end + n > LINEEDIT_MAX && !lineedit_busy()) {
		full();
		return;
	}
	feed(bytes, n);
}

void
lineedit_escape(void)
{
	/* In Emacs mode it is the head of a Meta key and means nothing alone.
	 * In vi's command mode there is nothing to leave. */
	if (lineedit_busy() ||
	    (rl_editing_mode == 0 && rl_get_keymap() == vi_insertion_keymap))
		feed("\033", 1);
}

/* The most of s that may still go in, whole characters. */
static size_t
fits(const char *s, size_t n)
{
	size_t room = (size_t)rl_end < LINEEDIT_MAX ?
	    LINEEDIT_MAX - (size_t)rl_end : 0;

	if (n <= room)
		return n;
	while (room > 0 && ((unsigned char)s[room] & 0xc0) == 0x80)
		room--;
	return room;
}

void
lineedit_paste(const char *s, size_t n)
{
	char *copy = xmemdup0(s, n), *text = made_valid(copy);
	size_t len = strlen(text);

	/* The last line end of a paste is rarely meant. */
	while (len > 0 && text[len - 1] == '\n')
		len--;
	n = fits(text, len);
	text[n] = '\0';
	if (lineedit_busy())
		end_search();
	rl_begin_undo_group();
	rl_insert_text(text);
	rl_end_undo_group();
	free(text);
	free(copy);
	rl_redisplay_function();
	if (n < len)
		full();
}

void
lineedit_newline(void)
{
	if ((size_t)rl_end >= LINEEDIT_MAX) {
		full();
		return;
	}
	if (lineedit_busy())
		end_search();
	rl_insert_text("\n");
	rl_redisplay_function();
}

void
lineedit_clear(void)
{
	abandon();
}

void
lineedit_forget_secret(void)
{
	if (le.hooks == NULL)
		return;
	abandon(); /* it may be the one that is edited */
	forget_secret();
}

void
lineedit_discard(void)
{
	const HIST_ENTRY *entry;
	bool changed;
	char *line;

	if (le.field) {
		abandon();
		return;
	}
	if (RL_ISSTATE(RL_STATE_ISEARCH)) /* what was typed before it */
		feed("\007", 1);
	entry = current_history();
	line = xmemdup0(rl_line_buffer, (size_t)rl_end);
	changed = entry == NULL || strcmp(entry->line, line) != 0;
	leave_half_done();
	if (strcmp(rl_line_buffer, line) != 0) /* typed before Up */
		lineedit_keep(rl_line_buffer);
	if (changed)
		lineedit_keep(line);
	empty();
	rl_replace_line(line, 0);
	rl_kill_text(rl_end, 0);
	rl_point = rl_mark = 0;
	explicit_bzero(line, strlen(line));
	free(line);
}

void
lineedit_set(const char *text)
{
	char *copy;
	size_t n;

	abandon();
	n = fits(text, strlen(text));
	copy = xmemdup0(text, n);
	rl_replace_line(copy, 0);
	explicit_bzero(copy, n);
	free(copy);
	rl_point = rl_end;
}

void
lineedit_width(int cols)
{
	le.width = cols;
}

void
lineedit_field(bool on)
{
	le.field = on;
}

/* clear_history() leaves the undo lists of edited lines. */
static void
forget_history(void)
{
	HIST_ENTRY **list = history_list();

	for (; list != NULL && *list != NULL; list++) {
		rl_undo_list = (*list)->data;
		(*list)->data = NULL;
		rl_free_undo_list();
	}
	clear_history();
}

void
lineedit_close(void)
{
	if (le.hooks == NULL)
		return;
	/* What was typed and not sent stays to be read. */
	if (stands_there() && is_seen())
		rl_crlf();
	le.off = true;
	rl_redisplay_function = redisplay;
	abandon();
	rl_callback_handler_remove();
	forget_history();
	free(le.history_file);
	free(le.accepted);
	if (le.null != NULL)
		fclose(le.null);
	rl_instream = rl_outstream = NULL;
	memset(&le, 0, sizeof(le));
}

/* ---- what is drawn ----------------------------------------------------- */

const char *
lineedit_text(size_t *len, size_t *point)
{
	*len = rl_line_buffer != NULL ? (size_t)rl_end : 0;
	*point = rl_point < 0 ? 0 : (size_t)rl_point;
	if (*point > *len)
		*point = *len;
	return rl_line_buffer != NULL ? rl_line_buffer : "";
}

const char *
lineedit_prompt(void)
{
	return rl_display_prompt != NULL ? rl_display_prompt : "";
}

bool
lineedit_busy(void)
{
	return strcmp(lineedit_prompt(), rl_prompt == NULL ? "" : rl_prompt) != 0;
}
