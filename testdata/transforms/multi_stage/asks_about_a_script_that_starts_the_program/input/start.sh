#!/bin/sh
exec /src/tide
