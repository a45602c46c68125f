#!/bin/sh
exec python -m tide
