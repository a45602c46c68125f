#!/bin/sh
# analyze.sh FLAGS... - cppcheck and the analyzer of clang (clang-tidy) over all
# of src/ and transforms/. What they say is a failure; both guess, and code that
# they cannot follow is mostly better written otherwise. One that is not there is
# named.
set -u
bad=0
sources=$(ls src/*.c src/*/*.c transforms/*.c)
checks='-*,clang-analyzer-*'
# Annex K, which glibc has not.
checks=$checks,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling

if command -v cppcheck >/dev/null; then
    # A pointer into a row that lives on is no dangling one, what is only to be
    # filled in may hold nothing yet, each listing has one reader, and the
    # macros of jansson and cmocka are unknown to it.
    cppcheck -q -j2 --std=c11 --error-exitcode=1 --library=posix \
        --enable=warning,performance,portability \
        --suppress=missingIncludeSystem --suppress=returnDanglingLifetime \
        --suppress=ctuuninitvar --suppress=readdirCalled \
        --suppress=unknownMacro \
        --suppress=identicalInnerCondition:src/facts/later.c \
        -D_POSIX_C_SOURCE=200809L -Iinclude "$@" $sources || bad=1
else
    echo 'analyze: no cppcheck here'
fi
if command -v clang-tidy >/dev/null; then
    printf '%s\n' $sources |
        xargs -P 2 -I{} clang-tidy --quiet --checks="$checks" {} -- -std=c11 \
            -D_POSIX_C_SOURCE=200809L -Iinclude "$@" 2>/dev/null |
        grep -E 'warning:|error:' && bad=1
else
    echo 'analyze: no clang-tidy here'
fi
exit $bad
