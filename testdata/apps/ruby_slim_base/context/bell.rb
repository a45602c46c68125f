require 'tidebell'
puts Tidebell.ring(ARGV.fetch(0, 'nobody'))
