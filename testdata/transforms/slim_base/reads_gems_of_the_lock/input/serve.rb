require "rack"
puts Rack.release
