#!/bin/sh
# not the program of that name
watch() {
    python check.py "$@"
}

case "$1" in
check) watch --once ;;
*) exec flask --app app run ;;
esac
