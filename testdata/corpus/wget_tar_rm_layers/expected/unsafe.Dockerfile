FROM debian:9
LABEL maintainer="Metrics <metrics@example.com>"

ENV GAUGE_VERSION 3.1.0

RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates wget xz-utils && \
    rm -rf /var/lib/apt/lists/*

WORKDIR /opt

RUN wget -q https://downloads.example.com/gauge/gauge-$GAUGE_VERSION.tar.xz && \
    wget -q https://downloads.example.com/gauge/gauge-$GAUGE_VERSION.tar.xz.sha256 && \
    sha256sum -c gauge-$GAUGE_VERSION.tar.xz.sha256 && \
    tar xJf gauge-$GAUGE_VERSION.tar.xz && \
    (cd gauge-$GAUGE_VERSION && ./install.sh --prefix /opt/gauge) && \
    { ln -s /opt/gauge/bin/gauge /usr/local/bin/gauge; gauge --version; } && \
# make it smaller
    rm -rf gauge-$GAUGE_VERSION* && \
    apt-get purge -y wget xz-utils && \
    apt-get autoremove -y

COPY gauge.conf /etc/gauge/gauge.conf
EXPOSE 9100
CMD ["gauge", "--config", "/etc/gauge/gauge.conf"]
