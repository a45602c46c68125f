FROM node:14-slim

ARG GIT_SHA=unknown
LABEL org.opencontainers.image.revision=$GIT_SHA

WORKDIR /home/node/site
COPY package.json package-lock.json .npmrc ./
RUN npm ci && \
    npm cache clean --force
COPY . .
RUN npm run build && \
    npm run check

USER node
EXPOSE 8000
CMD ["node", "serve.js"]
