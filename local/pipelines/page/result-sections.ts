import { counted } from '../../../src/counted';
import { durationText } from '../../duration-text';
import { type Html, html } from '../../html';
import type { TestCaseRecord, TestRunRecord } from '../record/run-record';
import { testCounts } from '../record/test-counts';
import { titleOf } from '../record/titles';
import { fileLink } from './file-link';
import type { RunView } from './run-view';
import { stateBadge } from './states';
import { sizeText } from './times';

const MOST_FAILED = 200;
const MOST_OTHERS = 500;

/** What the run published, with links into its folder. */
export function artifactsSection({ record }: RunView): Html | undefined {
  if (record.artifacts.length === 0) {
    return undefined;
  }
  const jobs = new Map(record.stages.flatMap((stage) => stage.jobs.map((job) => [job.id, job] as const)));
  return html`<section aria-labelledby="artifacts"><h2 id="artifacts">Artifacts</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="artifacts"><table><thead><tr><th scope="col">Name</th><th scope="col">Files</th><th scope="col">Size</th><th scope="col">Published by</th><th scope="col">Kind</th></tr></thead><tbody>
${record.artifacts.map((artifact) => {
  const job = jobs.get(artifact.source);
  return html`<tr><td>${fileLink(artifact.folder, artifact.name)}</td><td>${artifact.files}</td><td>${sizeText(artifact.bytes)}</td><td>${job === undefined ? '–' : titleOf(job)}</td><td>${artifact.kind}</td></tr>`;
})}</tbody></table></div></section>`;
}

/** Counts of all tests, then each group of results: failed ones first, with their messages. */
export function testsSection({ record }: RunView): Html | undefined {
  if (record.tests.length === 0) {
    return undefined;
  }
  return html`<section aria-labelledby="tests"><h2 id="tests">Tests: ${testCounts(record.tests.flatMap(({ cases }) => cases))}</h2>
${record.tests.map(testRun)}</section>`;
}

function testRun({ title, cases }: TestRunRecord): Html {
  const failed = cases.filter(({ outcome }) => outcome === 'failed');
  const others = cases.filter(({ outcome }) => outcome !== 'failed');
  return html`<h3>${title}: ${testCounts(cases)}</h3>
${failed.slice(0, MOST_FAILED).map(failedCase)}${rest(failed.length - MOST_FAILED)}
${
  others.length === 0
    ? undefined
    : html`<details><summary>${counted(others.length, 'test')} passed or skipped</summary><div class="inside"><ul>
${others.slice(0, MOST_OTHERS).map((one) => html`<li>${one.outcome}: ${nameOf(one)} <span class="muted">${durationText(one.milliseconds)}</span></li>`)}</ul>${rest(others.length - MOST_OTHERS)}</div></details>`
}`;
}

function failedCase(test: TestCaseRecord): Html {
  return html`<p>${stateBadge('failed')} ${nameOf(test)} <span class="muted">${durationText(test.milliseconds)}</span></p>
${test.message === '' ? undefined : html`<pre>${test.message.slice(0, 5000)}</pre>`}`;
}

function rest(count: number): Html | undefined {
  return count > 0 ? html`<p class="muted">${counted(count, 'more test')}: see run.json.</p>` : undefined;
}

function nameOf({ suite, name }: TestCaseRecord): string {
  return suite === '' ? name : `${suite} › ${name}`;
}

/** Values of the parameters that the run was queued with. */
export function parametersSection({ record }: RunView): Html | undefined {
  const entries = Object.entries(record.parameters);
  return entries.length === 0
    ? undefined
    : html`<section aria-labelledby="parameters"><h2 id="parameters">Parameters</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="parameters"><table><tbody>
${entries.map(([name, value]) => html`<tr><th scope="row">${name}</th><td><code>${value}</code></td></tr>`)}</tbody></table></div></section>`;
}
