import type { Bom } from '../cycloneDx';
import { groupBy } from '../groupBy';
import { listPackages, type Package, PREFIX } from './listPackages';

/** One CycloneDX document for `trivy sbom`, made of distinct packages of many inventories. */
export interface MergedBom {
  readonly text: string;
  /** The references of its packages. */
  readonly refs: readonly string[];
}

export interface Merged {
  readonly boms: readonly MergedBom[];
  /** The packages of each inventory, in its order: the reference in a merged document, and the place in the image. */
  readonly inventories: readonly (readonly { readonly ref: string; readonly path: string | undefined }[])[];
}

/**
 * Merges inventories into few documents, so that one process matches many images. Trivy matches each package by
 * itself, so equal packages of several images are one. Each release of an operating system has its own documents,
 * because Trivy refuses documents with two. Trivy reports packages of equal name and version once, so two different
 * ones, such as those of two architectures, are in different documents.
 */
export function mergeBoms(boms: readonly Bom[]): Merged {
  const lists = boms.map(listPackages);
  const distinct = [...new Map(lists.flat().map((one) => [one.key, one])).values()];
  const refs = new Map(distinct.map(({ key }, index) => [key, `package-${index}`]));
  const bySystem = groupBy(distinct, ({ system }) => JSON.stringify(system));
  const documents = bySystem.flatMap((members) => {
    const alike = groupBy(members, ({ component }) => JSON.stringify([component.name, component.version]));
    const most = Math.max(...alike.map(({ length }) => length));
    return Array.from({ length: most }, (_, round) => alike.flatMap((list) => list[round] ?? []));
  });
  return {
    boms: documents.map((members) => encode(members, refs)),
    inventories: lists.map((list) => list.map(({ key, path }) => ({ ref: refs.get(key)!, path }))),
  };
}

function encode(members: readonly Package[], names: ReadonlyMap<string, string>): MergedBom {
  const nameOf = ({ key }: Package) => names.get(key)!;
  const refs = members.map(nameOf);
  const systems = members[0]!.system.map(([name, version], index) => ({
    ...{ 'bom-ref': `system-${index}`, type: 'operating-system', name, version },
    properties: [
      { name: `${PREFIX}Class`, value: 'os-pkgs' },
      { name: `${PREFIX}Type`, value: name },
    ],
  }));
  const contained = members.filter(({ program }) => program);
  const programs = groupBy(contained, ({ program }) => JSON.stringify(program)).map((list, index) => ({
    ...{ ref: `program-${index}`, properties: list[0]!.program, dependsOn: list.map(nameOf) },
  }));
  const text = JSON.stringify({
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    components: [
      ...systems,
      ...programs.map(({ ref, properties }) => ({
        ...{ 'bom-ref': ref, type: 'application', name: ref, properties },
      })),
      ...members.map((one) => ({ ...one.component, 'bom-ref': nameOf(one) })),
    ],
    dependencies: [
      ...systems.map(({ 'bom-ref': ref }) => ({ ref, dependsOn: refs })),
      ...programs.map(({ ref, dependsOn }) => ({ ref, dependsOn })),
    ],
  });
  return { text, refs };
}
