/** Texts whose runs are what outside texts may hold at will: what an expression looks for again and again in them. */
const EVERYWHERE = [
  ' ',
  '\t',
  '\n',
  '\r',
  '<',
  '/',
  '*',
  '_',
  '`',
  '0',
  '"',
  "'",
  'a',
  '.',
  '$(',
  '{{',
  '<a',
  ' a',
  '\n ',
  'a.',
  'é',
];
/** Tried in this order for a class of characters. */
const SAMPLES = [
  'a',
  '0',
  ' ',
  'A',
  '/',
  '.',
  '_',
  '-',
  '<',
  '"',
  "'",
  '\n',
  '[',
  '(',
  ')',
  '{',
  '=',
  ':',
  '@',
  '*',
  '`',
  '\u001B',
  'é',
];

/** One part of an expression that stands for a character: how a text that comes as far as it begins, and a character that it takes. */
interface Part {
  readonly before: string;
  readonly taken: string;
}

/**
 * Long texts that the expression may read in vain from each place, or in many ways: what it begins with, then a run of one thing, then an end
 * that nothing takes.
 * @param length characters of a run
 */
export function longRuns(expression: RegExp, length: number): readonly string[] {
  const parts = partsOf(expression.source, expression.flags);
  const takens = [...new Set(parts.map(({ taken }) => taken))];
  const wholes = parts.map(({ before, taken }) => before + taken);
  const texts = [
    ...[...EVERYWHERE, ...takens, ...wholes].flatMap((unit) => ['', 'x'].map((head) => [head, unit] as const)),
    ...parts.flatMap(({ before, taken }) => takens.map((unit) => [before + taken, unit] as const)),
  ];
  const seen = new Set(
    texts
      .filter(([, unit]) => unit !== '')
      .map(([head, unit]) => head + unit.repeat(unit.length === 1 ? length : length / 2)),
  );
  return [...seen].map((text) => `${text}\u0001`);
}

const TOKEN =
  /\\(?:u\{[^}]*\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[pP]\{[^}]*\}|k<[^>]*>|.)|\[(?:\\.|[^\]\\])*\]|\(\?(?:<?[=!]|:|<\w+>)|\{\d+(?:,\d*)?\}\??|./gsu;

/** The parts of an expression from left to right; of what stands in its alternatives each is read from where they begin. */
function partsOf(source: string, flags: string): readonly Part[] {
  const parts: Part[] = [];
  const around: { readonly begin: string; readonly looksOnly: boolean }[] = [{ begin: '', looksOnly: false }];
  let head = '';
  for (const [token] of source.matchAll(TOKEN)) {
    if (token.startsWith('(')) {
      around.push({ begin: head, looksOnly: /[=!]$/.test(token) });
    } else if (token === '|') {
      head = around.at(-1)?.begin ?? '';
    } else if (token === ')') {
      const ended = around.pop();
      head = ended?.looksOnly === true ? ended.begin : head;
    } else if (!/^(?:[?*+^$]|\{\d.*|\\[bBk\d].*)$/s.test(token)) {
      const taken = characterOf(token, flags);
      parts.push({ before: head, taken });
      head += taken;
    }
  }
  return parts;
}

function characterOf(token: string, flags: string): string {
  if (/^\\\W/.test(token)) {
    return token.slice(1);
  }
  const one = new RegExp(`^${token}$`, flags.replace(/[gy]/g, ''));
  return token.length === 1 && token !== '.' ? token : (SAMPLES.find((sample) => one.test(sample)) ?? '');
}
