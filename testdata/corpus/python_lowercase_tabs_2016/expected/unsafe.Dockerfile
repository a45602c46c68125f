from	debian:jessie-slim
maintainer	ops <ops@example.com>

run	apt-get update \
 && apt-get install -y --no-install-recommends \
		python \
		python-dev \
		python-pip \
 && rm -rf /var/lib/apt/lists/*

workdir	/srv/feed
add	requirements.txt	/srv/feed/
run	pip install -r requirements.txt
  add	.	/srv/feed

# feeds live here
run	mkdir -p /var/feeds \
 && chown www-data /var/feeds

user	www-data
cmd	["python", "feed.py", "/var/feeds"]
