/**
 * Kubernetes' `$(NAME)` and `$$` in commands and variables, with the variables that are known so far. An unknown name stays as
 * it is. Returns undefined if a name is one of `unknown`: its value exists only where the container runs.
 *
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expand(
  text: string,
  known: Readonly<Record<string, string>>,
  unknown: ReadonlySet<string>,
): string | undefined {
  let whole = true;
  const expanded = text.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (found, name: string | undefined) => {
    if (name === undefined) return '$';
    if (unknown.has(name)) whole = false;
    return Object.hasOwn(known, name) ? known[name]! : found;
  });
  return whole ? expanded : undefined;
}
