# dfopt: `make help` lists the targets.
B       ?= build
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
LIBDIR  ?= $(PREFIX)/lib
MANDIR  ?= $(PREFIX)/share/man
VERSION := $(shell sed -n 's/.*DF_VERSION "\(.*\)"/\1/p' include/dfopt/version.h)

# The user's: hardened unless the packager says otherwise.
CFLAGS  ?= -O2 -g -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
# The tables are full of addresses: packed, the loader is done with them sooner.
LDFLAGS ?= -pie -Wl,-z,relro,-z,now,-z,pack-relative-relocs

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
CLISRC := $(sort $(wildcard src/report/*.c src/verify/*.c src/cli/*.c))
UNITS  := $(sort $(patsubst src/test/unit_%.c,%,$(wildcard src/test/unit_*.c)))
PASSES := $(sort $(basename $(notdir $(wildcard transforms/*.c))))
# What people wrote comes first: among rows that are tried in their order it wins.
YAML   := $(sort $(wildcard transforms/*.yaml)) \
	$(sort $(wildcard transforms/facts/*.yaml))

LIBOBJ := $(LIBSRC:src/%.c=$B/%.o) $(PASSES:%=$B/transforms/%.o) \
	$B/gen/pass_docs.o $B/gen/kb_data.o
CLIOBJ := $(CLISRC:src/%.c=$B/%.o)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: FORCE all
.PRECIOUS: $B/%/
.SECONDARY:

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

$B/dfopt.1: src/cli/dfopt.1.in $B/dfopt
	$B/dfopt debug man $< >$@

# --- tests ----------------------------------------------------------------

TEST_LIBS := -lcmocka -pthread $(LIBS) $(LDLIBS)
NO_MAIN   := $(filter-out $B/cli/main.o,$(CLIOBJ))
TEST_HELP := $(addprefix $B/test/,$(addsuffix .o,unit folder tree patch \
	property apply reports hostile))
FUZZERS   := $(sort $(patsubst src/test/fuzz_%.c,%,$(wildcard src/test/fuzz_*.c)))
TESTS     := $(addprefix $B/,units golden properties joins projects readers faults touched heavy)

$B/units: $B/test/main.o $(UNITS:%=$B/test/unit_%.o) $(TEST_HELP) $(NO_MAIN) \
		$B/libdfopt.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TEST_LIBS)

$B/joins: $B/test/join_rows.o $B/test/join_play.o
$B/projects: $B/test/project.o $B/test/grammar.o
$B/readers: $B/test/join_rows.o $B/test/grammar.o

# What it runs is the program as it is installed; the shim is preloaded into it.
$B/faults: $B/test/faults.o $B/test/world.o $B/test/folder.o $B/test/unit.o \
		$B/failing.so $B/libdfopt.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter-out %.so,$^) $(TEST_LIBS)

# The same without a shim: one is traced, the other limited.
$B/touched $B/heavy: $B/%: $B/test/%.o $B/test/trace.o $B/test/world.o \
		$B/test/folder.o $B/test/unit.o $B/libdfopt.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TEST_LIBS)

$B/failing.so: src/test/failing.c | $B/gen/
	$(CC) -std=c11 $(WARN) -O1 -fPIC -shared -o $@ $< -ldl

$(filter-out $B/units $B/faults $B/touched $B/heavy,$(TESTS)) $B/shells: $B/%: $B/test/%.o $(TEST_HELP) $(NO_MAIN) \
		$B/libdfopt.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(TEST_LIBS)

.PHONY: facts deps check-deps test check asan golden docs docs-check demo

deps:
	@sh src/tools/deps.sh build
check-deps:
	@sh src/tools/deps.sh check

# What is compiled goes side by side, unless somebody said how; tests do not.
JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN))

test: check-deps ## unit tests, golden cases, properties: the quick part
	@$(MAKE) --no-print-directory $(JOBS) all $(TESTS)
	@$(MAKE) --no-print-directory run-tests

.PHONY: run-tests
run-tests: all $(TESTS)
	$B/units
	$B/golden
	$B/properties
	$B/joins --count 300
	$B/joins --self-check --count 60
	$B/projects --count 200
	$B/readers --count 20
	DFOPT=$B/dfopt sh src/test/cli.sh
	DFOPT=$B/dfopt sh src/test/diff_check.sh
	DFOPT=$B/dfopt FAILING=$B/failing.so $B/faults
	DFOPT=$B/dfopt $B/touched
	DFOPT=$B/dfopt $B/heavy

check: test lint docs-check asan ## everything; installs what it misses

.PHONY: faults
faults: check-deps ## long: each call of many runs fails in turn, SEED for signals
	@$(MAKE) --no-print-directory all $B/faults
	DFOPT=$B/dfopt FAILING=$B/failing.so $B/faults --all --seed $(SEED)

ROWS     ?= 50000
PROJECTS ?= 10000
SEED     ?= $(shell date +%s)
.PHONY: torture
torture: check-deps ## long: ROWS rows of RUNs joined and executed, PROJECTS rewritten
	@$(MAKE) --no-print-directory $B/joins $B/projects $B/readers
	$B/projects --seed $(SEED) --count $(PROJECTS)
	$B/readers --seed $(SEED) --count 1000
	$B/joins --seed $(SEED) --count $(ROWS)

ASAN := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
asan: check-deps ## tests again under address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory $(JOBS) B=$B/asan CFLAGS='$(ASAN)' LDFLAGS= \
	    built-asan
	@$(MAKE) --no-print-directory B=$B/asan CFLAGS='$(ASAN)' LDFLAGS= run-asan

.PHONY: built-asan run-asan
built-asan: $B/units $B/golden $B/properties $(FUZZERS:%=$B/fuzz_%)
run-asan: $B/units $B/golden $B/properties
	$B/units
	$B/golden
	$B/properties
	@$(MAKE) --no-print-directory fuzz-short

# --- fuzzing --------------------------------------------------------------

FUZZ_SECONDS ?= 60
VARIANTS     ?= 10
VARIANTS_project = 3

# What a harness is fed: folders of src/test/seeds.sh.
SEEDS          := dockerfile
SEEDS_shell    := shell dockerfile
SEEDS_ignore   := ignore
SEEDS_manifest := manifest
SEEDS_project  := project
SEEDS_yaml     := yaml manifest
seeds_of        = $(addprefix $1/,$(or $(SEEDS_$2),$(SEEDS)))

FUZZ_HELP := $(addprefix test/,$(addsuffix .o,folder property apply reports \
	project mutate grammar)) $(patsubst src/%.c,%.o,$(wildcard src/report/*.c))

# Without libFuzzer: the harness on files and on variants of them.
$B/fuzz_%: $B/test/fuzz_%.o $B/test/replay.o $(addprefix $B/,$(FUZZ_HELP)) \
		$B/libdfopt.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS) $(LDLIBS)

.PHONY: seeds fuzz-short fuzz run-fuzz fuzz-afl run-fuzz-afl
seeds:
	@sh src/test/seeds.sh $B/seeds

fuzz-short: $(FUZZERS:%=$B/fuzz_%) seeds ## each fuzz harness on the seeds and variants of them
	@set -e; $(foreach f,$(FUZZERS),$B/fuzz_$f \
	    -variants=$(or $(VARIANTS_$f),$(VARIANTS)) \
	    $(call seeds_of,$B/seeds,$f);)

FUZZ := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
CLANG_FUZZ = B=$B/fuzz CC=clang LDFLAGS= \
	CFLAGS='$(FUZZ) -fsanitize=fuzzer-no-link'
fuzz: check-deps ## libFuzzer (clang): each harness for FUZZ_SECONDS
	@sh src/tools/deps.sh fuzz
	@$(MAKE) --no-print-directory $(JOBS) $(CLANG_FUZZ) built-fuzz
	@$(MAKE) --no-print-directory $(CLANG_FUZZ) run-fuzz

.PHONY: built-fuzz
built-fuzz: $(FUZZERS:%=$B/libfuzzer_%)

$B/libfuzzer_%: $B/test/fuzz_%.o $(addprefix $B/,$(FUZZ_HELP)) $B/libdfopt.a
	$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS) $(LDLIBS)

# The corpus stays in build/; a crash becomes a folder in testdata/hostile/.
run-fuzz: $(FUZZERS:%=$B/libfuzzer_%) seeds
	@set -e; $(foreach f,$(FUZZERS),mkdir -p $B/corpus/$f; \
	    $B/libfuzzer_$f -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	        -max_len=20000 -dict=src/test/dockerfile.dict -print_pcs=0 \
	        -artifact_prefix=$B/$f- $B/corpus/$f \
	        $(call seeds_of,$B/seeds,$f);)

# The same harnesses: AFL++ links them with a main of its own.
fuzz-afl: check-deps ## AFL++: each harness for FUZZ_SECONDS
	@sh src/tools/deps.sh afl
	@$(MAKE) --no-print-directory B=$B/afl CC=afl-clang-fast CFLAGS='-O1 -g' \
	    LDFLAGS= run-fuzz-afl

AFL := AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_AUTORESUME=1 \
	AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
run-fuzz-afl: $(FUZZERS:%=$B/libfuzzer_%) seeds
	@set -e; $(foreach f,$(FUZZERS),rm -rf $B/in; \
	    mkdir -p $B/in $B/found; \
	    cp -r $(addsuffix /.,$(call seeds_of,$B/seeds,$f)) $B/in; \
	    $(AFL) afl-fuzz -V $(FUZZ_SECONDS) -x src/test/dockerfile.dict \
	        -i $B/in -o $B/found/$f -- $B/libfuzzer_$f;)
	@! ls $B/found/*/default/crashes/id:* 2>/dev/null

# --- real images ----------------------------------------------------------

$B/e2e: $B/test/e2e.o $(NO_MAIN) $B/libdfopt.a
	$(CC) $(CFLAGS) $(LDFLAGS) -pthread -o $@ $^ $(LIBS) $(LDLIBS)

# As root on Debian: it fetches an engine and makes base images first. With
# E2E_OPTIONAL set, a machine that may run no engine (status 77) is no failure.
.PHONY: e2e
e2e: deps ## build real images before and after each kind of rewrite (root)
	@$(MAKE) --no-print-directory $(JOBS) $B/dfopt $B/e2e
	E2E_DIR=$B/e2e-engine DFOPT=$B/dfopt \
	    bash src/test/e2e/engine.sh run $B/e2e $(CASE) || \
	    { [ $$? -eq 77 ] && [ -n "$(E2E_OPTIONAL)" ]; }

golden: check-deps ## rewrite the expected files of the golden cases, show what changed
	@$(MAKE) --no-print-directory $B/golden
	$B/golden --update $(CASE)
	git diff --stat -- testdata

# --- documents ------------------------------------------------------------

docs: deps ## regenerate transforms/README.md from the passes
	@$(MAKE) --no-print-directory $B/dfopt
	$B/dfopt explain --all --format=markdown >transforms/README.md

docs-check: deps
	@$(MAKE) --no-print-directory $B/dfopt
	@$B/dfopt explain --all --format=markdown | cmp - transforms/README.md || \
	    { echo 'transforms/README.md is old: run make docs' >&2; exit 1; }

DEMO := testdata/corpus/node_legacy_demo/input
demo: deps ## rewrite a whole legacy Node application: report, file, diff
	@$(MAKE) --no-print-directory --silent $B/dfopt
	@sh src/tools/demo.sh $B/dfopt $(DEMO)

# --- care -----------------------------------------------------------------

SOURCES := $(sort $(wildcard include/dfopt/*.h src/*.c src/*/*.[ch] \
	transforms/*.c))

.PHONY: format lint bench install uninstall dist clean help
format: ## clang-format in place
	clang-format -i $(SOURCES)

lint: deps ## floors, globals, hardening; the format where clang-format is
	@$(MAKE) --no-print-directory $B/libdfopt.a $B/dfopt
	@sh src/tools/hardened.sh $B/dfopt
	@awk -f src/tools/floors.awk src/*/*.[ch]
	@size -A $B/libdfopt.a | awk '($$1 == ".data" || $$1 == ".bss") && \
	    $$2 > 0 { bad = 1; print "mutable global:", $$0 } END { exit bad }'
	@if command -v clang-format >/dev/null; then \
	    clang-format --dry-run -Werror $(SOURCES); \
	else echo 'lint: no clang-format here, format not checked'; fi

# Line coverage by all tests that `make test` runs.
.PHONY: coverage run-coverage analyze valgrind
coverage: check-deps ## lines that the tests reach, and those they do not
	@$(MAKE) --no-print-directory B=$B/coverage LDFLAGS=--coverage \
	    CFLAGS='-O0 -g --coverage -fprofile-update=atomic -w' run-coverage

run-coverage: all $(TESTS)
	@find $B -name '*.gcda' -delete
	@$(MAKE) -i --no-print-directory run-tests >$B/log 2>&1
	@sh src/tools/coverage.sh $B

# What analyzers say of our own sources.
analyze: check-deps ## what cppcheck and clang-tidy say, where they are
	@$(MAKE) --no-print-directory $B/libdfopt.a
	@sh src/tools/analyze.sh $(IN_SRC)

valgrind: check-deps ## unit tests and golden cases under valgrind
	@$(MAKE) --no-print-directory $B/golden $B/units
	valgrind -q --error-exitcode=9 --leak-check=full $B/units
	valgrind -q --error-exitcode=9 --leak-check=full $B/golden

facts: ## FACTS=DIR: write transforms/facts/ anew from the tables in DIR
	sh src/tools/facts.sh $(FACTS) transforms/facts
	git diff --stat -- transforms/facts

# Programs to measure with, which need nothing of ours.
$B/benchgen $B/measure: $B/%: src/tools/%.c | $B/
	$(CC) -std=c11 -D_POSIX_C_SOURCE=200809L $(WARN) $(CFLAGS) -o $@ $<

bench: deps ## time, memory, growth, peers; BENCH_BASE=PROGRAM compares
	@$(MAKE) --no-print-directory $B/dfopt $B/benchgen $B/measure
	@bash src/tools/bench.sh $B/dfopt $(BENCH_BASE)

install: all ## install below DESTDIR and PREFIX
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR) \
	    $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(PREFIX)/include/dfopt
	install -m755 $B/dfopt $(DESTDIR)$(BINDIR)/dfopt
	install -m644 $B/libdfopt.a $(DESTDIR)$(LIBDIR)/libdfopt.a
	install -m644 $B/dfopt.1 $(DESTDIR)$(MANDIR)/man1/dfopt.1
	install -m644 include/dfopt/* $(DESTDIR)$(PREFIX)/include/dfopt/

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(BINDIR)/dfopt $(DESTDIR)$(LIBDIR)/libdfopt.a \
	    $(DESTDIR)$(MANDIR)/man1/dfopt.1
	rm -rf $(DESTDIR)$(PREFIX)/include/dfopt

dist: ## a reproducible tarball of HEAD
	git archive --prefix=dfopt-$(VERSION)/ HEAD | gzip -n \
	    >dfopt-$(VERSION).tar.gz

clean: ## remove build/
	rm -rf $B

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' \
	    $(MAKEFILE_LIST)

-include $(shell find $B -name e2e-engine -prune -o -type f -name '*.d' -print 2>/dev/null)
