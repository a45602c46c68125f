# Base image for all our node services.
# Usage: FROM registry.example.com/platform/node-base
FROM node:0.12
MAINTAINER Platform Team <platform@example.com>

RUN mkdir -p /usr/src/app
WORKDIR /usr/src/app

ONBUILD COPY . /usr/src/app/
ONBUILD RUN npm install
ONBUILD RUN npm run build --if-present

CMD [ "npm", "start" ]
