// for containers
