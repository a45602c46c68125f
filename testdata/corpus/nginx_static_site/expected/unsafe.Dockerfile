FROM nginx:1.15-alpine
LABEL maintainer="web@example.org"

RUN rm -v /etc/nginx/conf.d/default.conf
ADD nginx/site.conf /etc/nginx/conf.d/
ADD public /usr/share/nginx/html

# nginx runs as nobody special here
RUN touch /var/run/nginx.pid \
 && chown -R nginx:nginx /var/run/nginx.pid /var/cache/nginx \
 && chmod -R a+rX /usr/share/nginx/html

USER nginx
EXPOSE 8080
CMD ["nginx", "-g", "daemon off;"]
