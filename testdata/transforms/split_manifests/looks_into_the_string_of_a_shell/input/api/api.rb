puts 'tide'
