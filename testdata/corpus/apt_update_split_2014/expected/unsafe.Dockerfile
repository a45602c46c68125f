FROM debian:wheezy

RUN echo "deb http://archive.debian.org/debian wheezy main" > /etc/apt/sources.list \
 && apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl=7.26.0-1+wheezy13

# the lists of line 4 are needed once more below
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get install -y --no-install-recommends redis-server=2:2.4.14-1

VOLUME ["/var/lib/redis"]
EXPOSE 6379
CMD ["redis-server", "/etc/redis/redis.conf", "--daemonize", "no", "--bind", "0.0.0.0"]
