#!/usr/bin/env bash
# bench.sh DFOPT [BASE] - CPU time of a one-file run, of 200 files in one
# process, and of 10,000 in one process: best of five, in milliseconds.
# With BASE, another dfopt, its figures stand beside in the same run.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM

corpus=$(ls testdata/corpus/*/input/Dockerfile testdata/transforms/*/*/input/Dockerfile)
make_files() {
    mkdir "$dir/$1"
    n=0
    while [ $n -lt "$1" ]; do
        for f in $corpus; do
            [ $n -lt "$1" ] || break
            n=$((n + 1))
            mkdir "$dir/$1/$n"
            cp "$f" "$dir/$1/$n/Dockerfile"
        done
    done
}

# CPU seconds (user + system) of a command, best of five, in ms
cpu() {
    for i in 1 2 3 4 5; do
        { TIMEFORMAT='%U %S'; time "$@" >/dev/null 2>&1; } 2>&1
    done | awk '{ t = ($1 + $2) * 1000; if (NR == 1 || t < best) best = t }
                END { printf "%8.1f", best }'
}

row() {
    printf '%-28s' "$1"
    shift
    for program in $programs; do cpu "$program" --no-config "$@"; done
    echo " ms CPU"
}

programs="$*"
make_files 200
make_files 10000
row "one file" -q testdata/corpus/node_legacy_demo/input/Dockerfile
row "200 files, one process" -l -j1 "$dir/200"
row "10,000 files, one process" -l "$dir/10000"
ls -l "$1" | awk '{ printf "%-28s%8.1f KB\n", "program", $5 / 1000 }'
