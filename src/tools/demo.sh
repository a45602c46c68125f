#!/bin/sh
# demo.sh DFOPT DIR - what dfopt makes of a whole legacy application.
set -eu
dfopt=$1
dir=$2

heading() { printf '\n=== %s\n' "$1"; }

heading "the Dockerfile of a legacy Node application ($dir)"
cat "$dir/Dockerfile"
heading "what dfopt says: changes with their reasons, then suggestions"
"$dfopt" --no-config -d "$dir/Dockerfile" 2>&1 >/dev/null
heading "dfopt $dir/Dockerfile"
"$dfopt" --no-config -q "$dir/Dockerfile" 2>/dev/null
heading "dfopt -d $dir/Dockerfile"
"$dfopt" --no-config -q -d "$dir/Dockerfile" 2>/dev/null
heading "a second run has nothing to do"
"$dfopt" --no-config -q "$dir/Dockerfile" 2>/dev/null |
    "$dfopt" --no-config -q -C "$dir" --check - 2>/dev/null && echo ok
