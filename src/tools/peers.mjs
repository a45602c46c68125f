// node peers.mjs DIR PEER FILE... - what a peer installed below DIR does to the
// files, all in one process, which is the best case for it: it formats or
// checks them, or parses and prints them again. `none` only reads them.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [dir, peer, ...files] = process.argv.slice(2);
const require = createRequire(`${dir}/package.json`);

const peers = {
  none: async () => () => {},
  '@reteps/dockerfmt': async () => {
    const { pathToFileURL } = require('node:url');
    const path = `${dir}/node_modules/@reteps/dockerfmt/dist/node.js`;
    const { formatDockerfileContents } = await import(pathToFileURL(path));
    const options = { indent: 4, trailingNewline: true, spaceRedirects: false };
    return (text) => formatDockerfileContents(text, options);
  },
  'dockerfile-utils': async () => {
    const { validate, format } = require('dockerfile-utils');
    return (text) => [validate(text), format(text, {})];
  },
  dockerfilelint: async () => {
    const { run } = require('dockerfilelint');
    return (text, name) => run(name, text);
  },
  '@tdurieux/dinghy': async () => {
    const { parseDocker } = require('@tdurieux/dinghy');
    return (text) => parseDocker(text).toString(true);
  },
};

const work = await peers[peer]();
let failed = 0;
for (const file of files) {
  try {
    await work(readFileSync(file, 'utf8'), file);
  } catch {
    failed++; // what a peer does not understand costs it no time
  }
}
if (failed) console.error(`${peer}: ${failed} of ${files.length} not understood`);
