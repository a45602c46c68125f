#!/bin/sh
set -e
apt-get install -y libxml2
agent --init
