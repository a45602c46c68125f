#!/bin/sh
exec java -jar /srv/shop.jar
