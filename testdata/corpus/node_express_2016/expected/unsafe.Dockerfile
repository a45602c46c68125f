FROM    node:4.4-slim
MAINTAINER Priya Nair <priya@example.net>

ADD package.json /src/
# Install app dependencies
RUN cd /src; npm install \
 && npm cache clean --force

# Bundle app source
ADD . /src

EXPOSE  8080
CMD ["node", "/src/index.js"]
