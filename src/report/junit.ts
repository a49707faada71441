import type { CheckResult, PromotionReport } from '../evaluation/report-types';
import { decisionSentence } from './decision-sentence';

/**
 * The report as JUnit XML for the Tests tab: each check is a test case. What does not block appears as skipped with its verdict, so that the tab is red
 * only where the verdict is.
 */
export function junitXml(report: PromotionReport): string {
  const cases = report.checks.map((check) => testCase(check, report.policy.name));
  const count = (kind: Outcome) => report.checks.filter((check) => outcomeOf(check) === kind).length;
  const counts = `tests="${report.checks.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  const name = escapeXml(decisionSentence(report));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `<testsuite name="${name}" ${counts}>`,
    ...cases,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const REPLACEMENT = '\ufffd';

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

function outcomeOf(check: CheckResult): Outcome {
  if (check.verdict === 'PASS') {
    return 'passed';
  }
  if (check.verdict === 'ERROR' && check.severity !== 'info') {
    return 'error';
  }
  return check.severity === 'block' && check.verdict !== 'SKIPPED' ? 'failure' : 'skipped';
}

function testCase(check: CheckResult, policy: string): string {
  const head = `<testcase classname="${escapeXml(`${policy}.${check.category}`)}" name="${escapeXml(check.id)}" time="0"`;
  const message = escapeXml(`${check.verdict}: ${check.message}`);
  switch (outcomeOf(check)) {
    case 'passed':
      return `${head}><system-out>${escapeXml(check.message)}</system-out></testcase>`;
    case 'error':
      return `${head}><error type="${escapeXml(check.code ?? 'ERROR')}" message="${message}"/></testcase>`;
    case 'failure':
      return `${head}><failure type="${check.verdict}" message="${message}"/></testcase>`;
    case 'skipped':
      return `${head}><skipped message="${message}"/></testcase>`;
  }
}

/** Text for XML 1.0, in content and in attributes; characters that XML cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[\p{Cs}\p{Noncharacter_Code_Point}]/gu, REPLACEMENT)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&apos;')
    .replace(/\p{Cc}/gu, (control) => (/[\t\n\r]/.test(control) ? `&#${control.charCodeAt(0)};` : REPLACEMENT));
}
