#!/bin/sh
ldd "$@"
