export { type Database, openDatabase } from './database';
export { addExploitData, type ExploitData, readExploitData } from './exploitData';
export { takeFacts } from './facts/takeFacts';
export { findTrivy, installedTrivy } from './findTrivy';
export {
  type Inventory,
  type InventoryInput,
  publishInventories,
  takeInventories,
} from './inventory';
export { cachedVersion } from './inventoryKey';
export type { LayoutSources } from './layout';
export { readLicenses } from './readLicenses';
export { type ScannedInventory, scanInventory } from './scanInventory';
export type { Scanner } from './scanner';
export { openTrivy, type TrivyInput } from './trivy/openTrivy';
export { pinned } from './trivy/versions';
