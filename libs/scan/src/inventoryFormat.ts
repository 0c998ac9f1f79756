/** Format version of stored inventories, part of their keys: increment it when the same image would give another one. */
export const inventoryFormat = 3;
