require File.expand_path('../boot', __FILE__)

require 'rails'
require 'action_controller/railtie'

Bundler.require(*Rails.groups)

module Recipes
  class Application < Rails::Application
    config.eager_load = false
    config.secret_key_base = ENV.fetch('SECRET_KEY_BASE', 'development only')
  end
end
