# wordfreq
FROM debian:jessie
MAINTAINER H. Okafor <okafor@example.com>

ENV DEBIAN_FRONTEND noninteractive

RUN apt-get update \
 && apt-get -y upgrade \
 && apt-get -y install --no-install-recommends build-essential \
 && rm -rf /var/lib/apt/lists/*

ADD . /usr/src/wordfreq
WORKDIR /usr/src/wordfreq

RUN make \
 && make check \
 && make install \
 && make clean

WORKDIR /data
ENTRYPOINT ["/usr/local/bin/wordfreq"]
