/** Stands for a byte that is no UTF-8, where a text is sent as bytes. */
export const BROKEN_BYTE = '\uE0FF';

const COMMANDS = [
  '##vso[task.complete result=Succeeded;]done',
  '##vso[task.setvariable variable=pwned;isOutput=true]yes',
  '##vso[task.uploadsummary]/etc/hostname',
  '##vso[task.logissue type=error;code=X]planted',
  '##vso[task.setsecret]a',
  '##vso[artifact.upload artifactname=planted]/etc',
  '##vso[build.updatebuildnumber]planted',
  '##[error]planted',
  '##[group]planted',
  '##[endgroup]',
  '##[section]planted',
];

/** Where in a text a command may stand; the text before it must not hide it, nor that behind it. */
const POSITIONS: readonly ((command: string) => string)[] = [
  (command) => command,
  (command) => `price ${command} price`,
  (command) => `price\r${command}`,
  (command) => `price\n${command}\nprice`,
  (command) => `\u001B[2K\u001B[1A${command}`,
  (command) => `\u0000${command}`,
  (command) => `#${command}`,
  (command) => `price\u2028${command.toUpperCase()}`,
  (command) => `\u200B${command.replace(/vso/, 'VsO')}`,
  (command) => command.replace('##', '#\u001B[0m#'),
  (command) => command.replace('##', '#\u0000#'),
  (command) => `${BROKEN_BYTE}${command}`,
];

const MARKDOWN = [
  '# heading',
  '## heading\n\ntext',
  '\n\n# heading after a paragraph',
  'a | b | c',
  '|---|---|',
  '\n| a | b |\n|---|---|\n| 1 | 2 |\n',
  'cell \\| escaped',
  'ends in a backslash \\',
  '`code`',
  '``` fence',
  '\n```\nfence\n```\n',
  '~~~\nfence',
  '**bold** _italic_ ~~gone~~',
  '[here](https://evil.example)',
  '[here]: https://evil.example',
  '![image](https://evil.example/x.png)',
  '<https://evil.example>',
  'see https://evil.example/path?a=b',
  'www.evil.example',
  'mail a@evil.example',
  '@[everybody] @everybody',
  '#1234 !56',
  '- item',
  '* item',
  '1. item',
  '1) item',
  '> quote',
  '---',
  '===',
  '***',
  '    indented code',
  '\ttab',
  '[ ] task',
  '$$x^2$$',
  ':smile:',
  '[[_TOC_]]',
  '&lt;b&gt; &amp; &#35;',
  '\\# \\*',
];

const HTML = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</td></tr></table><h1>planted</h1>',
  '<a href="javascript:alert(1)">x</a>',
  '<!-- comment',
  '<details><summary>x</summary>',
  '<style>*{display:none}</style>',
  '<iframe src="https://evil.example">',
  '<b',
  '<br>',
  '<svg onload=alert(1)>',
  '<![CDATA[x]]>',
  '<?php ?>',
];

const OTHER = [
  "'; DROP TABLE main.default.price; --",
  "' OR '1'='1",
  '"; SELECT 1; --',
  '/* comment */',
  '`; DELETE FROM x; `',
  '../../../../etc/passwd',
  '..\\..\\windows\\system32',
  '/etc/passwd',
  'a/b/c',
  '%2e%2e%2f%00',
  'C:\\x',
  '$(touch planted)',
  '`touch planted`',
  '$(System.AccessToken)',
  '$[variables.secret]',
  '$\u007B{ variables.secret }}',
  '{{secrets/scope/key}}',
  '%0D%0A##vso[task.complete result=Succeeded;]',
  '%AZP25%0D',
  '\u001B]0;title\u0007',
  '\u001B[31mred',
  '\u009B31mred',
  '\u001B(0lqk',
  '\u0007\u0008\u007F',
  '\u0000',
  'a\u0000b',
  '\u202Eesrever\u202C',
  '\u2066isolate\u2069',
  '\u200B\u200C\u200D\uFEFF',
  'a\u0301\u0301\u0301\u0301',
  '\uD800 lone surrogate',
  `${BROKEN_BYTE}${BROKEN_BYTE}`,
  `a${BROKEN_BYTE}b`,
  '\u2028\u2029\u0085',
  '\r',
  '\r\n\r\n',
  '\n\n\n',
  ' ',
  'null',
  '__proto__',
  'constructor',
  '%s %d %n',
  '=1+1',
  '🚀'.repeat(50),
  '|'.repeat(10_000),
  `${'x'.repeat(1_000_000)}\n##vso[task.complete result=Succeeded;]`,
  '<b>'.repeat(10_000),
  '\\'.repeat(9_999),
];

/** Texts as names, messages and descriptions that must neither act nor break what they stand in: at least 200, all different. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...new Set([...COMMANDS.flatMap((command) => POSITIONS.map((at) => at(command))), ...MARKDOWN, ...HTML, ...OTHER]),
];

/** What an expression may look for again and again in a long run of it. */
const IN_RUNS = [' ', '\t', '\n', '\r', ' \n', '<', '/', '<pre>', '`'];

/** Texts of at least so many characters, each a run of one thing between two letters. */
export function hostileRuns(length: number): readonly string[] {
  return IN_RUNS.map((unit) => `x${unit.repeat(Math.ceil(length / unit.length))}y`);
}
