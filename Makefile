# SPDX-License-Identifier: GPL-3.0-or-later
#
#   make            both programs, in build/plain
#   make demo       installs what is missing, builds, opens a chat to try
#   make demo-realms   the same with two linked servers
#   make check      installs what the tests need, builds, runs every test
#   make SAN=address,undefined   (or SAN=thread) the same under sanitizers
#   make DEBUG=1    the same for a debugger, in build/debug
#   make test T=unit/chat/message_test   builds and runs one test, or several
#   make compile_commands.json   how each file is compiled, for editors
#   make po         brings the translations' lists of texts up to date
#   make install    PREFIX (/usr/local) and DESTDIR as usual
#   make V=1        shows the commands as they are run
#
# Objects, programs and tests lie in build/<kind>/, so the kinds of build do
# not disturb each other.  A folder of sources is an archive: what may use
# what (README.md, "Tour") shows in what is linked.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
LOCALEDIR ?= $(PREFIX)/share/locale
INSTALL ?= install
VERSION := 0.1.0

SAN ?=
DEBUG ?=
comma := ,
KIND := $(if $(SAN),$(subst $(comma),-,$(SAN)),$(if $(DEBUG),,plain))
KIND := $(KIND)$(if $(DEBUG),$(if $(SAN),-)debug)
B := build/$(KIND)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
    -Wmissing-prototypes -Wold-style-definition -Wformat=2 -Wwrite-strings \
    -Wcast-qual -Wundef -Wvla -Wpointer-arith -Wimplicit-fallthrough
HARDEN := -fstack-protector-strong -fPIE \
    -U_FORTIFY_SOURCE $(if $(SAN)$(DEBUG),,-D_FORTIFY_SOURCE=3)
HARDEN_LD := -pie -Wl,-z,relro -Wl,-z,now
OPT := $(if $(DEBUG),-Og -g3,$(if $(SAN),-O1,-O2) -g) \
    $(if $(SAN),-fno-omit-frame-pointer)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) \
    $(if $(findstring undefined,$(SAN)),-fno-sanitize-recover=all))

Q := $(if $(V),,@)

# CFLAGS, CPPFLAGS and LDFLAGS are the person's own and come last.
ALL_CPPFLAGS = -I. -D_GNU_SOURCE -DCHAT_VERSION='"$(VERSION)"' $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(OPT) $(WARN) $(if $(WERROR),-Werror) $(HARDEN) \
    $(SANFLAGS) -pthread -MMD -MP $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) $(SANFLAGS) -pthread $(LDFLAGS)

# What makes another object of the same source.
FLAGS = $(CC) $(ALL_CPPFLAGS) $(filter-out -Werror,$(ALL_CFLAGS))
quoted = '$(subst ','\'',$(1))'

# ---- what there is --------------------------------------------------------

objs = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)))

SHARED_O := $(call objs,shared/*.c)
WORK_O := $(call objs,server/work/*.c)
STORE_O := $(call objs,server/store/*.c)
DIRECTORY_O := $(call objs,server/directory/*.c)
CHAT_O := $(call objs,server/chat/*.c)
DIALECT_O := $(call objs,server/dialect/*.c)
REALM_O := $(call objs,server/realm/*.c)
TOP_O := $(filter-out $(B)/server/main.o,$(call objs,server/*.c))
TUI_O := $(filter-out $(B)/tui/main.o,$(call objs,tui/*.c tui/*/*.c))
TESTLIB_O := $(call objs,tests/lib/*.c)

A_SHARED := $(B)/shared.a
A_WORK := $(B)/work.a
A_STORE := $(B)/store.a
A_DIRECTORY := $(B)/directory.a
A_CHAT := $(B)/chat.a
A_DIALECT := $(B)/dialect.a
A_REALM := $(B)/realm.a
A_TOP := $(B)/top.a
A_TUI := $(B)/tui.a
A_TESTLIB := $(B)/testlib.a

L_SHARED := -lunistring
L_WORK := -lsodium
L_STORE := -lsqlite3
L_JSON := -ljansson
L_TOP := -lseccomp
L_TUI := -lreadline -lncursesw -ltinfo
L_TEST := -lcmocka

PROGRAMS := $(B)/chat-server $(B)/chat-tui

# Without msgfmt chat-tui is built all the same, and speaks English.
PO := $(wildcard tui/po/*.po)
CATALOGS := $(if $(shell command -v msgfmt 2>/dev/null),\
    $(PO:tui/po/%.po=$(B)/locale/%/LC_MESSAGES/chat-tui.mo))

.PHONY: all
all: $(PROGRAMS) $(CATALOGS)
	$(if $(CATALOGS),@:,@echo "no msgfmt (package gettext): no translations")

$(A_SHARED): $(SHARED_O)
$(A_WORK): $(WORK_O)
$(A_STORE): $(STORE_O)
$(A_DIRECTORY): $(DIRECTORY_O)
$(A_CHAT): $(CHAT_O)
$(A_DIALECT): $(DIALECT_O)
$(A_REALM): $(REALM_O)
$(A_TOP): $(TOP_O)
$(A_TUI): $(TUI_O)
$(A_TESTLIB): $(TESTLIB_O)

$(B)/%.a:
	@echo "  AR  $@"
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(B)/%.o: %.c $(B)/flags
	@echo "  CC  $@"
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# A file that is as new as the last change of its text.
.PHONY: always
keep_text = @mkdir -p $(@D); echo $(call quoted,$(1)) | cmp -s - $@ || \
    echo $(call quoted,$(1)) >$@
$(B)/flags: always
	$(call keep_text,$(FLAGS) | $(ALL_LDFLAGS))

.PHONY: compile_commands.json
json = $(subst ",\",$(subst \,\\,$(1)))
compile_commands.json:
	@{ echo '['; for f in $$(find shared server tui tests -name '*.c'); do \
	    printf '{"directory": "%s", "file": "%s", "command": "%s"}\n' \
	        $(call quoted,$(call json,$(CURDIR))) "$$f" \
	        $(call quoted,$(call json,$(FLAGS) \
	            -DLOCALEDIR='"$(LOCALEDIR)"' -c))" $$f"; \
	done | sed '$$!s/$$/,/'; echo ']'; } >$@

link = @echo "  LD  $@"; $(if $(V),set -x;) $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) \
    -Wl,--start-group $(filter %.a,$^) -Wl,--end-group

SERVER_A := $(A_TOP) $(A_DIALECT) $(A_REALM) $(A_CHAT) $(A_DIRECTORY) \
    $(A_STORE) $(A_WORK) $(A_SHARED)

$(B)/chat-server: $(B)/server/main.o $(SERVER_A)
	$(link) $(L_TOP) $(L_JSON) $(L_STORE) $(L_WORK) $(L_SHARED)

$(B)/chat-tui: $(B)/tui/main.o $(A_TUI) $(A_SHARED)
	$(link) $(L_TUI) $(L_JSON) $(L_SHARED)

# ---- languages (tui/text.h) -----------------------------------------------

$(B)/locale/%/LC_MESSAGES/chat-tui.mo: tui/po/%.po
	@echo "  PO  $@"
	@mkdir -p $(@D)
	$(Q)msgfmt --check -o $@ $<

# Installed, the catalogs are in LOCALEDIR; who changes it builds that anew.
$(B)/tui/text.o: private ALL_CPPFLAGS += -DLOCALEDIR='"$(LOCALEDIR)"'
$(B)/tui/text.o: $(B)/localedir
$(B)/localedir: always
	$(call keep_text,$(LOCALEDIR))

# All texts that there are; it is made from the sources and not kept.
build/chat-tui.pot: $(wildcard tui/*.[ch] tui/*/*.[ch])
	@mkdir -p $(@D)
	$(Q)xgettext --language=C --keyword --keyword=_ --keyword=N_ \
	    --keyword=C_:1c,2 --keyword=ngettext:1,2 --add-comments=TRANSLATORS: \
	    --add-location=file --sort-by-file --from-code=UTF-8 \
	    --package-name=chat-tui --package-version=$(VERSION) \
	    --copyright-holder='the chat authors' -o $@ $(sort $^)

.PHONY: po
po: build/chat-tui.pot
	for p in $(PO); do \
	    msgmerge --update --backup=none --no-fuzzy-matching \
	        --add-location=file $$p $< || exit 1; \
	done

# ---- tests ----------------------------------------------------------------
#
# tests/unit/LAYER/x_test.c is linked with LAYER and what LAYER may use, no
# more: that it links proves that the layer stands alone.  directory's and
# chat's are linked with a store and a password hash that are fakes
# (tests/unit/chat/*_fake.c).

tests_of = $(patsubst %.c,$(B)/%,$(wildcard $(1)))

T_SHARED := $(call tests_of,tests/unit/shared/*_test.c)
T_WORK := $(call tests_of,tests/unit/work/*_test.c)
T_STORE := $(call tests_of,tests/unit/store/*_test.c)
T_DIRECTORY := $(call tests_of,tests/unit/directory/*_test.c)
T_CHAT := $(call tests_of,tests/unit/chat/*_test.c)
T_DIALECT := $(call tests_of,tests/unit/dialect/*_test.c)
T_REALM := $(call tests_of,tests/unit/realm/*_test.c)
T_TOP := $(call tests_of,tests/unit/top/*_test.c)
T_TUI := $(call tests_of,tests/unit/tui/*_test.c)
T_UNIT := $(T_SHARED) $(T_WORK) $(T_STORE) $(T_DIRECTORY) $(T_CHAT) \
    $(T_DIALECT) $(T_REALM) $(T_TOP) $(T_TUI)
T_WIRE := $(call tests_of,tests/wire/*_test.c)
T_SCREEN := $(call tests_of,tests/screen/*_test.c)
T_CRASH := $(call tests_of,tests/crash/*_test.c)
T_FUZZ := $(call tests_of,tests/fuzz/*_fuzz.c)

# No test is left out: a function that stands in no table does not compile, and
# a file that no list above has stops make.
$(B)/tests/%.o: private ALL_CFLAGS += -Werror=missing-prototypes \
    $(addprefix -Werror=unused-,function variable const-variable)
T_ALL := $(T_UNIT) $(T_WIRE) $(T_SCREEN) $(T_CRASH) $(T_FUZZ)
STRAY := $(filter-out $(T_ALL:$(B)/%=%.c),\
    $(shell find tests -name '*_test.c' -o -name '*_fuzz.c'))
$(if $(STRAY),$(error no list of tests has $(STRAY)))

CHAT_FAKES := $(call objs,tests/unit/chat/*_fake.c)
STORE_FAKES := $(call objs,tests/unit/chat/store_*fake.c)
TUI_FAKES := $(call objs,tests/unit/tui/*_fake.c)
PAGE := $(B)/tests/lib/page.o

$(T_SHARED): %: %.o $(A_SHARED)
	$(link) $(L_TEST) $(L_SHARED)
$(T_WORK): %: %.o $(A_WORK) $(A_SHARED)
	$(link) $(L_TEST) $(L_WORK) $(L_SHARED)
$(T_STORE): %: %.o $(A_STORE) $(A_SHARED)
	$(link) $(L_TEST) $(L_STORE) $(L_SHARED)
$(T_DIRECTORY): %: %.o $(STORE_FAKES) $(A_DIRECTORY) $(A_WORK) $(A_SHARED)
	$(link) $(L_TEST) $(L_WORK) $(L_SHARED)
$(T_CHAT): %: %.o $(CHAT_FAKES) $(A_CHAT) $(A_DIRECTORY) $(A_WORK) $(A_SHARED)
	$(link) $(L_TEST) $(L_WORK) $(L_SHARED)
# The words for roles, modes and acts are the wire's as much as the chat's.
$(T_DIALECT): %: %.o $(B)/server/chat/names.o $(A_DIALECT) $(A_SHARED)
	$(link) $(L_TEST) $(L_JSON) $(L_SHARED)
$(T_REALM): %: %.o $(SERVER_A)
	$(link) $(L_TEST) $(L_TOP) $(L_JSON) $(L_STORE) $(L_WORK) $(L_SHARED)
# The pages of the manual are held to what the program does.
$(T_TOP): %: %.o $(PAGE) $(SERVER_A)
	$(link) $(L_TEST) $(L_TOP) $(L_JSON) $(L_STORE) $(L_WORK) $(L_SHARED)
$(T_TUI): %: %.o $(TUI_FAKES) $(PAGE) $(A_TUI) $(A_SHARED)
	$(link) $(L_TEST) $(L_TUI) $(L_JSON) $(L_SHARED)
$(T_WIRE) $(T_CRASH): %: %.o $(A_TESTLIB) $(A_SHARED) | $(PROGRAMS)
	$(link) $(L_TEST) $(L_JSON) $(L_STORE) $(L_SHARED)
$(T_SCREEN): %: %.o $(A_TESTLIB) $(A_SHARED) | $(PROGRAMS) $(CATALOGS)
	$(link) $(L_TEST) -lvterm -lutil $(L_JSON) $(L_STORE) $(L_SHARED)
$(T_FUZZ): %: %.o $(A_TUI) $(SERVER_A)
	$(link) $(L_TUI) $(L_TOP) $(L_JSON) $(L_STORE) $(L_WORK) $(L_SHARED)

.PHONY: tests
tests: all $(T_ALL)

.PHONY: bench
bench: $(B)/tests/bench/connections all
	CHAT_BUILD=$(B) $(B)/tests/bench/connections

.PHONY: bench-tui
bench-tui: $(B)/tests/bench/tui all
	CHAT_BUILD=$(B) $(B)/tests/bench/tui

$(B)/tests/bench/tui: $(call objs,tests/bench/tui.c tests/bench/feed.c \
    tests/bench/glass.c) $(A_SHARED) | $(PROGRAMS)
	$(link) -lutil $(L_SHARED)
$(B)/tests/bench/%: $(B)/tests/bench/%.o $(A_TESTLIB) $(A_SHARED) | $(PROGRAMS)
	$(link) $(L_TEST) $(L_JSON) $(L_SHARED)

.PHONY: unit wire screen crash fuzz
RUN = CHAT_BUILD=$(B) tests/run.sh
unit: all $(T_UNIT)
	$(RUN) $(T_UNIT)
wire: all $(T_WIRE)
	$(RUN) $(T_WIRE)
screen: all $(T_SCREEN)
	$(RUN) $(T_SCREEN)
crash: all $(T_CRASH)
	$(RUN) $(T_CRASH)
fuzz: all $(T_FUZZ)
	$(RUN) $(T_FUZZ)

# make test T=unit/chat/message_test, or T="wire/text_test fuzz/wire_fuzz"
T_ASKED := $(addprefix $(B)/tests/,$(patsubst tests/%,%,$(basename $(T))))
.PHONY: test
test: $(T_ASKED)
	$(if $(T),$(RUN) $(T_ASKED),$(error which test? T=unit/chat/message_test))

# All tests of one kind of build, and what `make check` runs: everything plain,
# everything under ASan and UBSan, and what has threads under TSan.
.PHONY: check-one check-threads check
check-one: tests
	$(RUN) $(T_CRASH) $(T_UNIT) $(T_FUZZ) $(T_WIRE) $(T_SCREEN)

THREADED := $(T_WORK) $(T_STORE) $(B)/tests/unit/shared/queue_test \
    $(B)/tests/unit/shared/trace_test \
    $(B)/tests/unit/shared/resolve_test $(B)/tests/unit/shared/dial_test \
    $(T_WIRE)
check-threads: all $(THREADED)
	$(RUN) $(THREADED)

check: deps
	@rm -f build/tally
	$(MAKE) check-one CHECK_TALLY=build/tally
	$(MAKE) check-one SAN=address,undefined CHECK_TALLY=build/tally
	$(MAKE) check-threads SAN=thread CHECK_TALLY=build/tally
	@tests/run.sh --sum build/tally

# ---- what the machine must have -------------------------------------------

DEPS := gcc make libc6-dev libncurses-dev libreadline-dev libsqlite3-dev \
    libsodium-dev libjansson-dev libunistring-dev libseccomp-dev gettext
DEPS_CHECK := libcmocka-dev libvterm-dev mandoc netcat-openbsd procps

.PHONY: deps deps-build
deps-build:
	@tests/deps.sh $(DEPS)
deps:
	@tests/deps.sh $(DEPS) $(DEPS_CHECK)

.PHONY: demo demo-realms demo-build
demo-build: deps-build
	@mkdir -p build
	@$(MAKE) --no-print-directory all >build/demo.log 2>&1 </dev/null || \
	    { cat build/demo.log >&2; exit 1; }
demo: demo-build
	@CHAT_BUILD=$(B) tests/demo.sh
demo-realms: demo-build
	@CHAT_BUILD=$(B) tests/demo_realms.sh

.PHONY: lint
lint:
	tests/lint.sh

# The server used to be installed there.  A person's PATH does not have that
# folder; root's has it first, so an old server there would hide the new one.
OLD_SERVER = $(DESTDIR)$(PREFIX)/sbin/chat-server

.PHONY: install uninstall
install: all
	rm -f $(OLD_SERVER)
	$(INSTALL) -d $(DESTDIR)$(BINDIR) \
	    $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 \
	    $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(MANDIR)/man8
	$(INSTALL) -m 755 $(B)/chat-server $(DESTDIR)$(BINDIR)/chat-server
	$(INSTALL) -m 755 $(B)/chat-tui $(DESTDIR)$(BINDIR)/chat-tui
	for p in man/*.[1-8]; do \
	    $(INSTALL) -m 644 $$p $(DESTDIR)$(MANDIR)/man$${p##*.}/ || exit 1; \
	done
	for m in $(CATALOGS:$(B)/locale/%=%); do \
	    $(INSTALL) -d $(DESTDIR)$(LOCALEDIR)/$${m%/*} && \
	    $(INSTALL) -m 644 $(B)/locale/$$m $(DESTDIR)$(LOCALEDIR)/$$m || \
	        exit 1; \
	done
uninstall:
	rm -f $(OLD_SERVER) $(DESTDIR)$(BINDIR)/chat-server \
	    $(DESTDIR)$(BINDIR)/chat-tui
	rm -f $(PO:tui/po/%.po=$(DESTDIR)$(LOCALEDIR)/%/LC_MESSAGES/chat-tui.mo)
	for p in man/*.[1-8]; do \
	    rm -f $(DESTDIR)$(MANDIR)/man$${p##*.}/$${p#man/}; \
	done

.PHONY: clean
clean:
	rm -rf build compile_commands.json

-include $(shell find build -name '*.d' 2>/dev/null)
.SECONDARY:
