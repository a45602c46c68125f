FROM node:22-slim

WORKDIR /app

COPY package*.json ./
RUN npm install \
 && npm cache clean --force

COPY . .
RUN npm run build

EXPOSE 4173
CMD ["npm", "run", "preview", "--", "--host", "0.0.0.0"]
