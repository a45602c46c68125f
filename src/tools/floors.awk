# floors.awk - report every #include that climbs to a higher floor.
BEGIN {
    n = split("base text syntax shell context kb facts pass report verify cli test", f, " ")
    for (i = 1; i <= n; i++)
        floor[f[i]] = i
}
/^#include "/ {
    m = split(FILENAME, from, "/")
    split($2, to, /["\/]/)
    if (m < 3 || !(from[2] in floor) || !(to[2] in floor))
        next
    if (floor[to[2]] > floor[from[2]]) {
        printf "%s:%d: %s may not include %s\n", FILENAME, FNR, from[2], to[2]
        bad = 1
    }
}
END { exit bad }
