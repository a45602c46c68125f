#!/bin/sh
hello -g "good evening"
