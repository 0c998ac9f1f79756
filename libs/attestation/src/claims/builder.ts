type Environment = Readonly<Record<string, string | undefined>>;

/** Who builds, and in which run; URIs. */
export interface Builder {
  readonly id: string;
  readonly run: string | undefined;
}

/** The builder that the variables of a CI service describe; otherwise `urn:prism-build:local`, which is any machine. */
export function builderOf(env: Environment): Builder {
  if (env.GITHUB_WORKFLOW_REF && env.GITHUB_SERVER_URL) {
    const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
    const run = `${server}/${repository}/actions/runs/${id}/attempts/${env.GITHUB_RUN_ATTEMPT ?? '1'}`;
    return { id: `${server}/${env.GITHUB_WORKFLOW_REF}`, run };
  }
  if (env.CI_PROJECT_URL && env.CI_RUNNER_ID)
    return { id: `${env.CI_PROJECT_URL}/-/runners/${env.CI_RUNNER_ID}`, run: env.CI_JOB_URL };
  return { id: 'urn:prism-build:local', run: undefined };
}
