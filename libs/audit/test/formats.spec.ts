import { type AuditRecord, actorOf, csvHeader, toCloudEvent, toCsv } from '../src/index';

const record: AuditRecord = {
  version: 1,
  sequence: 7,
  previous: `sha256:${'ab'.repeat(32)}`,
  time: '2026-11-29T01:02:03.000Z',
  actor: '=cmd("x")',
  event: 'gate',
  subject: { name: 'api', digest: `sha256:${'0'.repeat(64)}` },
  outcome: 'refused',
  causes: ['SCAN_ERROR', 'the work tree has changes, "a" and b'],
  details: { registry: 'registry.example' },
};

test('CSV, with cells quoted and no formulas', () => {
  expect(csvHeader + toCsv(record)).toBe(
    [
      'sequence,time,actor,event,image,digest,outcome,causes,details\r\n',
      `7,2026-11-29T01:02:03.000Z,"'=cmd(""x"")",gate,api,sha256:${'0'.repeat(64)},refused,`,
      '"SCAN_ERROR; the work tree has changes, ""a"" and b","{""registry"":""registry.example""}"\r\n',
    ].join(''),
  );
});

test('CloudEvents', () => {
  expect(toCloudEvent(record)).toEqual({
    specversion: '1.0',
    id: '7-abababababababab',
    source: '/prism/audit',
    type: 'build.prism.gate.refused',
    subject: `api@sha256:${'0'.repeat(64)}`,
    time: record.time,
    datacontenttype: 'application/json',
    data: record,
  });
});

test('the actor is the named one, the user of the CI service, or the user of the machine', () => {
  expect(actorOf({ PRISM_ACTOR: 'ann', GITHUB_ACTOR: 'bob', USER: 'root' }, 'root')).toBe('ann');
  expect(actorOf({ GITHUB_ACTOR: 'bob', USER: 'root' }, 'root')).toBe('bob');
  expect(actorOf({ USER: '' }, 'root')).toBe('root');
});
