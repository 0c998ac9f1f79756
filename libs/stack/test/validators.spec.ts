import { placeFinding, readStack, type Validator, validators } from '../src';

const text = `apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: web
      image: localhost/p/web
    - name: api
      image: localhost/p/api
      ports:
        - containerPort: 80
`;
const read = readStack(text, 'stack.yaml');
if (!read.ok) throw new Error(JSON.stringify(read.failures));
const stack = read.value;
const lines = ({ find }: Validator, output: string) =>
  find(output).map((one) => [one.what, placeFinding(one, stack, text)?.line]);

test('what the schemas refuse has the line of its field', () => {
  const line =
    "ERROR /tmp/a.yaml did not validate for resource pod/shop against version 1.37: spec.containers.1.ports.0.containerPort: 'x' is not of type 'integer'";
  expect(lines(validators.kubernetes[0]!, `${line}\n\n`)).toEqual([
    ["spec.containers.1.ports.0.containerPort: 'x' is not of type 'integer'", 11],
  ]);
  // What is printed otherwise is a finding as well.
  expect(lines(validators.kubernetes[0]!, 'Traceback')).toEqual([['Traceback', undefined]]);
});

test('what Pod Security refuses has the line of its container, an unknown field its own', () => {
  const reason =
    'allowPrivilegeEscalation != false: container "api" must set securityContext.allowPrivilegeEscalation=false';
  const unknown = 'unknown field "spec.containers[1].ports[0].hostport"';
  expect(lines(validators.kubernetes[1]!, `${reason}\n${unknown}\n`)).toEqual([
    [reason, 8],
    [unknown, 11],
  ]);
});

test('the generator of Quadlet and Docker Compose name what they refuse', () => {
  const quadlet = [
    'quadlet-generator[7]: Loading source unit file /tmp/q/a.container',
    'quadlet-generator[7]: Warning: a.container specifies the image "a" which not a fully qualified image name.',
    `quadlet-generator[7]: converting "a.container": unsupported key 'ReadOnyl' in group 'Container' in /tmp/q/a.container`,
  ].join('\n');
  expect(validators.quadlet[0]!.find(quadlet).map(({ what }) => what)).toEqual([
    `converting "a.container": unsupported key 'ReadOnyl' in group 'Container' in /tmp/q/a.container`,
  ]);
  const compose = 'validating /tmp/c/compose.yaml: services.a Additional property prts is not allowed';
  expect(validators.compose[0]!.find(compose)).toEqual([
    { what: 'services.a Additional property prts is not allowed' },
  ]);
});
