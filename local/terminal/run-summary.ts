import { join, relative } from 'node:path';
import { counted } from '../../src/counted';
import { durationText } from '../duration-text';
import { approvalsGiven, approversToGoOn } from '../pipelines/record/approval-progress';
import { localAdvice } from '../pipelines/record/local-advice';
import type { CheckStatus, RunRecord, StageRecord } from '../pipelines/record/run-record';
import { saysOnly } from '../pipelines/record/said';
import { testCounts } from '../pipelines/record/test-counts';
import { titleOf } from '../pipelines/record/titles';
import { type Caller, INSTALLED, wayOn, wayToWorkspaces } from '../pipelines/record/way-on';
import type { Paint } from './paint';
import { markOf, newestStages } from './run-tree';
import { shownText } from './shown-text';

/** Lines of a failed step that are shown. */
const LAST_LINES = 12;
/** Lines of a log that say nothing but where something begins and ends. */
const FRAME = /^##\[(?:section|group|endgroup)\]/;

/** How a line of a log is to be shown. */
const FORMAT = /^##\[\w+\]/;

/** What is around a summary. */
export interface SummaryView {
  readonly paint: Paint;
  /** Folder of the run. */
  readonly folder: string;
  /** Default: as in a project that has the package installed. */
  readonly caller?: Caller;
  /** Where paths are shown from. */
  readonly from: string;
  /** The text of a log below the folder of the run; empty when there is none. */
  readLog(path: string): string;
  /** Whether there is a page to open. */
  readonly page: boolean;
}

/** What a person reads at the end of a run: how it ended, what went wrong with its last lines, what waits and how to go on, what there is to look at. */
export function runSummary(record: RunRecord, view: SummaryView): string {
  const stages = newestStages(record);
  return [
    headline(record, stages, view),
    ...stages.flatMap((stage) => [...failures(stage, view), ...reasons(stage, view)]),
    ...stages.flatMap((stage) => waits(record, stage, view)),
    ...found(record, view),
  ].join('\n');
}

function headline(record: RunRecord, stages: readonly StageRecord[], { paint }: SummaryView): string {
  const { result, finishedAt, queuedAt } = record;
  const took = finishedAt === undefined ? '' : ` in ${durationText(Date.parse(finishedAt) - Date.parse(queuedAt))}`;
  const ran = stages.filter(
    (stage) => stage.startedAt !== undefined && stage.result !== undefined && stage.result !== 'skipped',
  ).length;
  const words =
    result === undefined
      ? paint.yellow('waits for an answer')
      : result === 'succeeded'
        ? paint.green('succeeded')
        : result === 'succeededWithIssues'
          ? paint.yellow('partially succeeded')
          : paint.red(result);
  return `\n${paint.bold(`Run ${record.id}`)} (${shownText(record.number)}) ${words}${took}; ${ran} of ${counted(stages.length, 'stage')} ran.`;
}

function failures(stage: StageRecord, view: SummaryView): readonly string[] {
  const { paint, readLog } = view;
  return stage.jobs.flatMap((job) =>
    job.steps
      .filter(({ result }) => result === 'failed')
      .flatMap((step) => {
        const lines = readLog(step.log)
          .split('\n')
          .map((line) => line.replace(/^\S+Z /, ''))
          .filter((line) => !FRAME.test(line))
          .map((line) => shownText(line.replace(FORMAT, '')))
          .filter((line) => line !== '' && !saysOnly(line, step.message))
          .slice(-LAST_LINES);
        const advice = localAdvice(step);
        return [
          '',
          `${markOf(step, paint)} ${paint.bold(shownText(`${titleOf(stage)} › ${step.displayName}`))}${step.message === '' ? '' : `: ${shownText(step.message)}`}`,
          ...lines.map((line) => `    ${paint.dim(line)}`),
          ...(advice === undefined ? [] : [`    ${advice}`]),
          `    log: ${relative(view.from, join(view.folder, step.log))}`,
        ];
      }),
  );
}

/** Checks that kept a stage from its start. */
const KEPT_BACK: readonly CheckStatus[] = ['rejected', 'timedOut', 'failed', 'canceled'];

/** Why a stage did not start or a job was ended, where no step says it: a check, a time-out, an expression that cannot be evaluated. */
function reasons(stage: StageRecord, { paint }: SummaryView): readonly string[] {
  const isKeptBack = stage.checkpoint?.checks.some(({ status }) => KEPT_BACK.includes(status)) ?? false;
  const own = stage.result === 'failed' || (isKeptBack && stage.state === 'completed') ? [{ ...stage, title: '' }] : [];
  const jobs = stage.jobs
    .filter(({ result }) => result === 'failed' || result === 'canceled')
    .map((job) => ({ ...job, title: ` › ${titleOf(job)}` }));
  return [...own, ...jobs, ...withheld(stage)]
    .filter(({ note }) => note !== undefined)
    .flatMap((ended) => [
      '',
      `${markOf(ended, paint)} ${paint.bold(shownText(`${titleOf(stage)}${ended.title}`))}: ${shownText(ended.note ?? '')}`,
    ]);
}

/** Steps that did nothing and say why: a stage of such steps alone is green, and nothing in it has run. */
function withheld({ jobs }: StageRecord) {
  const steps = jobs
    .flatMap((job) => job.steps)
    .filter(({ result, message }) => result === 'skipped' && message !== '');
  return [...new Set(steps.map(({ message }) => message))].map((message) => {
    const names = steps.filter((step) => step.message === message).map(({ displayName }) => displayName);
    return { state: 'completed', result: 'skipped', title: ` › ${names.join(', ')}`, note: message } as const;
  });
}

function waits(record: RunRecord, stage: StageRecord, { paint, caller = INSTALLED }: SummaryView): readonly string[] {
  const pending = stage.state === 'completed' ? [] : (stage.checkpoint?.checks ?? []);
  return pending
    .filter(({ status, kind }) => status === 'pending' && kind === 'approval')
    .flatMap(({ resource, approval }) => {
      if (approval === undefined) {
        return [];
      }
      const approvers = approval.steps.map(({ assignedApprover }) => assignedApprover.name);
      const given = approvalsGiven(approval);
      const answers = approversToGoOn(approval, record.requestedFor).map((name) => `${resource.name}=${name}`);
      const command = answers.length === 0 ? undefined : wayOn(record, stage, answers, caller);
      return [
        '',
        `${paint.yellow('?')} ${paint.bold(shownText(titleOf(stage)))} waits for approval on ${shownText(resource.name)} by ${shownText(approvers.join(', '))}${given === '' ? '' : ` (${given} given)`}.${command === undefined ? '' : ' Go on with:'}`,
        ...(command === undefined ? [] : [`    ${command}`]),
      ];
    });
}

function found(record: RunRecord, view: SummaryView): readonly string[] {
  const { folder, from, page, paint } = view;
  const cases = record.tests.flatMap((run) => run.cases);
  const lines = [
    ...(cases.length === 0 ? [] : [`  tests      ${testCounts(cases)}`]),
    ...record.artifacts.map(
      ({ name, files, folder: path }) =>
        `  artifact   ${shownText(name)} (${counted(files, 'file')}) in ${relative(from, join(folder, path))}`,
    ),
    ...(record.tags.length === 0 ? [] : [`  tags       ${shownText(record.tags.join(', '))}`]),
    `  ${page ? `page       ${relative(from, join(folder, 'index.html'))}` : `record     ${relative(from, join(folder, 'run.json'))}`}`,
  ];
  return ['', ...lines.map((line) => paint.dim(line)), ...workspaces(record, view)];
}

/** How to look at what a run left in local workspaces: they ended with it. */
function workspaces(record: RunRecord, { paint, caller = INSTALLED }: SummaryView): readonly string[] {
  const command = wayToWorkspaces(record, caller);
  const names = (record.localWorkspaces ?? []).map(({ name }) => name).join(', ');
  return command === undefined
    ? []
    : [
        paint.dim(`  workspaces ${names} ended with the run. To look at them, and to ask what they serve:`),
        `    ${command}`,
      ];
}
