# syntax=docker/dockerfile:1.4
FROM debian:12-slim

RUN <<EOF
set -eu
apt-get update
apt-get install -y --no-install-recommends nginx-light python3
rm -rf /var/lib/apt/lists/*
EOF

RUN python3 - <<'PY'
import pathlib

page = "<!doctype html>\n<title>Made at build time</title>\n"
pathlib.Path("/var/www/html/made.html").write_text(page)
PY

COPY <<'CONF' /etc/nginx/sites-available/default
server {
    listen 8080;
    root /var/www/html;
    location / { try_files $uri $uri/ =404; }
}
CONF

COPY html/ /var/www/html/
RUN ln -sf /dev/stdout /var/log/nginx/access.log \
 && ln -sf /dev/stderr /var/log/nginx/error.log \
 && nginx -t

EXPOSE 8080
CMD ["nginx", "-g", "daemon off;"]
