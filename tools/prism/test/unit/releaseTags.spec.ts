import { releaseTags, versionOfTags } from '../../src/executors/release-publish/releaseTags';

const independent = { pattern: '{projectName}@{version}', group: 'services' };

test.each([
  [['api@1.2.0', 'worker@3.0.0', 'latest'], independent, 'api', '1.2.0'],
  [['api@1.2.0-rc.1', 'api@1.2.0', 'api@1.1.9'], independent, 'api', '1.2.0'],
  [['other-api@1.2.0', 'api@next', 'api@1.2', 'api@v1.2.0'], independent, 'api', undefined],
  [['team/api@1.0.0+5'], independent, ':team:api', '1.0.0+5'],
  [['stack-v2.0.0'], { pattern: '{releaseGroupName}-v{version}', group: 'stack' }, 'gate', '2.0.0'],
  [['v2.0.0'], { pattern: '{releaseGroupName}-v{version}', group: 'stack' }, 'gate', undefined],
  [['release/3.1.0/gate'], { pattern: 'release/{version}/{projectName}', group: '' }, 'gate', '3.1.0'],
  [[], independent, 'api', undefined],
])('%j by %j give %s %s', (tags, pattern, project, version) => {
  expect(versionOfTags(tags, pattern, project)).toBe(version);
});

test('a prerelease moves no tag without its version, unless one is named', () => {
  const rules = ['v{version}', 'latest'];
  expect(releaseTags(rules, undefined, '1.0.0')).toEqual(rules);
  expect(releaseTags(rules, undefined, '1.0.0-rc.1')).toEqual(['v{version}']);
  expect(releaseTags(rules, 'next', '1.0.0-rc.1')).toEqual(['v{version}', 'next']);
});
