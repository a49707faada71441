import { stripVTControlCharacters } from 'node:util';
import { durationText } from '../duration-text';
import type { JobRecord, RunRecord, StageRecord, StepRecord } from '../pipelines/record/run-record';
import { ownMessage } from '../pipelines/record/said';
import { titleOf } from '../pipelines/record/titles';
import { paintFor } from './paint';
import { markOf, runTree } from './run-tree';
import { cellsOf, cutTo, shownText } from './shown-text';

/** Shows a run while it goes on. */
export interface RunView {
  begins(record: RunRecord): void;
  changed(): void;
  stageChanged(stage: StageRecord): void;
  stepStarted(job: JobRecord, step: StepRecord): void;
  stepFinished(job: JobRecord, step: StepRecord): void;
  line(step: StepRecord, text: string): void;
  issue(step: StepRecord, type: 'error' | 'warning', message: string): void;
  notice(sentence: string): void;
  /** What the machine does meanwhile; takes the place of the text before. */
  meanwhile(text: string): void;
  /** Leaves the terminal to somebody else, such as a question, until `resume`. */
  pause(): void;
  resume(): void;
  end(): void;
}

/** A live tree on a terminal, plain lines anywhere else. */
export function runView(stream: NodeJS.WriteStream): RunView {
  return stream.isTTY === true ? liveTree(stream) : plainLines(stream);
}

const DRAW_MS = 120;

/** A terminal that nobody told its size, such as that of a container, says 0. */
function sizeOf({ columns, rows }: NodeJS.WriteStream): { readonly columns: number; readonly rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}

function liveTree(stream: NodeJS.WriteStream): RunView {
  const paint = paintFor(stream);
  const last = new Map<string, string>();
  let record: RunRecord | undefined;
  let beside = '';
  let drawn: readonly string[] = [];
  let paused = false;
  let timer: NodeJS.Timeout | undefined;
  /** Back to where the tree began. What was drawn is written over, as some terminals keep a screen that is cleared in their history. */
  const back = (): string => {
    const { columns, rows } = sizeOf(stream);
    // A terminal that has become narrower has wrapped what was drawn.
    const height = drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(cellsOf(stripVTControlCharacters(line)) / columns)),
      0,
    );
    const lines = Math.min(height, rows - 1);
    drawn = [];
    // A key that somebody pressed has been shown where the tree ends, `^C` too: the column has to be the first again.
    return lines < 1 ? '' : `\r\u001B[${lines}A`;
  };
  const draw = () => {
    if (record === undefined) {
      return;
    }
    const size = sizeOf(stream);
    const tree = runTree(record, { ...size, now: Date.now(), paint, lastLine: (id) => last.get(id) ?? '' });
    const lines = beside === '' ? tree : [...tree, paint.dim(cutTo(`  ${beside}`, size.columns - 1))];
    stream.write(`${back()}${lines.map((line) => `${line}\u001B[K\n`).join('')}\u001B[J`);
    drawn = lines;
  };
  const start = () => {
    timer ??= setInterval(draw, DRAW_MS);
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    begins: (begun) => {
      record = begun;
      draw();
      start();
    },
    changed: () => undefined,
    stageChanged: () => undefined,
    stepStarted: () => undefined,
    stepFinished: (_, step) => {
      last.delete(step.id);
    },
    line: (step, text) => {
      const shown = shownText(text.replace(/^##\[\w+\]/, ''));
      if (shown !== '') {
        last.set(step.id, shown);
      }
    },
    issue: () => undefined,
    notice: (sentence) => {
      stream.write(`${back()}${paint.yellow('!')} ${shownText(sentence)}\u001B[K\n`);
      if (!paused) {
        draw();
      }
    },
    meanwhile: (text) => {
      beside = isOver(text) ? '' : shownText(text);
    },
    pause: () => {
      paused = true;
      stop();
      draw();
      drawn = [];
    },
    resume: () => {
      paused = false;
      start();
    },
    end: () => {
      stop();
      beside = '';
      draw();
      drawn = [];
    },
  };
}

/** Cells of the last line of a log that are shown beside its step. */
const LAST_CELLS = 100;

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, '');
}

/** Nothing to wait for any more. */
function isOver(text: string): boolean {
  return text.endsWith(': ready');
}

const HEARTBEAT_MS = 60_000;

function plainLines(stream: NodeJS.WriteStream): RunView {
  const paint = paintFor(stream);
  const told = new Map<string, string>();
  let begun = Date.now();
  let spoke = Date.now();
  /** Of each running step, by id: its name and the last line of its log. */
  const running = new Map<string, { readonly name: string; readonly last: string }>();
  let beside = '';
  let timer: NodeJS.Timeout | undefined;
  const say = (text: string) => {
    spoke = Date.now();
    stream.write(`${text}\n`);
  };
  const time = () => durationText(Date.now() - begun).padStart(9);
  const end = (timed: { startedAt: string | undefined; finishedAt: string | undefined }) =>
    timed.startedAt === undefined || timed.finishedAt === undefined
      ? ''
      : ` in ${durationText(Date.parse(timed.finishedAt) - Date.parse(timed.startedAt))}`;
  return {
    begins: () => {
      begun = Date.now();
      timer = setInterval(() => {
        if (Date.now() - spoke >= HEARTBEAT_MS) {
          const steps = [...running.values()].map(({ name, last }) => (last === '' ? name : `${name} (${last})`));
          const what = [...(steps.length === 0 ? ['nothing, waiting'] : steps), ...(beside === '' ? [] : [beside])];
          say(`${time()}  … still running: ${what.join(', ')}`);
        }
      }, HEARTBEAT_MS / 4);
      timer.unref();
    },
    changed: () => undefined,
    stageChanged: (stage) => {
      const state = `${stage.attempt} ${stage.state} ${stage.result ?? ''}`;
      if (stage.state === 'pending' || told.get(stage.name) === state) {
        return;
      }
      told.set(stage.name, state);
      const attempt = stage.attempt > 1 ? ` (attempt ${stage.attempt})` : '';
      const ended = stage.state === 'completed' ? `: ${stage.result}${end(stage)}` : '';
      const note = stage.note === undefined ? '' : `. ${shownText(stage.note)}`;
      say(`${time()}  ${markOf(stage, paint)} ${shownText(titleOf(stage))}${attempt}${ended}${note}`);
    },
    stepStarted: (_, step) => {
      running.set(step.id, { name: shownText(step.displayName), last: '' });
    },
    stepFinished: (_, step) => {
      running.delete(step.id);
      if (step.result !== 'skipped' || step.message !== '') {
        const own = ownMessage(step);
        const message = own === '' ? '' : `: ${shownText(own)}`;
        const took = step.result === 'skipped' ? '' : end(step);
        say(`${time()}      ${markOf(step, paint)} ${shownText(step.displayName)}${took}${message}`);
      }
    },
    line: (step, text) => {
      const known = running.get(step.id);
      const shown = shownText(text.replace(/^##\[\w+\]/, ''));
      if (known !== undefined && shown !== '') {
        running.set(step.id, { ...known, last: cutTo(shown, LAST_CELLS) });
      }
    },
    meanwhile: (text) => {
      const shown = shownText(text);
      // Where each line stays, the count of packages is for the line that says what still runs.
      if (withoutNumbers(shown) !== withoutNumbers(beside)) {
        say(`${time()}      ${paint.dim(shown)}`);
      }
      beside = isOver(shown) ? '' : shown;
    },
    issue: (step, type, message) =>
      say(
        `${time()}      ${type === 'error' ? paint.red(type) : paint.yellow(type)} ${shownText(step.displayName)}: ${shownText(message)}`,
      ),
    notice: (sentence) => say(`${paint.yellow('!')} ${shownText(sentence)}`),
    pause: () => undefined,
    resume: () => undefined,
    end: () => {
      clearInterval(timer);
      running.clear();
    },
  };
}
