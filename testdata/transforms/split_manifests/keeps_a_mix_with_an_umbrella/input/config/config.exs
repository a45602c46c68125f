import Config

config :shop, port: 4000
