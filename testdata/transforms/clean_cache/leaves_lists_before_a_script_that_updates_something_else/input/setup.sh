#!/bin/sh
set -e
apt-get install -y libxml2
update-ca-certificates
