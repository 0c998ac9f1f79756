/** Variables that name who started a job, of the services that set one, and the user of the machine. */
const variables = [
  'PRISM_ACTOR',
  'GITHUB_ACTOR',
  'GITLAB_USER_LOGIN',
  'BUILD_REQUESTEDFOREMAIL',
  'USER',
  'LOGNAME',
];

/** Who acts: `PRISM_ACTOR`, the user that the CI service names, or the user of the machine. */
export function actorOf(env: Readonly<Record<string, string | undefined>>, user: string): string {
  return variables.map((name) => env[name]).find((value) => value) ?? user;
}
