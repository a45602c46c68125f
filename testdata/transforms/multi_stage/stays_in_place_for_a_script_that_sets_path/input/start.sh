#!/bin/sh
set -e
PATH=/usr/local/bin:/usr/bin:/bin
export PATH
exec "$@"
