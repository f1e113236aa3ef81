/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/errors.h"

#include "tui/text.h"

#include <stddef.h>

static const char *const words[WIRE_ERRS] = {
	[WIRE_UNKNOWN_COMMAND] = N_("the server does not know this command"),
	[WIRE_MISSING_PARAMETER] =
	    N_("the server wants more parameters than these"),
	[WIRE_BAD_PARAMETER] = N_("the server does not take these parameters"),
	[WIRE_NO_INFORMATION] = N_("you are not logged in any more"),
	[WIRE_NO_SESSION] = N_("you are not logged in any more"),
	[WIRE_NO_ACCOUNT] = N_("there is no user of that name"),
	[WIRE_WRONG_PASSWORD] = N_("wrong password"),
	[WIRE_NO_SUCH_USER] = N_("there is no user of that name"),
	[WIRE_NO_SUCH_GROUP] = N_("there is no such group here"),
	[WIRE_NO_SUCH_REALM] = N_("there is no such realm here"),
	[WIRE_NAME_TAKEN] = N_("that name is taken"),
	[WIRE_BAD_NAME] = N_("that cannot be a name: letters of one script, "
	                     "digits and _ - . , at most 32"),
	[WIRE_RESERVED_NAME] = N_("that name means everyone, the server or "
	                          "oneself: take another one"),
	[WIRE_BAD_REAL_NAME] =
	    N_("that cannot be a real name: 1 to 64 characters"),
	[WIRE_WEAK_PASSWORD] =
	    N_("that password is too short for this server"),
	[WIRE_PASSWORD_TOO_LONG] =
	    N_("that password is too long: at most 1024 bytes"),
	[WIRE_REGISTRATION_CLOSED] = N_("this server takes no new accounts"),
	[WIRE_LINE_TOO_LONG] = N_("that is too long for one message"),
	[WIRE_BAD_UTF8] = N_("that is not valid UTF-8: type it anew"),
	[WIRE_TEXT_TOO_LONG] = N_("that is too long for one message"),
	[WIRE_TOPIC_TOO_LONG] = N_("that is too long: a topic or a reason has "
	                           "at most 512 bytes"),
	[WIRE_TEXT_EMPTY] = N_("a text in which nothing can be seen is no "
	                       "message"),
	[WIRE_BAD_JSON] = N_("the server could not read the text: say it anew"),
	[WIRE_BAD_TAG] =
	    N_("the server does not take the message's number: say it anew"),
	[WIRE_TAG_REUSED] =
	    N_("the server takes it for an earlier message: say it anew"),
	[WIRE_BAD_TARGET] = N_("that is nobody's name"),
	[WIRE_RATE_LIMITED] = N_("too many at once"),
	[WIRE_TOO_MANY_CONNECTIONS] = N_("the server is full"),
	[WIRE_TOO_MANY_SESSIONS] = N_("you are logged in too often"),
	[WIRE_NOT_MEMBER] = N_("you are no member of that group"),
	[WIRE_NO_SUCH_MEMBER] = N_("that is nobody in the group"),
	[WIRE_INVITE_ONLY] = N_("only who was invited may join that group"),
	[WIRE_BANNED] = N_("you are banned"),
	[WIRE_MUTED] = N_("you are muted"),
	[WIRE_GROUP_FULL] = N_("that group is full"),
	[WIRE_TOO_MANY_GROUPS] = N_("you are in too many groups already"),
	[WIRE_DENIED] = N_("you may not do that"),
	[WIRE_REALM_UNREACHABLE] = N_("that realm cannot be reached now"),
	[WIRE_BUSY] = N_("the server is busy"),
	[WIRE_STORAGE] = N_("the server's disk refused it: nothing was sent"),
};

const char *
errors_words(enum wire_err err)
{
	return words[err] == NULL ? NULL : _(words[err]);
}
