#!/bin/sh
# The job starts with another PATH.
exec env -i /usr/local/bin/python app.py "$@"
