import { TAR_BLOCK } from '../tarHeader';
import type { ByteReader } from './byteReader';
import type { RawHeader } from './header';
import { parseCount, readCount } from './numbers';
import { findRecord, type PaxRecords } from './paxRecords';

/** A piece of a sparse file that the archive holds; what lies between pieces is zeros. Bytes. */
interface Extent {
  readonly offset: number;
  readonly length: number;
}

interface SparseMap {
  /** The size of the file. */
  readonly size: number;
  readonly extents: readonly Extent[];
  /** Bytes of the member's body that the map itself took. */
  readonly taken: number;
}

/**
 * The map of a sparse member (GNU tar manual, "Storing Sparse Files"): old GNU format, pax 0.0, 0.1 and 1.0; undefined
 * for any other member. `reader` is positioned after the header. Throws an Error on an invalid map, and on unknown
 * formats.
 */
export async function readSparseMap(
  header: RawHeader,
  records: PaxRecords,
  stored: number,
  reader: ByteReader,
): Promise<SparseMap | undefined> {
  const map = await findMap(header, records, stored, reader);
  if (map) checkMap(map, stored - map.taken);
  return map;
}

async function findMap(
  header: RawHeader,
  records: PaxRecords,
  stored: number,
  reader: ByteReader,
): Promise<SparseMap | undefined> {
  const text = (key: string) => findRecord(records, `GNU.sparse.${key}`)?.toString('latin1');
  if (header.typeflag === 'S') {
    // The extension blocks precede the body and are not counted in its size.
    if (header.format === 'gnu') return readOldMap(header.block, reader);
    throw new Error('it is a sparse file of an unknown format');
  }
  if (findRecord(records, 'SCHILY.realsize')) throw new Error('it is a sparse file in the format of star');
  if (!records.some(([key]) => key.startsWith('GNU.sparse.'))) return undefined;
  const version = `${text('major') ?? '0'}.${text('minor') ?? '1'}`;
  const size = parseCount(text('realsize') ?? text('size') ?? '', 'sparse size');
  if (version === '1.0') return { size, ...(await readMapOfBody(stored, reader)) };
  if (version !== '0.0' && version !== '0.1') throw new Error(`its sparse format ${version} is not known`);
  const numbers = text('map')?.split(',') ?? listRepeated(records);
  return { size, extents: pairUp(numbers.map((one) => parseCount(one, 'sparse map'))), taken: 0 };
}

/** Format 0.0 repeats two keys. */
function listRepeated(records: PaxRecords): string[] {
  const keys = ['GNU.sparse.offset', 'GNU.sparse.numbytes'];
  const found = records.filter(([key]) => keys.includes(key));
  if (found.some(([key], at) => key !== keys[at % 2])) throw new Error('its sparse map is damaged');
  return found.map(([, value]) => value.toString('latin1'));
}

/** Four extents in the header, and 21 in each block that follows while the block before says so. */
async function readOldMap(header: Buffer, reader: ByteReader): Promise<SparseMap> {
  const extents = readExtents(header, 386, 4);
  const size = readCount(header.subarray(483, 495), 'sparse size');
  for (let more = header[482] !== 0; more; ) {
    const block = await reader.read(TAR_BLOCK);
    if (block.length < TAR_BLOCK) throw new Error('the archive ends within a sparse map');
    extents.push(...readExtents(block, 0, 21));
    more = block[504] !== 0;
  }
  return { size, extents, taken: 0 };
}

function readExtents(block: Buffer, start: number, count: number): Extent[] {
  const extents: Extent[] = [];
  for (let at = start; at < start + 24 * count; at += 24) {
    // An empty slot ends the list.
    if (block[at] === 0 || block[at + 12] === 0) break;
    const offset = readCount(block.subarray(at, at + 12), 'sparse map');
    extents.push({ offset, length: readCount(block.subarray(at + 12, at + 24), 'sparse map') });
  }
  return extents;
}

/** Format 1.0: the body begins with lines of numbers, padded to whole blocks; the first is how many pairs follow. */
async function readMapOfBody(
  stored: number,
  reader: ByteReader,
): Promise<Pick<SparseMap, 'extents' | 'taken'>> {
  const numbers: number[] = [];
  let line = '';
  for (let taken = 0; taken + TAR_BLOCK <= stored; ) {
    const block = await reader.read(TAR_BLOCK);
    taken += TAR_BLOCK;
    const lines = (line + block.toString('latin1')).split('\n');
    line = lines.pop()!;
    for (const one of lines) {
      if (numbers.length === 0 || numbers.length < 1 + 2 * numbers[0]!)
        numbers.push(parseCount(one, 'sparse map'));
    }
    if (numbers.length > 0 && numbers.length === 1 + 2 * numbers[0]!)
      return { extents: pairUp(numbers.slice(1)), taken };
    if (line.length > 20) break;
  }
  throw new Error('its sparse map is damaged');
}

function pairUp(numbers: readonly number[]): Extent[] {
  if (numbers.length % 2 !== 0) throw new Error('its sparse map is damaged');
  const extents: Extent[] = [];
  for (let at = 0; at < numbers.length; at += 2)
    extents.push({ offset: numbers[at]!, length: numbers[at + 1]! });
  return extents;
}

function checkMap({ size, extents }: SparseMap, stored: number): void {
  let end = 0;
  let sum = 0;
  for (const { offset, length } of extents) {
    if (offset < end || offset + length > size) throw new Error('its sparse map is damaged');
    end = offset + length;
    sum += length;
  }
  if (sum !== stored) throw new Error(`its sparse map names ${sum} bytes, and the archive holds ${stored}`);
}

const zeros = new Uint8Array(64 * 1024);

/** The bytes of a sparse file; `take` gives the next bytes that the archive holds. */
export async function* fillHoles(
  { size, extents }: SparseMap,
  take: (count: number) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const { offset, length } of [...extents, { offset: size, length: 0 }]) {
    for (; at < offset; at += zeros.length) yield zeros.subarray(0, offset - at);
    yield* take(length);
    at = offset + length;
  }
}
