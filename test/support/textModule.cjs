// Imports text files as strings, as the plugin's bundler does.
'use strict';

module.exports = { process: (source) => ({ code: `module.exports = ${JSON.stringify(source)};` }) };
