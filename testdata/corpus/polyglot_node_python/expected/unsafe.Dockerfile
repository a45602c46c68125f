FROM node:12-buster-slim
LABEL maintainer "Lena Vogt <lena@example.org>"

RUN apt-get update && apt-get install -y --no-install-recommends \
        python3 \
        python3-pip \
        python3-setuptools \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/charts
COPY package.json package-lock.json ./
# the renderer
RUN npm install --production \
 && npm cache clean --force
COPY python/requirements.txt python/
# the statistics
RUN pip3 install --no-cache-dir -r python/requirements.txt
COPY . .
RUN python3 python/selftest.py

EXPOSE 7000
CMD ["node", "server.js"]
