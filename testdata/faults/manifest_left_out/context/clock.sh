#!/bin/sh
cat parts/installed
