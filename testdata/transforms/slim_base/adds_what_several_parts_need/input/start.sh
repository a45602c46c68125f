#!/bin/bash
set -e
exec python mirror.py
