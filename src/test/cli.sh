#!/bin/sh
# The program from outside: one case is one folder of testdata/cli/.
#
#     cmd                  a shell script; the program is "$DFOPT"
#     files/               what it finds in its directory (may be missing)
#     stdout stderr exit   what must come out, byte for byte
#     needs                words: "user" (not root), "full" (/dev/full)
#
#     DFOPT=build/dfopt src/test/cli.sh [CASE...]
#     UPDATE=1 src/test/cli.sh [CASE...]     rewrite what must come out
#
# Ends with "N passed, N failed"; exit status 1 if any failed.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
cases=$root/testdata/cli
DFOPT=${DFOPT:-$root/build/dfopt}
case $DFOPT in /*) ;; *) DFOPT=$PWD/$DFOPT ;; esac
tmp=$(mktemp -d) || exit 1
# Files may be unreadable, directories read-only.
trap 'chmod -R u+rwx "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# Nothing of the caller's world reaches a case.
for name in $(env | sed -n 's/^\(GIT_[A-Z_0-9]*\)=.*/\1/p') NO_COLOR; do
    unset "$name"
done
# A program called docker that builds nothing: see there.
FAKE_BIN=$root/src/test/fake
SOURCE=$root
export DFOPT FAKE_BIN SOURCE
export LC_ALL=C TERM=dumb HOME="$tmp/home" XDG_CONFIG_HOME="$tmp/home"
export GIT_CONFIG_NOSYSTEM=1 GIT_CEILING_DIRECTORIES="$tmp"
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
mkdir "$tmp/home"
printf '[init]\n\tdefaultBranch = main\n' >"$tmp/home/.gitconfig"

[ -x "$DFOPT" ] || { echo "there is no $DFOPT; make it first" >&2; exit 1; }

as_nobody() { # run sh in the case's directory as somebody who is not root
    chown -R 65534:65534 . && chmod 755 "$tmp" "$tmp/home" &&
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

can_run() { # case directory
    [ -f "$1/needs" ] || return 0
    if grep -q full "$1/needs" && ! [ -c /dev/full ]; then
        return 1
    fi
    if grep -q user "$1/needs" && [ "$(id -u)" -eq 0 ]; then
        command -v setpriv >/dev/null || return 1
    fi
}

run() { # case directory; leaves $tmp/{stdout,stderr,exit}
    rm -rf "$tmp/here"
    mkdir "$tmp/here"
    [ ! -d "$1/files" ] || cp -R "$1/files/." "$tmp/here"
    shell='sh'
    if [ "$(id -u)" -eq 0 ] && grep -qs user "$1/needs"; then
        shell='as_nobody sh'
    fi
    cp "$1/cmd" "$tmp/cmd"
    (cd "$tmp/here" && $shell ../cmd) </dev/null >"$tmp/stdout" 2>"$tmp/stderr"
    echo $? >"$tmp/exit"
    chmod -R u+rwx "$tmp/here" 2>/dev/null
}

compare() { # case directory
    same=0
    for part in stdout stderr exit; do
        cmp -s "$1/$part" "$tmp/$part" && continue
        diff -u "$1/$part" "$tmp/$part"
        same=1
    done
    return $same
}

passed=0
failed=0
[ $# -gt 0 ] || set -- "$cases"/*/
for dir in "$@"; do
    name=$(basename "$dir")
    dir=$cases/$name
    if ! can_run "$dir"; then
        echo "skipped: $name"
        continue
    fi
    run "$dir"
    if [ "${UPDATE:-}" = 1 ]; then
        cp "$tmp/stdout" "$tmp/stderr" "$tmp/exit" "$dir"
    fi
    if compare "$dir"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok: $name (src/test/cli.sh $name)"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
