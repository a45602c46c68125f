#!/bin/sh
while sleep 600; do git -C /site pull -q; done
