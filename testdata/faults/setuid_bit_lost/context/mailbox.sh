#!/bin/sh
echo "no mail"
