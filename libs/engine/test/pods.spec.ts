import { parseImageNames } from '../src';

test('names of images in the output of Podman, of which some have none', () => {
  const images = [
    { Id: 'a', RepoTags: null, Names: ['localhost/shop/api:a', 'localhost/shop/api:b'] },
    { Id: 'b', RepoTags: null, Names: null, Dangling: true },
    { Id: 'c', RepoTags: null },
  ];
  expect(parseImageNames(JSON.stringify(images))).toEqual(['localhost/shop/api:a', 'localhost/shop/api:b']);
  expect(parseImageNames('[]\n')).toEqual([]);
});
