// Texts are imported as they are, as the plugin's bundler does.
'use strict';

module.exports = { process: (source) => ({ code: `module.exports = ${JSON.stringify(source)};` }) };
