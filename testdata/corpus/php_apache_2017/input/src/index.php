<?php
require __DIR__ . '/thumbnail.php';

$width = isset($_GET['w']) ? (int) $_GET['w'] : 120;
header('Content-Type: image/png');
imagepng(thumbnail(max(16, min($width, 640))));
