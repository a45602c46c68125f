FROM ruby:2.3
RUN apt-get update -qq && apt-get install -y --no-install-recommends build-essential libpq-dev nodejs \
 && rm -rf /var/lib/apt/lists/*
RUN mkdir /myapp
WORKDIR /myapp
ADD Gemfile Gemfile.lock /myapp/
RUN bundle install \
 && rm -rf ~/.bundle/cache "$(gem env gemdir)/cache"
ADD . /myapp
RUN bundle exec rake tmp:create
EXPOSE 3000
CMD ["bundle", "exec", "rails", "server", "-b", "0.0.0.0"]
