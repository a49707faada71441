import assert from 'node:assert/strict';
import vm from 'node:vm';
import { expressionsIn } from '../support/expressions-of-source';
import { longRuns } from '../support/long-runs';

/** Things in a run. Work that begins anew at each of them takes thousands of times as long as one look at each. */
const LENGTH = 8_000;
/** So many times as long as one look at each character may the work take: some alternatives, and their ways back, take some ten. */
const ROOM = 200;
/** Ends what would not end: work that doubles with each character. */
const LIMIT_MS = 1_000;

/** Expressions that read short texts only, and why those are short. */
const ON_SHORT_TEXTS: ReadonlyMap<string, string> = new Map([
  [
    "src/http/errors.ts /^(Run .* does not exist|Run: .* in job: .* doesn't exist)/s",
    'the message of a service is cut to 2 000 characters before',
  ],
  ['src/http/errors.ts /Cluster .* does not exist/s', 'the message of a service is cut to 2 000 characters before'],
  ['src/http/errors.ts /Job .* does not exist/s', 'the message of a service is cut to 2 000 characters before'],
  [
    'local/workspace/sql/constant-names.ts /(?:\\.0+|(\\.\\d*?)0*)Z$/',
    'it reads a point in time as we have written it',
  ],
]);

const context = vm.createContext({ performance });
const MEASURE = new vm.Script(`(() => {
  const begin = performance.now();
  if (expression.global) text.replace(expression, ''); else expression.exec(text);
  return performance.now() - begin;
})()`);

describe('regular expressions', function () {
  this.timeout(600_000);

  for (const [expression, grows] of [
    [/\s*\n\s*/g, true],
    [/[.!?]?\s*$/, true],
    [/\/+$/, true],
    [/<[^>]*>/g, true],
    [/<pre>([\s\S]*?)<\/pre>/i, true],
    [/^\d+\.?\d*$/, true],
    [/^\$\(Rev:[^()]*r[^()]*\)/, true],
    [/^(a+)+$/, true],
    [/^\s*(\S.*)$/, false],
    [/<[^<>]*>/g, false],
    [/(?<!\s)\s+and\s+/i, false],
  ] as const) {
    it(`${expression} ${grows ? 'is found to take too long' : 'passes'}`, () => {
      assert.equal(worstText(expression) !== undefined, grows);
    });
  }

  it('of the code read long texts in a time that grows as they do', () => {
    const written = expressionsIn(['src', 'tasks', 'local']);
    assert.ok(written.length > 400, String(written.length));
    const found = written.flatMap(({ file, line, text, expression }) => {
      const worst = worstText(expression);
      return worst === undefined ? [] : [{ key: `${file} ${text}`, at: `${file}:${line}`, worst: worst.slice(0, 40) }];
    });
    assert.deepEqual(
      found.filter(({ key }) => !ON_SHORT_TEXTS.has(key)),
      [],
      'each takes a time that grows faster than a text that begins like the worst',
    );
    assert.deepEqual(
      [...ON_SHORT_TEXTS.keys()].filter((key) => !found.some((each) => each.key === key)),
      [],
      'these need no exception',
    );
  });
});

/** A text on which an expression takes far longer than one look at each character, in each of three attempts: the machine may be busy in one. */
function worstText(expression: RegExp): string | undefined {
  return longRuns(expression, LENGTH).find((text) => {
    const allowed = ROOM * text.length * lookMs();
    return [1, 2, 3].every(() => work(expression, text) > allowed);
  });
}

/** Milliseconds; infinite beyond the limit. */
function work(expression: RegExp, text: string): number {
  Object.assign(context, { expression, text });
  try {
    return MEASURE.runInContext(context, { timeout: LIMIT_MS }) as number;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      return Number.POSITIVE_INFINITY;
    }
    throw error;
  }
}

let look = 0;

/** Milliseconds of one look at one character on this machine, by an expression that looks at each there and back. */
function lookMs(): number {
  if (look === 0) {
    const text = 'xy'.repeat(LENGTH * 10);
    const times = [...Array(31).keys()].map(() => work(/^[^z]*z/, text) / text.length);
    look = times.sort((left, right) => left - right)[15] ?? 0;
  }
  return look;
}
