/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/term/behind.h"

#include <stdio.h>

#include <term.h>

#include "shared/buf.h"

enum { OUT_CAP = 4 << 20 };

static struct buf out;

/* tputs() and vidputs() hand over characters, and nothing that they are for. */
static int
to_out(int c)
{
	buf_addc(&out, (char)c);
	return c;
}

struct buf *
behind_begin(void)
{
	buf_init(&out, OUT_CAP);
	return &out;
}

void
behind_place(int y, int x)
{
	char cup[] = "cup"; /* tigetstr() is older than const */

	tputs(tparm(tigetstr(cup), y, x), 1, to_out);
}

void
behind_style(chtype style)
{
	vidputs(style, to_out);
}

void
behind_end(void)
{
	vidputs(A_NORMAL, to_out);
	behind_place(getcury(stdscr), getcurx(stdscr));
	fwrite(buf_data(&out), 1, out.len, stdout);
	fflush(stdout);
	buf_release(&out);
}
