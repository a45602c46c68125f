#!/bin/sh
# hardened.sh PROGRAM - is the program built as an input from strangers asks
# for? With readelf; where there is none, or the program is no ELF, a line.
set -eu
program=$1
bad=0

if ! command -v readelf >/dev/null ||
    ! headers=$(readelf -hldW "$program" 2>/dev/null); then
    echo "hardened: not checked: no readelf, or $program is no ELF"
    exit 0
fi
symbols=$(readelf -sW "$program")

# must TEXT PATTERN WHAT: the pattern is there
must() {
    echo "$1" | grep -Eq "$2" || { bad=1; echo "hardened: $program: no $3"; }
}

must "$headers" 'Type: +DYN' 'position-independent executable'
must "$headers" 'GNU_RELRO' 'RELRO'
must "$headers" 'BIND_NOW|FLAGS_1.*NOW' 'binding at start: RELRO is partial'
must "$headers" 'GNU_STACK .* RW +0x' 'stack that is not executable'
must "$symbols" '__stack_chk_fail' 'stack canaries'
must "$symbols" '_chk(@|$)' 'fortified calls'
if echo "$headers" | grep -Eq 'LOAD .* RWE'; then
    bad=1
    echo "hardened: $program: a segment is writable and executable"
fi
if echo "$headers" | grep -Eq '\((RPATH|RUNPATH|TEXTREL)\)'; then
    bad=1
    echo "hardened: $program: RPATH, RUNPATH or text relocations"
fi
exit $bad
