#!/bin/sh
# coverage.sh DIR - of objects below DIR that were built with --coverage and
# run: lines of src/ and transforms/ that were reached, the files with the most
# left out, and each line left out in DIR/left-out.
set -eu
dir=$1
find "$dir" -name '*.gcda' ! -path "$dir/test/*" | sort |
    xargs gcov -t 2>/dev/null |
    awk -F: -v dir="$dir" '
    $2 + 0 == 0 && $3 == "Source" {
        file = $4
        ours = (file ~ /^(src|transforms)\/.*\.c$/ && file !~ /^src\/(test|tools)\//)
        next
    }
    !ours || $1 ~ /^ *-$/ { next }
    {
        key = file ":" $2 + 0
        if (!(key in lines)) { lines[key] = 1; total[file]++ }
        if ($1 !~ /#####|=====/ && lines[key] == 1) { lines[key] = 2; hit[file]++ }
        if (lines[key] == 1) { sub(/^[^:]*:[^:]*:/, ""); text[key] = $0 }
    }
    END {
        for (key in lines)
            if (lines[key] == 1) print key ": " text[key] | "sort -V >" dir "/left-out"
        for (f in total) {
            all += total[f]; reached += hit[f]
            printf "%5d of %5d left out  %s\n", total[f] - hit[f], total[f], f \
                | "sort -rn | head -25"
        }
        close("sort -rn | head -25")
        printf "%.1f %% of %d lines; those left out are in %s/left-out\n",
               100 * reached / all, all, dir
    }'
