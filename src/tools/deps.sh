#!/bin/sh
# deps.sh build|check|fuzz|afl - see that the Debian packages of a purpose are there.
# As root, or with sudo that asks nothing, what is missing is installed; else
# the exact line to run is printed, and the status is 1.
set -eu

CC=${CC:-cc}
missing=

# has_header HEADER [#define…]: does the compiler find it?
has_header() {
    printf '%s\n#include <stddef.h>\n#include <stdint.h>\n#include <%s>\n' \
        "${2-}" "$1" | $CC -E -x c - >/dev/null 2>&1
}

need() {
    package=$1
    shift
    "$@" || missing="$missing $package"
}

has_program() { command -v "$1" >/dev/null 2>&1; }

need libpcre2-dev has_header pcre2.h '#define PCRE2_CODE_UNIT_WIDTH 8'
need libyaml-dev has_header yaml.h
need libjansson-dev has_header jansson.h
if [ "${1-build}" = check ]; then
    printf '#include <stdarg.h>\n#include <stddef.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <cmocka.h>\n' |
        $CC -E -x c - >/dev/null 2>&1 || missing="$missing libcmocka-dev"
    need git has_program git
    need patch has_program patch
    need busybox-static has_program busybox
    need shfmt has_program shfmt
fi
# Not only there: its library links.
has_libfuzzer() {
    has_program clang && [ -e "$(clang -print-runtime-dir 2>/dev/null)" ] &&
        ls "$(clang -print-runtime-dir)"/libclang_rt.fuzzer* >/dev/null 2>&1
}
if [ "${1-build}" = fuzz ]; then
    has_libfuzzer || missing="$missing clang libclang-rt-14-dev"
fi
if [ "${1-build}" = afl ]; then
    need afl++ has_program afl-clang-fast
fi
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    if has_program sudo && sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        echo "missing packages; please run:" >&2
        echo "  sudo apt-get install -y$missing" >&2
        exit 1
    fi
fi
if ! has_program apt-get; then
    echo "missing (names of Debian's packages):$missing" >&2
    exit 1
fi

# A mirror may be busy for a moment: a few tries, a little apart.
export DEBIAN_FRONTEND=noninteractive
for pause in 2 10 30; do
    if $as_root apt-get update -q >/dev/null &&
        $as_root apt-get install -y -q --no-install-recommends $missing >/dev/null; then
        exit 0
    fi
    sleep "$pause"
done
echo "could not install:$missing" >&2
exit 1
