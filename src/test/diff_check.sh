#!/bin/sh
# Our diffs against the tools that read them: for random pairs of texts,
# `patch -p1` and `git apply` both turn the first into the second, and no diff
# has more lines than that of `diff -u --minimal`. Texts have CR line ends, NUL
# bytes, missing last newlines; some are empty. Names have blanks and quotes.
#
#     src/test/diff_check.sh [COUNT [SEED]]
#
# Ends with "N passed, N failed"; exit status 1 if any failed.
set -u
LC_ALL=C
export LC_ALL
count=${1:-150}
seed=${2:-1}
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
cd "$root" || exit 1

cat >"$tmp/main.c" <<'C'
#include <stdio.h>

#include "base/arena.h"
#include "base/io.h"
#include "text/diff.h"

int main(int argc, char **argv)
{
    df_arena arena;
    df_str texts[2];
    df_err err;
    df_buf out;

    if (argc != 5)
        return 2;
    df_arena_init(&arena, NULL, NULL);
    for (int i = 0; i < 2; i++)
        if (!df_read_file(&arena, argv[1 + i], 1 << 28, &texts[i], &err)) {
            fprintf(stderr, "%s: %s\n", argv[1 + i], err.text);
            return 2;
        }
    df_buf_init(&out, &arena);
    df_diff_unified(&out, texts[0], texts[1], argv[3], argv[4]);
    fwrite(df_buf_str(&out).ptr, 1, out.len, stdout);
    df_arena_release(&arena);
    return 0;
}
C
# shellcheck disable=SC2086 # CFLAGS is a list
${CC:-cc} ${CFLAGS:--O1 -g} -std=c11 -D_POSIX_C_SOURCE=200809L -Iinclude \
    -Isrc -o "$tmp/udiff" "$tmp/main.c" src/text/diff.c src/base/*.c || exit 1

# A random text and a variant of it, both with ^ for CR and @ for NUL.
generate() {
    awk -v seed="$1" -v one="$tmp/one" -v two="$tmp/two" '
    function word() { return substr("abcdefghij", 1 + int(rand() * kinds), 1) }
    function line(  s) {
        s = word()
        if (rand() < .2) s = s "^"
        if (rand() < .1) s = s "@" word()
        if (rand() < .1) s = s "\\ x -- y"
        return s
    }
    function save(file, text) {
        if (rand() < .25) sub(/\n$/, "", text)
        printf "%s", text > file
    }
    BEGIN {
        srand(seed)
        kinds = 1 + int(rand() * 10)
        n = rand() < .1 ? 0 : int(rand() * 40)
        rate = rand() < .3 ? .6 : .1
        for (i = 0; i < n; i++) {
            l = line()
            a = a l "\n"
            if (rand() > rate / 2) b = b (rand() < rate / 2 ? line() : l) "\n"
            if (rand() < rate / 2) b = b line() "\n"
        }
        if (rand() < .05) b = ""
        save(one, a)
        save(two, b)
    }'
    for file in one two; do
        tr '^@' '\r\000' <"$tmp/$file" >"$tmp/$file.text"
    done
}

changed_lines() {
    grep -ac '^[-+]' "$1"
}

# A patch that empties a file may delete it: both tools then mean the same.
same_or_gone() {
    cmp -s "$1" "$2" || { [ ! -s "$2" ] && [ ! -e "$1" ]; }
}

check() { # name of the file in the patch
    rm -rf "$tmp/p" "$tmp/g"
    mkdir "$tmp/p" "$tmp/g"
    cp "$tmp/one.text" "$tmp/p/$1"
    cp "$tmp/one.text" "$tmp/g/$1"
    "$tmp/udiff" "$tmp/one.text" "$tmp/two.text" "a/$1" "b/$1" \
        >"$tmp/ours" || return 1
    if cmp -s "$tmp/one.text" "$tmp/two.text"; then
        [ ! -s "$tmp/ours" ]
        return
    fi
    diff -au --minimal "$tmp/one.text" "$tmp/two.text" >"$tmp/theirs"
    [ "$(changed_lines "$tmp/ours")" -le "$(changed_lines "$tmp/theirs")" ] ||
        { echo "longer than diff -u"; return 1; }
    (cd "$tmp/p" && patch -s -p1 <../ours) ||
        { echo "patch refuses"; return 1; }
    same_or_gone "$tmp/p/$1" "$tmp/two.text" ||
        { echo "patch makes something else"; return 1; }
    (cd "$tmp/g" && GIT_CEILING_DIRECTORIES=$tmp git apply \
        --whitespace=nowarn ../ours) || { echo "git refuses"; return 1; }
    same_or_gone "$tmp/g/$1" "$tmp/two.text" ||
        { echo "git makes something else"; return 1; }
}

passed=0
failed=0
judge() { # what was checked; status
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok: $1"
    fi
}

i=0
while [ "$i" -lt "$count" ]; do
    generate $((seed + i))
    case $((i % 4)) in
    0) name='Dockerfile' ;;
    1) name='a file' ;;
    2) name='say "hi"\now' ;;
    3) name="tab$(printf '\t\303\251')" ;;
    esac
    check "$name"
    judge "seed $((seed + i)), $name" $?
    i=$((i + 1))
done

# 20,000 lines against 20,000 others: in two seconds and 64 MB.
awk 'BEGIN { for (i = 0; i < 20000; i++) print "old", i * 7919 % 20011 }' \
    >"$tmp/one.text"
awk 'BEGIN { for (i = 0; i < 20000; i++) print i % 9 ? "old" : "new", \
    i * 104729 % 20011 }' >"$tmp/two.text"
(
    # shellcheck disable=SC3045 # dash, bash, ksh and busybox know it
    ulimit -t 2
    # Sanitizers reserve terabytes of addresses.
    # shellcheck disable=SC3045
    case ${CFLAGS:-} in *sanitize*) ;; *) ulimit -v 65536 ;; esac
    "$tmp/udiff" "$tmp/one.text" "$tmp/two.text" a/f b/f >"$tmp/ours"
) && cp "$tmp/one.text" "$tmp/f" && (cd "$tmp" && patch -s -p1 <ours) &&
    cmp -s "$tmp/f" "$tmp/two.text"
judge "20,000 lines, all different" $?

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
