require('rare-pack');
