FROM php:7.1-apache

# gd wants these
RUN apt-get update && apt-get install -y --no-install-recommends libpng-dev libjpeg-dev \
 && rm -rf /var/lib/apt/lists/* \
 && docker-php-ext-configure gd --with-jpeg-dir=/usr/lib \
 && docker-php-ext-install gd mysqli pdo_mysql \
 && a2enmod rewrite headers

COPY config/php.ini /usr/local/etc/php/
COPY src/ /var/www/html/

RUN mkdir -p /var/www/html/cache \
 && chown -R www-data:www-data /var/www/html
