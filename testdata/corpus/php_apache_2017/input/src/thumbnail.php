<?php
function thumbnail($width)
{
    $image = imagecreatetruecolor($width, $width);
    imagefill($image, 0, 0, imagecolorallocate($image, 240, 240, 240));
    imageellipse($image, $width / 2, $width / 2, $width / 2, $width / 2, 0);

    return $image;
}
