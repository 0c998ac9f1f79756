// The table printer of the plugin, for development tools.
import { createRequire } from 'node:module';

const { bundle } = createRequire(import.meta.url)('../prism/compile.cjs');

/** @type {typeof import('../prism/src/summary/table').formatTable} */
export const formatTable = (rows, right) =>
  bundle("exports.formatTable = require('./summary/table').formatTable").formatTable(rows, right);
