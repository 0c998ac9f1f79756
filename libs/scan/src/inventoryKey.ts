/** The version of Trivy that inventories in Nx's cache are made with. */
export const cachedVersion = '0.68.2';

/** Version of what an inventory's bytes mean. */
export const inventoryFormat = 1;

/** An option of the targets, and so in their keys. In a file without imports: every command of nx loads it. */
export const inventoryKey = `trivy ${cachedVersion}, format ${inventoryFormat}`;
