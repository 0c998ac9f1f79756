import * as fs from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A synthetic monorepo that shares code as real ones do; deterministic for a count. Most components start from one of
 * a few bases. There is a library for every ten components, and each component uses up to three. Half of the
 * components copy their own files, three in ten also copy libraries (their context is the repository), two in ten
 * have a compile stage.
 *
 * @param count of components, including the bases
 * @returns the names of those that are built without a compiler
 */
export function makeMonorepo(root, count) {
  const write = (name, text) => {
    fs.mkdirSync(dirname(join(root, name)), { recursive: true });
    fs.writeFileSync(join(root, name), text);
  };
  const bases = Math.max(1, Math.ceil(count / 100));
  const libraries = Math.max(3, Math.ceil(count / 10));
  const plain = [];
  for (let index = 0; index < libraries; index += 1) {
    write(`libs/l${index}/go.mod`, `module example.com/l${index}\n\ngo 1.26\n`);
    for (let file = 0; file < 5; file += 1)
      write(`libs/l${index}/f${file}.go`, `package l${index}\n\nconst F${file} = ${index}\n`);
  }
  for (let index = 0; index < bases; index += 1) {
    write(`containerfiles/b${index}/Containerfile`, 'FROM scratch\nCOPY etc /etc\nENV LANG=C.UTF-8\n');
    write(`containerfiles/b${index}/etc/base`, `base ${index}\n`);
    plain.push(`base-b${index}`);
  }
  for (let index = bases; index < count; index += 1) {
    const kind = ['own', 'own', 'shared', 'compiled', 'own', 'shared', 'own', 'compiled', 'own', 'shared'][
      index % 10
    ];
    const name = `${kind[0]}${index}`;
    const place = `services/team${index % 23}/${name}`;
    const base = `localhost/base-b${index % bases}`;
    const shared = [...new Set([index % libraries, (index * 7) % libraries, (index * 13) % libraries])];
    write(`${place}/.containerignore`, '**/*.md\n**/*_test.go\ntestdata\n');
    write(`${place}/README.md`, `# ${name}\n`);
    write(`${place}/config/settings.json`, JSON.stringify({ name }));
    write(`${place}/static/index.html`, `<title>${name}</title>\n`);
    if (kind === 'own') write(`${place}/Containerfile`, own(base));
    else {
      write(
        `${place}/project.json`,
        JSON.stringify({ targets: { 'build-image': { options: { context: '.' } } } }),
      );
      write(
        `${place}/Containerfile`,
        kind === 'shared' ? copying(base, place, shared) : compiling(base, place, shared, name),
      );
    }
    if (kind === 'compiled') {
      write(`${place}/go.mod`, goModule(name, shared));
      write(`${place}/cmd/${name}/main.go`, 'package main\n\nfunc main() {}\n');
    } else plain.push(name);
  }
  return plain;
}

const own = (base) =>
  `FROM ${base}\nCOPY config /config\nCOPY static /static\nUSER 65532\nENTRYPOINT ["/x"]\n`;

const copyLibraries = (shared, to) => shared.map((one) => `COPY libs/l${one} ${to}libs/l${one}\n`).join('');

const copying = (base, place, shared) =>
  `FROM ${base}\n${copyLibraries(shared, '/')}COPY ${place}/config /config\nEXPOSE 8080\nENTRYPOINT ["/x"]\n`;

const compiling = (base, place, shared, name) =>
  `FROM localhost/base-go-builder AS compile\nWORKDIR /src/${place}\n${copyLibraries(shared, '/src/')}COPY ${place} /src/${place}
RUN ["compile-go", "./cmd/${name}"]\n\nFROM ${base}\nCOPY --from=compile /out/${name} /${name}\nENTRYPOINT ["/${name}"]\n`;

const goModule = (name, shared) =>
  `module example.com/${name}\n\ngo 1.26\n${shared.map((one) => `\nrequire example.com/l${one} v0.0.0\nreplace example.com/l${one} => ../../../libs/l${one}\n`).join('')}`;
