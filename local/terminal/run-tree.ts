import { counted } from '../../src/counted';
import { durationText } from '../duration-text';
import type { CheckRunRecord, JobRecord, RunRecord, StageRecord, StepRecord } from '../pipelines/record/run-record';
import { titleOf } from '../pipelines/record/titles';
import type { Paint } from './paint';
import { cellsOf, cutTo, shownText } from './shown-text';

/** What a tree is drawn for. */
export interface TreeView {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly paint: Paint;
  /** Last line of a step's log, by the step's id. */
  lastLine(stepId: string): string;
}

interface Line {
  readonly text: string;
  readonly depth: number;
  readonly mark: string;
  readonly note: string;
  /** 0 is kept the longest when there is not room for all. */
  readonly rank: number;
}

/** The newest attempt of each stage, in the order of the file. */
export function newestStages(record: RunRecord): readonly StageRecord[] {
  const newest = new Map(record.stages.map((stage) => [stage.name, stage]));
  return [...newest.values()];
}

/** A run as the lines of a terminal, never more than its rows: stages, and below what goes on or went wrong its jobs and steps. */
export function runTree(record: RunRecord, view: TreeView): readonly string[] {
  const lines = newestStages(record).flatMap((stage) => stageLines(stage, view));
  const room = Math.max(1, view.rows - 2);
  const shown = lines.length <= room ? lines : withoutLeast(lines, room - 1);
  const cut = lines.length - shown.length;
  return [
    ...shown.map((line) => lineText(line, view)),
    ...(cut > 0 ? [view.paint.dim(cutTo(`  … ${counted(cut, 'more line')}`, view.columns - 1))] : []),
  ];
}

/** Leaves out the lines of the highest rank first, of one rank the oldest. */
function withoutLeast(lines: readonly Line[], room: number): readonly Line[] {
  const kept = new Set(
    [...lines.entries()]
      .sort(([leftAt, left], [rightAt, right]) => left.rank - right.rank || rightAt - leftAt)
      .slice(0, room)
      .map(([at]) => at),
  );
  return lines.filter((_, at) => kept.has(at));
}

function lineText({ text, depth, mark, note }: Line, { columns, paint }: TreeView): string {
  const indent = '  '.repeat(depth + 1);
  const room = Math.max(1, columns - indent.length - 3);
  const title = cutTo(shownText(text), room);
  const rest = room - cellsOf(title) - 2;
  const shownNote = rest > 8 ? cutTo(shownText(note), rest) : '';
  return `${indent}${mark} ${depth === 0 ? paint.bold(title) : title}${shownNote === '' ? '' : `  ${paint.dim(shownNote)}`}`;
}

function stageLines(stage: StageRecord, view: TreeView): readonly Line[] {
  const open = stage.state === 'inProgress' || stage.result === 'failed' || stage.result === 'canceled';
  const waiting = stage.checkpoint?.checks.filter(({ status }) => status === 'pending') ?? [];
  const attempt = stage.attempt > 1 ? ` (attempt ${stage.attempt})` : '';
  return [
    {
      text: `${titleOf(stage)}${attempt}`,
      depth: 0,
      mark: waiting.length > 0 && stage.state !== 'completed' ? view.paint.yellow('?') : markOf(stage, view.paint),
      note: waiting.length > 0 ? waiting.map(waitingText).join('; ') : timedNote(stage, stage.note, view),
      rank: stage.state === 'inProgress' ? 0 : 2,
    },
    ...(open ? stage.jobs.flatMap((job) => jobLines(job, stage.jobs.length, view)) : []),
  ];
}

function waitingText({ kind, resource, message, approval }: CheckRunRecord): string {
  const who = approval?.steps.map(({ assignedApprover }) => assignedApprover.name).join(', ') ?? '';
  return kind === 'approval'
    ? `waits for approval by ${who} on ${resource.name}${message === undefined ? '' : ` (${message})`}`
    : `waits: ${message ?? kind} on ${resource.name}`;
}

function jobLines(job: JobRecord, siblings: number, view: TreeView): readonly Line[] {
  const open = job.state === 'inProgress' || job.result === 'failed' || job.result === 'canceled';
  const own: Line = {
    text: job.displayName,
    depth: 1,
    mark: markOf(job, view.paint),
    note: timedNote(job, job.note, view),
    rank: job.state === 'inProgress' ? 1 : 3,
  };
  const steps = open ? job.steps.filter(({ state }) => state !== 'pending').map((step) => stepLine(step, view)) : [];
  return [...(siblings === 1 && job.note === undefined ? [] : [own]), ...steps];
}

function stepLine(step: StepRecord, view: TreeView): Line {
  const running = step.state === 'inProgress';
  const progress = step.progress === undefined ? '' : `${step.progress.percent} % ${step.progress.text}`;
  const failure = step.issues.find(({ type }) => type === 'error')?.message ?? step.message;
  return {
    text: step.displayName,
    depth: 2,
    mark: markOf(step, view.paint),
    note: running
      ? [elapsed(step, view), progress || view.lastLine(step.id)].filter((part) => part !== '').join('  ')
      : timedNote(step, step.result === 'failed' ? failure : step.message, view),
    rank: running ? 0 : step.result === 'failed' ? 1 : 4,
  };
}

type Timed = Pick<StageRecord, 'state' | 'result' | 'startedAt' | 'finishedAt'>;

function timedNote(timed: Timed, note: string | undefined, view: TreeView): string {
  return [elapsed(timed, view), note ?? ''].filter((part) => part !== '').join('  ');
}

function elapsed({ startedAt, finishedAt, result }: Timed, { now }: TreeView): string {
  if (startedAt === undefined || result === 'skipped') {
    return '';
  }
  return durationText((finishedAt === undefined ? now : Date.parse(finishedAt)) - Date.parse(startedAt));
}

/** One sign for a state, told apart without colour too. */
export function markOf({ state, result }: Pick<StageRecord, 'state' | 'result'>, paint: Paint): string {
  if (state === 'pending') {
    return paint.dim('·');
  }
  if (state === 'inProgress') {
    return paint.cyan('▸');
  }
  switch (result) {
    case 'succeeded':
      return paint.green('✓');
    case 'succeededWithIssues':
      return paint.yellow('!');
    case 'failed':
      return paint.red('✗');
    case 'canceled':
      return paint.yellow('■');
    default:
      return paint.dim('○');
  }
}
