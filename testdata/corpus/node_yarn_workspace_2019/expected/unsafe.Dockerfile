FROM node:10

WORKDIR /repo

COPY package.json yarn.lock .yarnrc ./
COPY packages/api/package.json packages/api/
COPY packages/common/package.json packages/common/
# one lock file for all packages
RUN yarn install --frozen-lockfile \
 && yarn cache clean
COPY . .
RUN yarn workspace @ledger/common build \
 && yarn workspace @ledger/api build

ENV NODE_ENV=production
EXPOSE 4000
CMD ["yarn", "workspace", "@ledger/api", "start"]
