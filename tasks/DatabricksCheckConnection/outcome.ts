import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import { escapeMarkdown, markdownTable } from '../../src/markdown';
import type { CheckResult } from './finding';
import { SHOWN_VERDICTS } from './log-line';

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
  const rest = { summary: summaryOf(results), attachment: { kind: 'connection', content } };
  const bad = failOnWarning ? [...failures, ...warnings] : failures;
  if (bad.length === 0) {
    // The identity first: an agent takes `//host:port works as name@` for a password in an address and masks it.
    return { decision: `${outputs.get('identity') || 'The given identity'} reaches ${url}.`, ...rest };
  }
  return {
    decision: `Connection to ${url} does not work: ${countsOf(results, bad.length)}.`,
    failure: { code: 'CONNECTION_CHECK_FAILED', message: `Check ${bad.map(whatFailed).join(' Check ')}` },
    ...rest,
  };
}

function countsOf(results: readonly CheckResult[], bad: number): string {
  const made = results.filter((result) => result.verdict !== 'notChecked').length;
  const more = results.length - made;
  const failed = `${bad} of ${counted(made, 'check')} failed`;
  return more === 0 ? failed : `${failed}, ${more} ${more === 1 ? 'was' : 'were'} not made`;
}

function whatFailed({ check, verdict, message }: CheckResult): string {
  return `'${check}' ${verdict === 'warning' ? 'warned' : 'failed'}: ${message}`;
}

function summaryOf(results: readonly CheckResult[]): string {
  const checks = markdownTable(
    ['Check', 'Verdict', 'Finding'],
    results.map(({ check, verdict, message }) => [check, SHOWN_VERDICTS[verdict], escapeMarkdown(message)]),
  );
  const rights = results.flatMap((result) => result.rights);
  return rights.length === 0
    ? checks
    : `${checks}\n\n${markdownTable(
        ['Right', 'Object', 'Command'],
        rights.map(({ right, object, command }) => [right, object, command].map(escapeMarkdown)),
      )}`;
}
