// Replaces the plugin's `load.cjs`: returns the nodes that the plugin returned, without reading the workspace.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const [glob, nodes] = JSON.parse(fs.readFileSync(path.join(__dirname, 'nodes.json'), 'utf8'));
module.exports = { name: 'prism', createNodes: [glob, () => nodes] };
