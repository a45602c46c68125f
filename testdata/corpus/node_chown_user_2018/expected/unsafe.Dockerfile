FROM node:10-alpine

RUN apk add --no-cache tini \
 && mkdir -p /home/node/app && chown node:node /home/node/app
WORKDIR /home/node/app
USER node

COPY --chown=node:node package.json package-lock.json ./
RUN npm ci \
 && npm cache clean --force
COPY --chown=node:node . .

ENV PORT 8081
EXPOSE 8081
ENTRYPOINT ["/sbin/tini", "--"]
CMD ["node", "bin/www"]
