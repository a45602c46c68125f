FROM debian:bookworm-slim

# the same numbers everywhere, whatever is installed later
RUN set -eux; \
	groupadd --system --gid 983 kvd; \
	useradd --system --uid 983 --gid kvd --home-dir /data kvd; \
	mkdir -p /data; \
	chown kvd:kvd /data

ENV KVD_VERSION=2.4.1 \
	KVD_SHA256=6f1ed002ab5595859014ebf0951522d9f2a5b7a2f1f9e1c0c9e5d43fdfe2a1b4

RUN set -eux; \
	keep="$(apt-mark showmanual)"; \
	apt-get update; \
	apt-get install -y --no-install-recommends \
		ca-certificates \
		gcc \
		libc6-dev \
		make \
		wget \
	; \
	wget -O kvd.tar.gz "https://downloads.example.com/kvd/kvd-$KVD_VERSION.tar.gz"; \
	echo "$KVD_SHA256  kvd.tar.gz" | sha256sum -c -; \
	mkdir /usr/src/kvd; \
	tar -xzf kvd.tar.gz -C /usr/src/kvd --strip-components=1; \
	rm kvd.tar.gz; \
# arm boards with 16k pages
	case "$(dpkg --print-architecture)" in \
		arm64) extra='PAGE_BITS=14' ;; \
		*) extra='' ;; \
	esac; \
	make -C /usr/src/kvd -j "$(nproc)" $extra install; \
	rm -r /usr/src/kvd; \
	apt-mark auto '.*' > /dev/null; \
	if [ -n "$keep" ]; then apt-mark manual $keep; fi; \
	apt-get purge -y --auto-remove; \
	rm -rf /var/lib/apt/lists/*; \
	kvd --version

VOLUME /data
WORKDIR /data

COPY docker-entrypoint.sh /usr/local/bin/
ENTRYPOINT ["docker-entrypoint.sh"]

EXPOSE 6390
CMD ["kvd"]
