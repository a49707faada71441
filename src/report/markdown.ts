import { modelVersionUrl } from '../databricks/links';
import { figure, figureBeside, INTERVAL_DIGITS, percent } from '../evaluation/checks/figures';
import {
  changeIntervalText,
  changeText,
  limitOf,
  wantedBarText,
  wantedChangeText,
} from '../evaluation/checks/findings';
import type { CheckResult, PromotionReport, ReportVersion } from '../evaluation/report-types';
import { escapeMarkdown, markdownLink, markdownTable } from '../markdown';
import { nextStep } from './next-step';

/**
 * What stands below the decision in the summary of a report: what to do next, what decided, the comparison with the champion, the bars, the other
 * checks, facts. Everything from outside is escaped.
 * @param workspaceUrl workspace that has the model, for links to its versions; `''` when none was asked
 */
export function reportSummary(report: PromotionReport, digest: string, workspaceUrl = ''): string {
  const compared = report.checks.filter(isCompared);
  const bars = report.checks.filter(isBar);
  const others = report.checks.filter((check) => !isCompared(check) && !isBar(check));
  return [
    shown(nextStep(report)),
    bullets([...report.notes, ...deciding(report).map((check) => `${check.id}: ${check.message}`)]),
    comparisonTable(report, compared),
    barTable(report, bars),
    otherTable(others),
    facts(report, digest, workspaceUrl),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The checks that kept the verdict from PASS. */
function deciding({ checks, failedChecks, verdict }: PromotionReport): CheckResult[] {
  return checks.filter(
    (check) =>
      failedChecks.includes(check.id) ||
      (verdict === 'INCONCLUSIVE' && check.severity === 'block' && check.verdict === 'INCONCLUSIVE'),
  );
}

function isCompared(check: CheckResult): boolean {
  return check.champion !== undefined;
}

function isBar(check: CheckResult): boolean {
  return check.threshold !== undefined;
}

function comparisonTable({ subject }: PromotionReport, checks: readonly CheckResult[]): string {
  if (checks.length === 0) {
    return '';
  }
  const header = [
    'against the champion',
    `challenger ${shown(subject.challenger.version)}`,
    `champion ${shown(subject.champion?.version ?? '')}`,
    'change',
    'interval',
    'wanted',
    'verdict',
  ];
  return markdownTable(
    header,
    checks.map((check) => [
      label(check),
      number(check.challenger),
      number(check.champion),
      check.improvement === undefined || check.improvement === null ? '' : changeText(check.improvement),
      changeInterval(check),
      check.test?.hypothesis === undefined ? '' : wantedChangeText(check.test.hypothesis, check.test.required ?? 0),
      verdict(check),
    ]),
  );
}

function changeInterval({ test }: CheckResult): string {
  if (test?.ci === undefined || test.ci === null) {
    return '';
  }
  const [low, high] = test.ci;
  return `${changeIntervalText({ low, high }, test.required ?? Number.NaN)} (${percent(test.confidence)})`;
}

function barTable({ subject }: PromotionReport, checks: readonly CheckResult[]): string {
  if (checks.length === 0) {
    return '';
  }
  return markdownTable(
    ['bar', `challenger ${shown(subject.challenger.version)}`, 'wanted', 'verdict'],
    checks.map((check) => [
      label(check),
      barValue(check),
      check.threshold === undefined ? '' : wantedBarText(check.threshold),
      verdict(check),
    ]),
  );
}

function barValue({ challenger, threshold, test }: CheckResult): string {
  const limit = threshold === undefined ? Number.NaN : limitOf(threshold);
  const value = typeof challenger === 'number' ? figureBeside(challenger, limit) : 'undefined';
  if (test?.ci === undefined || test.ci === null) {
    return value;
  }
  const [low, high] = test.ci.map((end) => figureBeside(end, limit, INTERVAL_DIGITS));
  return `${value}, interval ${low} to ${high} (${percent(test.confidence)})`;
}

function otherTable(checks: readonly CheckResult[]): string {
  return checks.length === 0
    ? ''
    : markdownTable(
        ['check', 'finding', 'verdict'],
        checks.map((check) => [label(check), shown(check.message), verdict(check)]),
      );
}

function label({ id, metric }: CheckResult): string {
  return shown(metric === undefined || id.includes(metric) ? id : `${id} (${metric})`);
}

function verdict(check: CheckResult): string {
  const code = check.code === undefined ? '' : ` ${check.code}`;
  const severity = check.severity === 'block' || check.verdict === 'PASS' ? '' : ` (${check.severity} only)`;
  return shown(`${check.verdict}${code}${severity}`);
}

function number(value: number | null | undefined): string {
  return value === undefined ? '' : value === null ? 'undefined' : figure(value);
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `* ${shown(item)}`).join('\n');
}

function facts({ data, policy, provenance, subject }: PromotionReport, digest: string, workspaceUrl: string): string {
  const source = data.table === undefined ? 'a file' : `${data.table} at version ${data.deltaVersion}`;
  const version = (of: ReportVersion) => versionFact(subject.model, of, workspaceUrl);
  return [
    `Model: ${shown(subject.model ?? 'not named')}.`,
    `Challenger: ${version(subject.challenger)}.`,
    `Champion: ${subject.champion === null ? 'none' : version(subject.champion)}.`,
    ...(provenance['commit'] === undefined ? [] : [`Commit: ${shown(provenance['commit'])}.`]),
    `Policy: ${shown(policy.name)} (${policy.sha256.slice(0, 12)}).`,
    `Data: ${data.rows} rows of ${shown(source)}.`,
    `Digest of report.json: ${digest}.`,
  ].join(' ');
}

/** A version, with a link where its page is known, and the MLflow run that made it. */
function versionFact(model: string | null, { version, runId }: ReportVersion, workspaceUrl: string): string {
  const url = model === null || workspaceUrl === '' ? '' : modelVersionUrl(workspaceUrl, model, version);
  const made = runId === undefined ? '' : `, MLflow run ${shown(runId)}`;
  return `${markdownLink(withoutControls(`version ${version}`), url)}${made}`;
}

/** As {@link escapeMarkdown}, without control and direction characters. */
function shown(text: string): string {
  return escapeMarkdown(withoutControls(text));
}

/** Control and direction characters could make a line look like another one. */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ');
}
