# Bookmarks API
# copied from the shop project, ask Tom before you change anything here

FROM node:20-slim AS build

# some modules compile things
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
# tini reaps zombies, curl is for the health check
 && apt-get install -y --no-install-recommends ca-certificates curl tini \
 && rm -rf /var/lib/apt/lists/*

ENV NODE_ENV production
ENV PORT=3000

WORKDIR /usr/src/app

COPY package.json package-lock.json ./
RUN npm install \
 && npm cache clean --force

FROM node:20-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl tini \
 && rm -rf /var/lib/apt/lists/*

MAINTAINER Thomas Berger <tom@bookmarks.example>
ENV NODE_ENV production
ENV PORT=3000
WORKDIR /usr/src/app
COPY --from=build /usr/src/app/node_modules ./node_modules

# Bundle app source
COPY . .

# do not run as root
RUN groupadd -r bookmarks \
 && useradd -r -g bookmarks -d /usr/src/app bookmarks \
 && mkdir -p /var/lib/bookmarks \
 && chown bookmarks:bookmarks /var/lib/bookmarks

USER bookmarks
VOLUME /var/lib/bookmarks
EXPOSE 3000

HEALTHCHECK --interval=30s CMD curl -fsS http://localhost:3000/healthz || exit 1

ENTRYPOINT ["tini", "--"]
CMD ["node", "server.js"]
