import type { CheckResult, PromotionReport } from '../evaluation/report-types';
import { escapeMarkdown } from '../markdown';

/** What stands below the decision in the summary of a report: notes, one row a check, facts. Everything from outside is escaped. */
export function reportSummary(report: PromotionReport, digest: string): string {
  const lines: string[] = [];
  for (const note of report.notes) {
    lines.push(`* ${shown(note)}`);
  }
  if (report.notes.length > 0) {
    lines.push('');
  }
  lines.push(
    '| check | verdict | challenger | champion | difference | improvement, interval | |',
    '|---|---|---|---|---|---|---|',
    ...report.checks.map(checkRow),
    '',
    ...facts(report, digest),
    '',
  );
  return lines.join('\n');
}

function checkRow(check: CheckResult): string {
  const severity = check.severity === 'block' ? '' : ` (${check.severity})`;
  const cells = [
    `${check.id}${severity}`,
    check.code === undefined ? check.verdict : `${check.verdict} ${check.code}`,
    number(check.challenger),
    number(check.champion),
    number(check.difference),
    interval(check),
    check.message,
  ];
  return `| ${cells.map(shown).join(' | ')} |`;
}

function number(value: number | null | undefined): string {
  return value === undefined ? '' : value === null ? 'undefined' : String(Number(value.toPrecision(6)));
}

function interval(check: CheckResult): string {
  if (check.test?.ci === undefined || check.test.ci === null) {
    return number(check.improvement);
  }
  const [low, high] = check.test.ci;
  const range = `[${number(low)}, ${number(high)}] at ${number(check.test.confidence * 100)} %`;
  return check.improvement === undefined ? range : `${number(check.improvement)} ${range}`;
}

function facts(report: PromotionReport, digest: string): string[] {
  const { data, policy, subject } = report;
  const source = data.table === undefined ? 'a file' : `${data.table} at version ${data.deltaVersion}`;
  return [
    `Model: ${shown(subject.model ?? 'not named')}. Policy: ${shown(policy.name)} (${policy.sha256.slice(0, 12)}). ` +
      `Data: ${data.rows} rows of ${shown(source)}. Digest: ${digest}.`,
  ];
}

/** As {@link escapeMarkdown}, without control and direction characters, which could make a line look like another one. */
function shown(text: string): string {
  return escapeMarkdown(text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' '));
}
