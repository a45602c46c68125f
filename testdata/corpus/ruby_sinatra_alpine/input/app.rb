require 'sinatra'

get '/' do
  "#{rand(1..6)}\n"
end

get '/:sides' do |sides|
  "#{rand(1..[sides.to_i, 2].max)}\n"
end
