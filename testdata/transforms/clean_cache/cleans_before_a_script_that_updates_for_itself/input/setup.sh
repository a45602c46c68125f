#!/bin/sh
set -e
apt-get update
apt-get install -y libxml2
agent --init
