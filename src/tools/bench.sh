#!/usr/bin/env bash
# bench.sh DFOPT [BASE] - what dfopt takes, as CPU time (user and system, the
# median) and peak memory, and how both grow. BASE, another dfopt, is measured
# beside it in the same run: machines differ, and have neighbours; ratios do not.
#
#   BENCH="process parts growth threads peers"   which sections, all by default
#   RUNS=5             of each measurement
#   BENCH_DIR=DIR      keeps the inputs, for the next time
#   NO_HUGE=1          without the file of 50 MB, which takes minutes
set -eu
dfopt=$1
base=${2-}
build=$(dirname "$dfopt")
gen=$build/benchgen
measure=$build/measure
runs=${RUNS:-5}
sections=${BENCH:-process parts growth threads peers}
small=testdata/corpus/node_legacy_demo/input/Dockerfile

# Not below build/: git ignores that, and then dfopt finds nothing in it.
work=${BENCH_DIR-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT INT TERM
fi
mkdir -p "$work"

# Inputs are made once: the same seed gives the same bytes.
file() { # NAME COMMAND...
    [ -s "$work/$1/Dockerfile" ] && return
    mkdir -p "$work/$1"
    "$gen" "$2" "$3" "$4" >"$work/$1/Dockerfile"
}

tree() { [ -d "$work/tree" ] || "$gen" tree "$work/tree" 10000; }

corpus() {
    [ -d "$work/corpus" ] && return
    n=0
    for f in testdata/corpus/*/input/Dockerfile \
        testdata/transforms/*/*/input/Dockerfile; do
        n=$((n + 1))
        [ $n -le 200 ] || break
        mkdir -p "$work/corpus/$n"
        cp "$f" "$work/corpus/$n/Dockerfile"
    done
}

# row NAME BYTES FILES ARGS...: of dfopt, and of the base if there is one
row() {
    name=$1 bytes=$2 files=$3
    shift 3
    set -- --no-config "$@"
    line=$("$measure" "$runs" "$dfopt" "$@")
    other=
    [ -z "$base" ] || other=$("$measure" "$runs" "$base" "$@")
    echo "$line $other" | awk -v name="$name" -v b="$bytes" -v n="$files" '{
        printf "%-26s%10.1f ms%9.2f MB/s%9.0f files/s%8.1f MiB", name, $1,
               b / 1000 / $1, n * 1000 / $1, $4 / 1024
        if (NF > 4) printf "   base %.1f ms (%.2f times)", $5, $1 / $5
        print "" }'
}

bytes() { cat "$@" | wc -c; }

process() {
    file instrs-100000 instrs mixed 60000
    tree
    corpus
    echo "whole process, all passes, one thread"
    row "one small file" "$(bytes $small)" 1 -q "$small"
    row "200 files" "$(bytes "$work"/corpus/*/Dockerfile)" 200 -l -j1 "$work/corpus"
    row "10,000 files in a tree" \
        "$(find "$work/tree" -name Dockerfile -exec cat {} + | wc -c)" 10000 \
        -l -j1 "$work/tree"
    runs=1
    row "100,000 instructions" "$(bytes "$work/instrs-100000/Dockerfile")" 1 \
        -l "$work/instrs-100000/Dockerfile"
    if [ -z "${NO_HUGE-}" ]; then
        file huge file mixed 50000000
        row "50 MB" "$(bytes "$work/huge/Dockerfile")" 1 -l "$work/huge/Dockerfile"
    fi
    runs=${RUNS:-5}
    wc -c <"$dfopt" | awk '{ printf "%-26s%10.1f KB\n", "program", $1 / 1000 }'
}

# Instructions of parts, inclusive, over the 200 files.
parts() {
    corpus
    command -v valgrind >/dev/null || { echo "no valgrind: parts not counted"; return; }
    valgrind --tool=callgrind --callgrind-out-file="$work/callgrind" \
        "$dfopt" --no-config -d -j1 "$work/corpus" >/dev/null 2>&1
    echo "instructions per byte, 200 files, with what is called from there"
    callgrind_annotate --inclusive=yes --threshold=100 "$work/callgrind" |
        awk -v n="$(bytes "$work"/corpus/*/Dockerfile)" '
        function show(name) { gsub(",", "", $1); sum[name] += $1 }
        /PROGRAM TOTALS/ { show("all") }
        / .*parser.c:df_doc_parse / { show("parse") }
        / .*build.c:df_facts_build / { show("facts") }
        / .*diff.c:df_diff_unified / { show("diff") }
        / .*transforms\/[a-z_]*\.c:run / {
            match($0, /transforms\/[a-z_]*/)
            show(substr($0, RSTART + 11, RLENGTH - 11)) }
        END { for (name in sum)
                  printf "%-26s%10.0f\n", name, sum[name] / n | "sort -k2 -rn" }'
}

# Time against size: the exponent between the smallest and the largest.
growth() {
    echo "growth: ms of CPU for each size, and exponent of the last step"
    for shape in $("$gen" shapes); do
        for kb in 1 30 300 1000 3000; do
            file "$shape-$kb" file "$shape" "${kb}000"
            "$measure" 3 "$dfopt" --no-config -l "$work/$shape-$kb/Dockerfile" |
                awk -v kb=$kb '{ print kb, $1 }'
        done | awk -v shape="$shape" '{
            size[NR] = $1; ms[NR] = $2
            text = text sprintf("%5d KB %8.1f", $1, $2) } END {
            printf "%-10s%s   %.2f\n", shape, text,
                   log(ms[NR] / ms[NR - 2]) / log(size[NR] / size[NR - 2]) }'
    done
}

threads() {
    tree
    echo "10,000 files, wall time of threads"
    for j in 1 2; do
        "$measure" 3 "$dfopt" --no-config -l -j$j "$work/tree" |
            awk -v j=$j '{ printf "%d %.2f %.2f\n", j, $3, $1 }'
    done | awk '{ printf "  -j%d %8.0f ms wall %8.0f ms CPU", $1, $2, $3
                  if (NR > 1) printf "   %.2f times as fast", first / $2
                  else first = $2
                  print "" }'
}

# The same 200 files, by what users have otherwise. `floor` reads them only.
peers() {
    corpus
    mkdir -p "$build/peers"
    dir=$(cd "$build/peers" && pwd)
    names="@reteps/dockerfmt dockerfile-utils dockerfilelint @tdurieux/dinghy"

    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        echo "no node and npm: peers not measured"
        return
    fi
    [ -f "$dir/package.json" ] || echo '{}' >"$dir/package.json"
    if ! [ -d "$dir/node_modules/dockerfilelint" ] &&
        ! npm install --prefix "$dir" --no-audit --no-fund --ignore-scripts \
            $names >/dev/null 2>&1; then
        echo "peers cannot be had from npm: not measured"
        return
    fi
    echo "CPU ms for 200 files: in one process; in a process for each file"
    set -- "$work"/corpus/*/Dockerfile
    peer_row dfopt dfopt "$dfopt" --no-config -d -j1 -- "$@"
    for name in $names; do
        peer_row "$name" "" node src/tools/peers.mjs "$dir" "$name" -- "$@"
    done
    peer_row "node, reading only" "" node src/tools/peers.mjs "$dir" none -- "$@"
    peer_row cat "" cat -- "$@"
    peer_row "git hash-object" "" git hash-object -- "$@"
}

# peer_row NAME FIRST COMMAND... -- FILES...; a process each for ten of them
peer_row() {
    name=$1 first=$2
    shift 2
    command=()
    while [ "$1" != -- ]; do command+=("$1") && shift; done
    shift
    all=$("$measure" 3 "${command[@]}" "$@" | cut -d' ' -f1)
    each=$(for f in "${@:1:10}"; do
        "$measure" 3 "${command[@]}" "$f" | cut -d' ' -f1
    done | awk '{ sum += $1 } END { print sum * 20 }')
    [ -z "$first" ] || { ours_all=$all ours_each=$each; }
    echo "$all $each $ours_all $ours_each" | awk -v name="$name" '{
        printf "%-22s%10.0f%8.1f times%12.0f%8.1f times\n", name, $1, $1 / $3,
               $2, $2 / $4 }'
}

for section in $sections; do
    $section
    echo
done
