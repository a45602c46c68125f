#!/bin/sh
mkdir -p /var/lib/agent
agent --init
