FROM node:16-slim
LABEL maintainer="platform@example.com"

WORKDIR /opt/mailer
COPY . .

# postinstall compiles the templates
RUN npm ci --only=production \
 && npm cache clean --force
RUN mkdir -p /var/spool/mailer \
 && chown node:node /var/spool/mailer

USER node
CMD ["node", "index.js"]
