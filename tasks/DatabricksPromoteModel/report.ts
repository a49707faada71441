import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FileSource } from '../../src/agent/file-source';
import type { TaskContext } from '../../src/agent/task-context';
import { jobAccess } from '../../src/connection/job-connection';
import { TaskError } from '../../src/errors';
import type { PromotionReport } from '../../src/evaluation/report-types';
import { reportIdOf } from '../../src/report/seal-report';
import type { PromoteInputs } from './inputs';

/** A report that allows its version to be promoted. */
export interface CheckedReport {
  readonly report: PromotionReport;
  /** SHA-256, hex, of the bytes of the file. */
  readonly digest: string;
  readonly version: string;
  /** Champion that it compared with, `''` for none. */
  readonly champion: string;
}

/** Clocks of two machines may differ by this much, in ms. */
const CLOCK_SKEW_MS = 600_000;

/**
 * The report of the step's input: a file of this job, or one that is fetched from an artifact.
 * @throws TaskError REPORT_UNREADABLE, what {@link fetchFile} and {@link checkReport} throw
 */
export async function readReport(inputs: PromoteInputs, context: TaskContext): Promise<CheckedReport> {
  const path = await pathOf(inputs.report, context);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new TaskError('REPORT_UNREADABLE', 'The report cannot be read.', {
      where: `It is the file ${path}.`,
      todo: "Run DatabricksEvaluateModel in the same job, and pass its output 'reportPath'; from another job or run pass artifact:NAME[@run id].",
      cause: error,
    });
  }
  return checkReport(bytes, inputs, context.clock.now());
}

async function pathOf(source: FileSource, context: TaskContext): Promise<string> {
  if (source.kind === 'path') {
    return source.path;
  }
  // Loaded only here: a report of the same job needs no client of Azure DevOps.
  const { fetchFile } = await import('../../src/devops/fetch-artifact');
  const path = await fetchFile(jobAccess(context), source, 'report.json', context.files.fetched);
  context.log.info(
    `The report is from artifact ${source.name} of ${source.runId === undefined ? 'this run' : `run ${source.runId}`}.`,
  );
  return path;
}

/**
 * Holds a report against the inputs: the bytes by their digest, the content by its own id, then model, age and verdict.
 * @param now milliseconds since the epoch
 * @throws TaskError REPORT_DIGEST_DIFFERS, REPORT_INVALID, REPORT_OF_ANOTHER_MODEL, REPORT_TOO_OLD, APPROVAL_NOT_SUPPORTED,
 * REPORT_DOES_NOT_ALLOW
 */
export function checkReport(bytes: Uint8Array, inputs: PromoteInputs, now: number): CheckedReport {
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (inputs.reportDigest !== '' && inputs.reportDigest !== digest) {
    throw new TaskError('REPORT_DIGEST_DIFFERS', 'The report is not the one that the digest names.', {
      where: `The file has digest ${digest}, 'reportDigest' is ${inputs.reportDigest}.`,
      todo: 'Pass path and digest of the same DatabricksEvaluateModel step, and change neither.',
    });
  }
  const report = parseReport(bytes);
  const { model, challenger, champion } = report.subject;
  if (model !== inputs.model) {
    throw new TaskError(
      'REPORT_OF_ANOTHER_MODEL',
      `The report judges ${model ?? 'a model without name'}, not ${inputs.model}.`,
      {
        todo: "Correct 'model' or 'reportPath'.",
      },
    );
  }
  checkAge(report, inputs.maxReportAgeMs, now);
  checkVerdict(report);
  return { report, digest, version: challenger.version, champion: champion?.version ?? '' };
}

/** Parsed with plain numbers: the id covers the numbers as the report wrote them. */
function parseReport(bytes: Uint8Array): PromotionReport {
  let report: PromotionReport;
  try {
    report = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as PromotionReport;
  } catch (error) {
    throw invalid('it is not JSON', error);
  }
  if (typeof report !== 'object' || report === null || report.schemaVersion !== '1.0') {
    throw invalid('it has no schemaVersion 1.0');
  }
  if (typeof report.subject?.challenger?.version !== 'string' || !/^\d+$/.test(report.subject.challenger.version)) {
    throw invalid('it names no version of a registered model');
  }
  const { reportId, createdAt, provenance: _, ...content } = report;
  if (reportIdOf(content) !== reportId) {
    throw invalid('its content does not belong to its id');
  }
  if (!Number.isFinite(Date.parse(createdAt))) {
    throw invalid('it does not say when it was made');
  }
  return report;
}

function invalid(problem: string, cause?: unknown): TaskError {
  return new TaskError('REPORT_INVALID', `The file is not a report of DatabricksEvaluateModel: ${problem}.`, {
    todo: 'Pass report.json as that task wrote it.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function checkAge({ reportId, createdAt }: PromotionReport, maxAgeMs: number, now: number): void {
  const age = now - Date.parse(createdAt);
  if (age > maxAgeMs || age < -CLOCK_SKEW_MS) {
    throw new TaskError(
      'REPORT_TOO_OLD',
      `Report ${reportId} is of ${createdAt}: ${age < 0 ? 'that is in the future' : `older than ${maxAgeMs / 3_600_000} h`}.`,
      {
        todo: 'Evaluate the version anew and promote with that report.',
      },
    );
  }
}

function checkVerdict({ reportId, nextAction, verdict, partial }: PromotionReport): void {
  if (nextAction === 'approve') {
    throw new TaskError(
      'APPROVAL_NOT_SUPPORTED',
      `Report ${reportId} asks for an approval, and this version of the task cannot look approvals up.`,
      {
        todo: 'Use a policy whose `approval` wants none, or wait for the version of the extension that checks approvals.',
      },
    );
  }
  if (nextAction !== 'promote' || partial !== false) {
    throw new TaskError(
      'REPORT_DOES_NOT_ALLOW',
      `Report ${reportId} does not allow promotion: verdict ${verdict}, next action ${nextAction}${partial === false ? '' : ', partial'}.`,
      {
        todo: 'Look at its failed checks; a version that failed is not promoted.',
      },
    );
  }
}
