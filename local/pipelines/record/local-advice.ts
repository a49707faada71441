import type { StepRecord } from './run-record';

const ADVICE: Readonly<Record<string, string>> = {
  JOB_NOT_FOUND:
    "A local workspace has the jobs that were made there. 'run --jobs DIR' first deploys those of DIR/databricks.yml. A project of the template that has no such job says so: jobs: { integration: '' } in its parameters.",
};

/** What helps on this machine where a step failed as it would on Azure; `undefined` where the error says all. */
export function localAdvice({ issues }: Pick<StepRecord, 'issues'>): string | undefined {
  const code = issues.find(({ type, code: known }) => type === 'error' && Object.hasOwn(ADVICE, known))?.code;
  return code === undefined ? undefined : ADVICE[code];
}
