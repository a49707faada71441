import type { CheckResult, PromotionReport } from '../evaluation/report-types';
import { decisionSentence } from './decision-sentence';

/** The Markdown summary of a report: decision first, then one row a check. Everything that came from outside is escaped. */
export function markdownSummary(report: PromotionReport, digest: string): string {
  const lines = [`**${escapeMarkdown(decisionSentence(report))}**`, ''];
  for (const note of report.notes) {
    lines.push(`* ${escapeMarkdown(note)}`);
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
  return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
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
    `Model: ${escapeMarkdown(subject.model ?? 'not named')}. Policy: ${escapeMarkdown(policy.name)} (${policy.sha256.slice(0, 12)}). ` +
      `Data: ${data.rows} rows of ${escapeMarkdown(source)}. Digest: ${digest}.`,
  ];
}

/** Text as Markdown that shows itself: on one line, without markup, HTML, links or control characters. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]#!|~]/g, '\\$&')
    .replace(/:\/\//g, ':&#47;&#47;')
    .replace(/@/g, '&#64;');
}
