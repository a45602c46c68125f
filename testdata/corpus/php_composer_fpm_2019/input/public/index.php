<?php

require dirname(__DIR__) . '/vendor/autoload.php';

$log = new Guestbook\FileLogger(dirname(__DIR__) . '/var/guestbook.log');
$date = new IntlDateFormatter('en_GB', IntlDateFormatter::FULL, IntlDateFormatter::SHORT);
$log->info('a visitor from ' . ($_SERVER['REMOTE_ADDR'] ?? 'nowhere'));

echo 'Welcome, it is ' . $date->format(time()) . "\n";
