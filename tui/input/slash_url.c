/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /links and /open: the links of the conversation that is shown. */
#include "tui/input/slash_priv.h"

#include "shared/buf.h"
#include "tui/model/clock.h"
#include "tui/input/links.h"
#include "tui/net/listing.h"
#include "tui/model/model.h"
#include "tui/term/opener.h"
#include "tui/input/settings.h"
#include "tui/text.h"
#include "tui/model/url.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_CAP = 1 << 18 };

static void
none_here(const struct slash *s, const struct convo *c)
{
	slash_say(s, "%s", convo_begin(c) ? _("no links here") :
	    _("no links here, as far as it is held; /history brings "
	    "older messages"));
}

static void
list(struct model *m, const struct links *l, const struct convo *c)
{
	int width = snprintf(NULL, 0, "%zu", links_count(l));
	bool all = convo_begin(c) && !links_more(l);
	int64_t now = clock_ms();
	const struct link *link;
	struct buf b, rows;

	buf_init(&rows, TEXT_CAP);
	for (size_t i = 0; (link = links_at(l, i)) != NULL; i++) {
		char when[32];

		listing_when(link->time, when);
		buf_addf(&rows, "%s%*zu  %s %s: %s", i > 0 ? "\n" : "", width,
		    i + 1, when, link->from, link->url);
	}
	buf_init(&b, LISTING_CAP);
	buf_adds(&b, all ?
	    _("the links of this conversation, the newest last:") :
	    _("the links of what is held here, the newest last; /history "
	    "brings older ones:"));
	listing_head(m, now, &b);
	listing_row(m, now, &rows);
}

bool
slash_links(struct run *r)
{
	const struct convo *c = model_current(r->s->model);

	links_find(r->s->links, c);
	if (links_count(r->s->links) == 0)
		none_here(r->s, c);
	else
		list(r->s->model, r->s->links, c);
	return true;
}

/* By the program that the person has set for it; else it is left to their
 * clipboard, or to them. */
static bool
open_link(const struct slash *s, const char *url)
{
	const char *command = settings_get(s->settings, SETTING_OPEN_WITH);
	struct buf uri;
	int error;

	if (*command == '\0' && s->copy != NULL) {
		s->copy(s->copy_arg, url);
		/* TRANSLATORS: a terminal may have a clipboard, and let
		 * programs write to it; %s is a link. */
		slash_say(s, _("copied, where the terminal lets us: %s"), url);
		return true;
	}
	if (*command == '\0') {
		slash_say(s, "%s", url);
		return true;
	}
	buf_init(&uri, 3 * URL_MAX + 1);
	url_uri(&uri, url, strlen(url));
	error = opener_run(command, buf_data(&uri));
	buf_release(&uri);
	if (error == 0)
		slash_say(s, _("opened: %s"), url);
	else
		slash_say(s, "%s: %s", command, strerror(error));
	return error == 0;
}

static bool
open_newest(struct run *r)
{
	const struct convo *c = model_current(r->s->model);
	struct links *l = links_new();
	size_t n;
	bool ok = false;

	links_find(l, c);
	n = links_count(l);
	if (n == 0)
		none_here(r->s, c);
	else
		ok = open_link(r->s, links_at(l, n - 1)->url);
	links_free(l);
	return ok;
}

/* Its number is that of the list which the person has seen last. */
bool
slash_open(struct run *r)
{
	const struct convo *c = model_current(r->s->model);
	struct links *l = r->s->links;
	int64_t n;

	if (r->arg[0] == NULL)
		return open_newest(r);
	if (links_count(l) == 0)
		links_find(l, c);
	if (links_count(l) == 0) {
		none_here(r->s, c);
		return false;
	}
	if (!wire_number(r->arg[0], (int64_t)links_count(l), &n) || n == 0) {
		slash_say(r->s, ngettext("/open: a number from 1 to %zu, as "
		    "/links lists them", "/open: a number from 1 to %zu, as "
		    "/links lists them", links_count(l)), links_count(l));
		return false;
	}
	return open_link(r->s, links_at(l, (size_t)n - 1)->url);
}
