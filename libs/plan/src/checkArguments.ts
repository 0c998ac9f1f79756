import type { ResolvedInstruction } from '@prism-build/containerfile';
import { type Failure, imageFailure, type Place } from '@prism-build/errors';

const signals =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU UNUSED URG USR1 USR2 VTALRM WINCH XCPU XFSZ';
const realTime = /^RTM(IN|AX)([+-]\d+)?$/;

/** Failures for expanded arguments that no engine accepts; often an ARG has no value. */
export function checkArguments(instruction: ResolvedInstruction, at: Place): Failure[] {
  const invalid = (what: string) => imageFailure('ARGUMENT_INVALID', { what, at });
  switch (instruction.keyword) {
    case 'EXPOSE': {
      if (instruction.ports.length === 0) return [invalid('EXPOSE names no port')];
      const wrong = instruction.ports.filter((port) => !isPort(port));
      return wrong.map((port) => invalid(`EXPOSE ${port} is not a port`));
    }
    case 'VOLUME':
      return instruction.paths.includes('') ? [invalid('VOLUME names no path')] : [];
    case 'STOPSIGNAL': {
      const { signal } = instruction;
      const name = signal.toUpperCase().replace(/^SIG/, '');
      const known = /^[1-9]\d*$/.test(signal) || signals.split(' ').includes(name) || realTime.test(name);
      return known ? [] : [invalid(`STOPSIGNAL ${signal} is not a signal`)];
    }
    default:
      return [];
  }
}

/** `80`, `8000-8010/udp`: no number beyond 65535, and no range that ends before it begins. */
function isPort(text: string): boolean {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(?:tcp|udp|sctp))?$/i.exec(text) ?? [];
  return first !== undefined && Number(first) <= Number(last) && Number(last) <= 65_535;
}
