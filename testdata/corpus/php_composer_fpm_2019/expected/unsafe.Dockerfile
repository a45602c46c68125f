FROM php:7.3-fpm-alpine

COPY --from=composer:1.9 /usr/bin/composer /usr/bin/composer

RUN apk add --no-cache icu-dev \
 && docker-php-ext-install intl opcache

WORKDIR /var/www/app
COPY composer.json composer.lock ./
RUN composer install --no-dev --no-interaction --optimize-autoloader --no-scripts --no-autoloader \
 && composer clear-cache
COPY . .
RUN composer install --no-dev --no-interaction --optimize-autoloader \
 && composer clear-cache \
 && chown -R www-data:www-data var

EXPOSE 9000
CMD ["php-fpm"]
