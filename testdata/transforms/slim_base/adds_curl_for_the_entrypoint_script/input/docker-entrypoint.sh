#!/bin/sh
set -e

# wait for the search engine
until curl -fsS "$SEARCH_URL/health" >/dev/null; do
    sleep 1
done

exec "$@"
