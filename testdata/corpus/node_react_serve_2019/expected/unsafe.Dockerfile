FROM node:10-slim

# Create app directory
RUN mkdir -p /app
WORKDIR /app

COPY package.json package-lock.json /app/
RUN npm install --silent \
 && npm cache clean --force
COPY . /app
RUN npm run build \
# serve the result
 && npm install -g serve@11 \
 && npm cache clean --force

EXPOSE 5000
CMD ["serve", "-s", "build", "-l", "5000"]
