import { createSocket } from 'node:dgram';

/** A name server with the given A records, for use in resolv.conf. The records may change while it runs. */
export async function serveNames(address: string, records: Record<string, string>): Promise<() => void> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    socket.send(answer(query, records), from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(53, address, resolve);
  });
  return () => socket.close();
}

/** RFC 1035, section 4: the response repeats the question and adds the answer, if there is one. */
function answer(query: Buffer, records: Record<string, string>): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  const isA = query.readUInt16BE(at + 1) === 1;
  const known = records[labels.join('.').toLowerCase()];
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(known === undefined ? 0x8583 : 0x8580, 2);
  header.writeUInt16BE(isA && known ? 1 : 0, 6);
  header.fill(0, 8);
  const record =
    isA && known
      ? // A pointer to the name, type A, class IN, TTL 0, four bytes.
        Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...known.split('.').map(Number)])
      : Buffer.alloc(0);
  return Buffer.concat([header, query.subarray(12, end), record]);
}
