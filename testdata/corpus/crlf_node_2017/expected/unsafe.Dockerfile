FROM node:8-slim

# Create app directory
WORKDIR /usr/src/app

COPY package.json package-lock.json ./
RUN npm install \
 && npm cache clean --force
COPY . .
RUN npm run lint

EXPOSE 8080
CMD [ "npm", "start" ]
