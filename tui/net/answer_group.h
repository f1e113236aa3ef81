/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answers that are about groups, administration and links to other realms,
 * as notices: answer.c's, for its table.  Each says false for a reply that is
 * not of the form that it must have.
 */
#ifndef TUI_NET_ANSWER_GROUP_H
#define TUI_NET_ANSWER_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct model;

bool answer_groups(struct model *, int64_t now, const json_t *reply);
bool answer_members(struct model *, int64_t now, const json_t *reply);
bool answer_topic(struct model *, int64_t now, const json_t *reply);
bool answer_rules(struct model *, int64_t now, const json_t *reply);
bool answer_links(struct model *, int64_t now, const json_t *reply);

#endif
