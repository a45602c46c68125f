# dfopt: `make help` lists the targets.
B       ?= build
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
LIBDIR  ?= $(PREFIX)/lib
MANDIR  ?= $(PREFIX)/share/man
VERSION := $(shell sed -n 's/.*DF_VERSION "\(.*\)"/\1/p' include/dfopt/version.h)

# The user's: hardened unless the packager says otherwise.
CFLAGS  ?= -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
LDFLAGS ?= -Wl,-z,relro,-z,now

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla \
	-Wformat=2 -Wswitch-enum -Wimplicit-fallthrough $(WERROR)
OURS := -std=c11 -D_POSIX_C_SOURCE=200809L $(WARN) -fvisibility=hidden \
	-ffile-prefix-map=$(CURDIR)=. -MMD -MP -Iinclude
IN_SRC := -Isrc -I$B/gen
LIBS := -lpcre2-8 -lyaml -ljansson

FLOORS := base text syntax shell context kb facts pass
LIBSRC := src/lib.c src/inspect.c $(sort $(wildcard $(FLOORS:%=src/%/*.c)))
CLISRC := $(sort $(wildcard src/report/*.c src/cli/*.c))
UNITS  := $(sort $(patsubst src/test/unit_%.c,%,$(wildcard src/test/unit_*.c)))
PASSES := $(sort $(basename $(notdir $(wildcard transforms/*.c))))
YAML   := $(sort $(wildcard transforms/*.yaml))

LIBOBJ := $(LIBSRC:src/%.c=$B/%.o) $(PASSES:%=$B/transforms/%.o) \
	$B/gen/pass_docs.o $B/gen/kb_data.o
CLIOBJ := $(CLISRC:src/%.c=$B/%.o)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: FORCE all

all: $B/dfopt $B/libdfopt.a $B/dfopt.1 ## library and program into build/

# --- generated ------------------------------------------------------------
# Lists come from the names of files and are rewritten only when they change.

$B/gen/passes.def: FORCE | $B/gen/
	@printf 'PASS(%s)\n' $(PASSES) >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$B/gen/units.def: FORCE | $B/gen/
	@printf 'UNIT(%s)\n' $(UNITS) >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

EXAMPLES := $(wildcard $(PASSES:%=testdata/transforms/%/example/*/Dockerfile))
$B/gen/pass_docs.c: $(PASSES:%=transforms/%.c) $(EXAMPLES) \
		src/tools/passdoc.sh $B/gen/passes.def
	sh src/tools/passdoc.sh $(PASSES) >$@

# The knowledge is compiled in: the loader that reads a user's YAML at run
# time reads ours at build time.
KBGENSRC := src/tools/kbgen.c src/kb/kb_load.c src/kb/schema.c src/kb/kb_index.c \
	src/text/regex.c $(sort $(wildcard src/base/*.c))
KBGENOBJ := $(KBGENSRC:src/%.c=$B/%.o)

$B/kbgen: $(KBGENOBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lyaml -lpcre2-8 $(LDLIBS)

$B/gen/kb_data.c: $B/kbgen $(YAML)
	$B/kbgen $(YAML) >$@

# --- objects --------------------------------------------------------------

$B/%.o: src/%.c | $B/gen/passes.def $B/gen/units.def
	@mkdir -p $(@D)
	$(CC) $(OURS) $(IN_SRC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Public headers only: a pass that needs more than these needs a better SDK.
$B/transforms/%.o: transforms/%.c | $B/transforms/
	$(CC) $(OURS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$B/gen/%.o: $B/gen/%.c
	$(CC) $(OURS) $(IN_SRC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$B/libdfopt.a: $(LIBOBJ)
	@rm -f $@
	$(AR) rcsD $@ $^

$B/dfopt: $(CLIOBJ) $B/libdfopt.a
	$(CC) $(CFLAGS) $(LDFLAGS) -pthread -o $@ $^ $(LIBS) $(LDLIBS)

$B/%/:
	@mkdir -p $@

-include $(shell find $B -name '*.d' 2>/dev/null)
