FROM ruby:2.6-alpine

RUN apk upgrade --no-cache \
 && apk add --no-cache build-base

COPY . /srv/dice
WORKDIR /srv/dice
RUN bundle install --jobs 4 --without development test \
 && rm -rf ~/.bundle/cache "$(gem env gemdir)/cache"

EXPOSE 4567
USER nobody
CMD ["bundle", "exec", "rackup", "-o", "0.0.0.0", "-p", "4567"]
