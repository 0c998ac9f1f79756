import type { stackFailure } from '../catalogue/stack';
import type { Explanations } from './explanation';

const at = { file: 'deploy/shop/stack.yaml', line: 12 };

export const stackExplanations: Explanations<typeof stackFailure> = {
  STACK_NOT_YAML: {
    means: 'stack.yaml is not YAML, or has a key twice.',
    causes: ['Indentation.', 'A text with a colon that is not in quotes.'],
    example: { what: 'deploy/shop/stack.yaml cannot be read as YAML', why: 'Map keys must be unique', at },
  },
  STACK_FIELD_UNKNOWN: {
    means:
      'stack.yaml has a name that Kubernetes does not have at this place. Podman 4.3 would ignore it without a message.',
    causes: ['A typing error.', 'A field at the wrong depth.'],
    example: { what: 'unknown name redinessProbe in spec.containers[0]. Did you mean readinessProbe?', at },
  },
  STACK_NOT_HONOURED: {
    means:
      'stack.yaml has a field or a kind that Kubernetes knows, and that Podman ignores or Pod Security refuses.',
    causes: ['The file was written for a cluster.'],
    example: {
      what: 'a stack may not have hostPort in spec.containers[0].ports[0]',
      why: 'Pod Security refuses it; a port of a Service is published on loopback',
      at,
    },
  },
  STACK_VALUE_INVALID: {
    means: 'A value in stack.yaml has the wrong type or form, is missing, or contradicts another one.',
    causes: ['A number in place of text: quote it.', 'An image of a registry without a digest.'],
    example: {
      what: 'the image docker.io/library/redis:7 has no digest, so it may be another one tomorrow',
      remedy: 'Add the digest of its index: docker.io/library/redis:7@sha256:…',
      at,
    },
  },
  STACK_REFERENCE_MISSING: {
    means:
      'stack.yaml names something that the file does not have: a ConfigMap, a key of it, a volume, a claim or a port.',
    causes: ['A typing error.', 'The document is in another file: a stack is one file.'],
    example: { what: 'deploy/shop/stack.yaml has no ConfigMap setings. Did you mean settings?', at },
  },
  STACK_FORM_LACKS: {
    means:
      'stack.yaml has a field that Quadlet or Compose cannot express. `render` drops none, so it renders nothing.',
    causes: [
      'A probe that is asked from outside: both run health checks inside of the container only.',
      'A secretRef: both give one Secret to one variable.',
    ],
    example: {
      what: 'Quadlet cannot express readinessProbe, GET /health on port 8080',
      why: 'it runs health checks inside of the container, and asks nothing from outside',
      remedy:
        "Add a startupProbe with exec, such as the image's own health command; it stands for this probe.",
      at,
    },
  },
  STACK_FORM_INVALID: {
    means:
      'A program that reads the rendered stack strictly refuses it. `render --validate` writes nothing then.',
    causes: [
      'The stack is valid for Podman, and a cluster with the restricted profile of Pod Security would refuse it.',
      'A value has the right type and a form that Kubernetes does not take.',
    ],
    example: {
      what: 'the schemas of Kubernetes (kubernetes-validate) refuse it: spec.containers.0.env: …',
      at: { file: 'deploy/shop/stack.yaml', line: 12 },
    },
  },
  STACK_VALIDATOR_MISSING: {
    means: '`render --validate` found no program that could check this form, so nothing was checked.',
    causes: ['None of the programs that the message names is installed.'],
    example: {
      what: 'nothing checks the form kubernetes on this machine',
      why: 'kubernetes-validate is not on PATH',
    },
  },
  STACK_IMAGE_MISSING: {
    means:
      'A container of the stack names an image that is no component of this workspace, or that Podman does not have.',
    causes: [
      'A typing error, or another prefix than that of the plugin in nx.json.',
      'The image is one of a registry, and nobody has pulled it: `up` pulls nothing.',
      'Another process removed the image after it was loaded.',
    ],
    example: { what: 'localhost/prism/shop is no component of this workspace', at },
  },
  STACK_SECRET_MISSING: {
    means:
      'A container of the stack names a Secret that Podman does not have. A Secret is never part of stack.yaml.',
    causes: ['It was not made on this machine yet.', 'It has another name here.'],
    example: { what: 'Podman has no secret database', at },
  },
  STACK_PORT_IN_USE: {
    means: '`up` cannot publish a port of a Service on loopback. Nothing was started.',
    causes: ['Another program, or another stack, listens on the port.'],
    example: { what: 'port 8980 of Service proxy is in use on 127.0.0.1', at },
  },
  STACK_PORT_REFUSED: {
    means: 'This user may not listen on a port of a Service. Nothing was started.',
    causes: ['The port is below 1024, and Podman runs without root.'],
    example: {
      what: 'this user may not listen on port 80 of Service web',
      remedy:
        'Allow it (sudo sysctl net.ipv4.ip_unprivileged_port_start=80), or take a port of 1024 or higher, behind a reverse proxy if need be (node_modules/prism/docs/stack.md#ports-below-1024).',
      at,
    },
  },
  STACK_EXISTS: {
    means:
      'Podman has a pod of this name, and it is another one: of another project, or of an older stack.yaml.',
    causes: [
      'stack.yaml or an image changed since `up`.',
      'An `up` was killed before it had started all containers.',
      'Two stacks have the same metadata.name.',
    ],
    example: {
      what: 'the pod shop exists already, with other contents than deploy/shop/stack.yaml has now',
      remedy: 'Replace it: npx nx restart shop',
    },
  },
  STACK_START_FAILED: {
    means: 'Podman did not start the pod. What it had made was removed.',
    causes: [
      'catatonit is missing, which Podman needs for pods (Debian: apt-get install catatonit).',
      'The entrypoint of an image is not there, or is for another architecture.',
    ],
    example: { what: 'podman did not start the pod shop', why: 'finding pause binary: catatonit' },
  },
  STACK_NOT_READY: {
    means:
      'A container of the stack ended, or a probe of it did not answer within the limit. The pod was removed; volumes of claims are kept.',
    causes: [
      'The program failed: its last lines are above.',
      'The probe asks another port or path than the program has.',
    ],
    example: {
      what: 'shop was not ready within 60 s: GET /health on port 8080 of api',
      why: 'the answer has status 503',
    },
  },
  STACK_STILL_THERE: {
    means: 'Podman was told to remove the pod of a stack, and still has it.',
    causes: ['Podman was stopped in the middle.', 'A process of a container cannot be killed.'],
    example: { what: 'the pod shop is still there after: podman pod rm --force --time=30 shop' },
  },
};
