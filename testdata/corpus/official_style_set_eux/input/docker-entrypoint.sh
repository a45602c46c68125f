#!/bin/sh
set -e

# first argument is an option: it is one of kvd's
if [ "${1#-}" != "$1" ]; then
	set -- kvd "$@"
fi

# as root, give the data to kvd and become kvd
if [ "$1" = 'kvd' ] && [ "$(id -u)" = '0' ]; then
	find . \! -user kvd -exec chown kvd '{}' +
	exec setpriv --reuid=kvd --regid=kvd --clear-groups "$0" "$@"
fi

exec "$@"
