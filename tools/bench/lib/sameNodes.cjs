// In the place of the plugin's `load.cjs`: gives Nx the nodes that the plugin gave, without looking at a file.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const [glob, nodes] = JSON.parse(fs.readFileSync(path.join(__dirname, 'nodes.json'), 'utf8'));
module.exports = { name: 'prism', createNodes: [glob, () => nodes] };
