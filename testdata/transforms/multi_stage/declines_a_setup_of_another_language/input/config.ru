run ->(env) { [200, {}, ["tide"]] }
