import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { escapeMarkdown, markdownTable } from '../../src/markdown';
import type { Finding, RightFinding } from './finding';
import type { CheckName } from './inputs';

/** What one check found, or why it was left out. */
export interface CheckResult {
  readonly check: CheckName;
  readonly verdict: Finding['verdict'] | 'leftOut';
  readonly message: string;
  readonly rights: readonly RightFinding[];
}

const SHOWN: Readonly<Record<CheckResult['verdict'], string>> = {
  ok: 'ok',
  warning: 'warning',
  error: 'error',
  leftOut: 'left out',
};

/** Sets the outputs, writes `report.json`, and says first what is to be done. */
export function outcome(
  results: readonly CheckResult[],
  failOnWarning: boolean,
  url: string,
  { outputs, files }: TaskContext,
): TaskOutcome {
  const failures = results.filter((result) => result.verdict === 'error');
  const warnings = results.filter((result) => result.verdict === 'warning');
  outputs.set('failures', failures.length);
  outputs.set('warnings', warnings.length);
  const content = {
    workspace: url,
    identity: outputs.get('identity'),
    identityType: outputs.get('identityType'),
    checks: results,
  };
  outputs.set('reportPath', files.write('report.json', JSON.stringify(content, null, 2)));
  const bad = failOnWarning ? [...failures, ...warnings] : failures;
  const first = bad[0];
  const made = results.filter((result) => result.verdict !== 'leftOut').length;
  return {
    decision:
      first === undefined
        ? // The identity first: an agent takes `//host:port works as name@` for a password in an address and masks it.
          `${outputs.get('identity') || 'The given identity'} reaches ${url}.`
        : `Connection to ${url} does not work: ${bad.length} of ${made} checks failed.`,
    ...(first === undefined
      ? {}
      : {
          failure: {
            code: 'CONNECTION_CHECK_FAILED',
            message: `Check '${first.check}' did not pass: ${first.message}`,
          },
        }),
    summary: summaryOf(results),
    attachment: { kind: 'connection', content },
  };
}

function summaryOf(results: readonly CheckResult[]): string {
  const checks = markdownTable(
    ['Check', 'Verdict', 'Finding'],
    results.map(({ check, verdict, message }) => [check, SHOWN[verdict], escapeMarkdown(message)]),
  );
  const rights = results.flatMap((result) => result.rights);
  return rights.length === 0
    ? checks
    : `${checks}\n\n${markdownTable(
        ['Right', 'Object', 'Command'],
        rights.map(({ right, object, command }) => [right, object, command].map(escapeMarkdown)),
      )}`;
}
