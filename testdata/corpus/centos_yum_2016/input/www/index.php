<?php
$cache = new Memcached();
$cache->addServer(getenv('CACHE') ?: 'localhost', 11211);
$cache->add('hits', 0);

echo 'Hit number ' . $cache->increment('hits') . "\n";
