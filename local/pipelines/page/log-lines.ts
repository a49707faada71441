import { withoutControls } from '../../../src/visible-text';

/** What a line of a step's log is, by the mark that it begins with. */
export type LineKind = 'text' | 'error' | 'warning' | 'section' | 'command-line' | 'debug';

export interface LogLine {
  /** Time of day, `14:02:41`; `''` where the line has none. */
  readonly time: string;
  readonly kind: LineKind;
  readonly text: string;
}

/** A line, a fold of lines, or where lines were left out. */
export type LogPart = LogLine | { readonly group: string; readonly lines: LogLine[] } | { readonly leftOut: number };

const KINDS: Readonly<Record<string, LineKind>> = {
  error: 'error',
  warning: 'warning',
  section: 'section',
  command: 'command-line',
  debug: 'debug',
};

/** What a line costs on the page beside its text, in characters: its element and its time. */
const LINE_COST = 40;
const LONGEST_LINE = 4000;

/** Lines of a log without the empty one at its end. */
export function splitLog(text: string): string[] {
  const lines = text.split(/\r\n|\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** What a log costs on the page, whole. */
export function costOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Math.min(line.length, LONGEST_LINE) + LINE_COST, 0);
}

/** Reads a log and leaves out its middle where it would cost more than `budget`: the beginning says what was done, the end how it ended. */
export function logParts(lines: readonly string[], budget: number): LogPart[] {
  if (costOf(lines) <= budget) {
    return folded(lines.map(readLine));
  }
  const head = within(lines, budget / 4);
  const tail = within([...lines.slice(head)].reverse(), (budget * 3) / 4);
  return [
    ...folded(lines.slice(0, head).map(readLine)),
    { leftOut: lines.length - head - tail },
    ...folded(lines.slice(lines.length - tail).map(readLine)),
  ];
}

/** How many of the lines fit, from the first on. */
function within(lines: readonly string[], budget: number): number {
  let rest = budget;
  const end = lines.findIndex((line) => {
    rest -= costOf([line]);
    return rest < 0;
  });
  return end < 0 ? lines.length : end;
}

interface MarkedLine extends LogLine {
  readonly mark: string;
}

function readLine(line: string): MarkedLine {
  const timed = /^\uFEFF?\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)(?:\.\d+)?Z ?/.exec(line);
  const text = plain(line.slice(timed?.[0].length ?? 0));
  const marked = /^##\[([a-z]+)\]/i.exec(text);
  const mark = marked?.[1]?.toLowerCase() ?? '';
  const kind = Object.hasOwn(KINDS, mark) ? KINDS[mark] : undefined;
  const known = kind !== undefined || mark === 'group' || mark === 'endgroup';
  return { time: timed?.[1] ?? '', kind: kind ?? 'text', mark, text: known ? text.slice(marked?.[0].length) : text };
}

function plain(text: string): string {
  // Colour and cursor say nothing on a page.
  const shown = withoutControls(text, '');
  if (shown.length <= LONGEST_LINE) {
    return shown;
  }
  const kept = shown.slice(0, LONGEST_LINE).replace(/\p{Cs}$/u, '');
  return `${kept} … (${shown.length - kept.length} more characters)`;
}

/** A group ends at its end mark, at the next group or with the log. */
function folded(lines: readonly MarkedLine[]): LogPart[] {
  const parts: LogPart[] = [];
  let open: LogLine[] | undefined;
  for (const { mark, ...line } of lines) {
    if (mark === 'group') {
      open = [];
      parts.push({ group: line.text, lines: open });
    } else if (mark === 'endgroup') {
      open = undefined;
    } else {
      (open ?? parts).push(line);
    }
  }
  return parts;
}
