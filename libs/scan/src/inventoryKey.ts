/** The version of Trivy that inventories in Nx's cache are made with. */
export const cachedVersion = '0.68.2';

/** Format version of the inventories' files. */
export const inventoryFormat = 2;

/** An option of the targets, and so part of their keys. This file has no imports, because every nx command loads it. */
export const inventoryKey = `trivy ${cachedVersion}, format ${inventoryFormat}`;
