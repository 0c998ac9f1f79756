import { defineCatalogue } from '../define';

/** Failures of stacks: reading stack.yaml, and running its pod. */
export const stackFailure = defineCatalogue({
  STACK_NOT_YAML: { remedy: 'Correct the YAML at this line.' },
  STACK_FIELD_UNKNOWN: {
    remedy: 'Correct the name, or remove it; node_modules/prism/docs/stack.md lists what a stack may have.',
  },
  STACK_NOT_HONOURED: {
    remedy: 'Remove it; node_modules/prism/docs/stack.md lists what a stack may have.',
  },
  STACK_VALUE_INVALID: { remedy: 'Correct the value.' },
  STACK_REFERENCE_MISSING: { remedy: 'Correct the name, or add what it names to the file.' },
  STACK_FORM_LACKS: {
    remedy:
      'Change the field, or render another form; node_modules/prism/docs/stack.md says what each can express.',
  },
  STACK_FORM_INVALID: { remedy: 'Correct the field in stack.yaml, and render again.' },
  STACK_VALIDATOR_MISSING: { remedy: 'Install one of the programs above, or leave out --validate.' },
  STACK_IMAGE_MISSING: { remedy: 'Build and load the image, or correct its name.' },
  STACK_SECRET_MISSING: {
    remedy:
      'Make it of a file with the value: printf \'{"<key>":"%s"}\' "$(base64 -w0 <file>)" | podman secret create <name> -',
  },
  STACK_PORT_IN_USE: {
    remedy: 'Stop what listens there, or change the port of the Service in stack.yaml.',
  },
  STACK_PORT_REFUSED: {
    remedy:
      'Give the Service a port of 1024 or higher; node_modules/prism/docs/stack.md#ports-below-1024 says how to serve others.',
  },
  STACK_EXISTS: { remedy: 'Remove the other pod, or give this one another metadata.name.' },
  STACK_START_FAILED: { remedy: 'Read what Podman says above; correct it, and run the target again.' },
  STACK_NOT_READY: {
    remedy:
      'Read the last lines of the container above. If it only needs longer, give the target a higher --timeout.',
  },
  STACK_STILL_THERE: { remedy: 'Run the target again; if it fails again, run the command by hand.' },
});
