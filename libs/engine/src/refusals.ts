/** For a port that a user may not listen on. */
export const privilegedPortRemedy =
  'Allow it (sudo sysctl net.ipv4.ip_unprivileged_port_start=80), or take a port of 1024 or higher, behind a reverse proxy if need be (node_modules/prism/docs/stack.md#ports-below-1024).';

/** The remedy for what an engine says when it starts nothing; undefined if the words are not known. */
export function remedyFor(said: string): string | undefined {
  if (/privileged port|ip_unprivileged_port_start/.test(said)) return privilegedPortRemedy;
  if (/address already in use|port is already allocated/.test(said))
    return 'Stop what listens on the port, or publish another one.';
  if (
    /\/dev\/net\/tun|\/dev\/fuse|catatonit|rlimit|cgroup|newuidmap|newgidmap|subuid|insufficient UIDs/.test(
      said,
    )
  )
    return 'Run `npx nx g prism:doctor`: it names the package or the setting that this machine lacks.';
  return undefined;
}
