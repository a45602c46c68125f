<?php

namespace Guestbook;

use Psr\Log\AbstractLogger;

class FileLogger extends AbstractLogger
{
    private $path;

    public function __construct(string $path)
    {
        $this->path = $path;
    }

    public function log($level, $message, array $context = [])
    {
        file_put_contents($this->path, "[$level] $message\n", FILE_APPEND);
    }
}
