/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVER_CHAT_REGISTER_H
#define SERVER_CHAT_REGISTER_H

#include "shared/wire.h"

struct chat;

/* WIRE_OK, or why it cannot be one. */
enum wire_err password_ok(const struct chat *, const char *password);

#endif
