import { pinsOf } from '../../src/inference/read/keys';
import { readComponent } from '../support/readComponent';

const own = 'containerfiles/go-builder/pin.json';

/** The pins in the key of a Go stage. */
function pins(environment: string, buildArgs: Record<string, string> = {}): string[] {
  const text = `FROM localhost/prism/base-go-builder AS compile\n${environment}WORKDIR /src\nCOPY . .\nRUN ["compile-go", "."]\nFROM scratch\nCOPY --from=compile /out/x /x\n`;
  const component = readComponent(text, 'Containerfile', { buildArgs });
  if (!component.ok) throw new Error(JSON.stringify(component.failures));
  return pinsOf(component.value.compile!);
}

test.each([
  ['', {}, [own]],
  ['ENV CGO_ENABLED=0\n', {}, [own]],
  ['ENV CGO_ENABLED=1\n', {}, [own, 'containerfiles/c-builder/pin.json']],
  ['ARG CGO_ENABLED=0\n', { CGO_ENABLED: '1' }, [own, 'containerfiles/c-builder/pin.json']],
])('%j: the pin of each compiler that the stage calls is in the key', (environment, buildArgs, expected) => {
  expect(pins(environment, buildArgs)).toEqual(expected);
});
