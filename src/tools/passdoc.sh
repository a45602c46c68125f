#!/bin/sh
# passdoc.sh STEM... - the manual of each pass as C: the opening comment of
# transforms/STEM.c and the Dockerfiles of its example case.
set -eu

strings() {
    # Lines of stdin as the pieces of one C string.
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' -e 's/.*/    "&\\n"/'
}

# $1: the text of one Dockerfile, or nothing
example() {
    if [ -f "$1" ]; then strings <"$1"; else echo '    ""'; fi
}

echo '#include "pass/pass_docs.h"'
for stem; do
    echo "static const char *const manual_$stem[] = {"
    awk 'FNR == 1 { next }
         /^ \*\/$/ { exit }
         { sub(/^ \* ?/, ""); gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
           printf "    \"%s\",\n", $0 }' "transforms/$stem.c"
    echo '    NULL,'
    echo '};'
done
echo 'const df_pass_doc df_pass_doc_table[] = {'
for stem; do
    dir=testdata/transforms/$stem/example
    echo "{\"$(echo "$stem" | tr _ -)\", manual_$stem,"
    example "$dir/input/Dockerfile"
    echo '    ,'
    example "$dir/expected/Dockerfile"
    echo '},'
done
echo '};'
echo 'const size_t df_pass_doc_count ='
echo '    sizeof df_pass_doc_table / sizeof *df_pass_doc_table;'
