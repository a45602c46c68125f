#!/bin/sh
set -e
[ -z "$EXTRA_PACKAGES" ] || apt-get install -y $EXTRA_PACKAGES
exec "$@"
