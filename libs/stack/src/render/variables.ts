import type { Container } from '../read/schema';
import type { Stack } from '../read/stack';
import { expand } from './expand';
import type { Refuse } from './form';

/** A variable whose value is a key of a Secret. */
export interface SecretVariable {
  readonly variable: string;
  readonly secret: string;
  readonly key: string;
}

interface Variables {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretVariable[];
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
}

/** The environment of a container with the values of ConfigMaps, and its command with the values of variables. */
export function planVariables({ configMaps }: Stack, container: Container, refuse: Refuse): Variables {
  const maps = new Map(configMaps.map(({ metadata, data }) => [metadata.name, data]));
  const variables: Record<string, string> = {};
  const secrets: SecretVariable[] = [];
  const secretNames = new Set<string>();
  const resolve = (text: string, path: readonly PropertyKey[]): string => {
    const expanded = expand(text, variables, secretNames);
    if (expanded === undefined)
      refuse(
        path,
        `a Secret within ${JSON.stringify(text)}`,
        'it gives a Secret to a whole variable',
        remedy,
      );
    return expanded ?? text;
  };
  const remedy = 'Let the program read the variable itself.';
  for (const [nth, { configMapRef, secretRef }] of (container.envFrom ?? []).entries()) {
    if (configMapRef) Object.assign(variables, maps.get(configMapRef.name));
    if (!secretRef) continue;
    const why = 'it gives one key of a Secret to one variable';
    refuse(['envFrom', nth, 'secretRef'], 'secretRef', why, 'Name each key in env by secretKeyRef.');
  }
  for (const [nth, { name, value, valueFrom }] of (container.env ?? []).entries()) {
    const config = valueFrom?.configMapKeyRef;
    const secret = valueFrom?.secretKeyRef;
    delete variables[name];
    if (secret) {
      secretNames.add(name);
      secrets.push({ variable: name, secret: secret.name, key: secret.key });
    } else if (config) variables[name] = maps.get(config.name)?.[config.key] ?? '';
    else variables[name] = resolve(value ?? '', ['env', nth, 'value']);
  }
  const all = (field: 'command' | 'args') =>
    container[field]?.map((text, nth) => resolve(text, [field, nth]));
  return { variables, secrets, command: all('command'), args: all('args') };
}
