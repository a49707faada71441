// Part of `npm run lint`: no script of a template or example has a text pasted into it that somebody outside may choose, such as the name of
// a branch. Such a text becomes part of the program; as a variable of the environment (`env:`) it stays a text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { filesBelow, root } from './project.mjs';

const SCRIPT_KEYS = ['script', 'bash', 'pwsh', 'powershell'];
/** Inputs whose text a task runs, or puts on a command line. */
const SCRIPT_INPUTS = ['script', 'inlinescript', 'arguments', 'scriptarguments', 'powershellarguments'];

const EXPRESSION = /\$\{\{[\s\S]*?\}\}/g;
/** Variables whose value people without rights on the repository may choose. */
const MACRO =
  /\$\(\s*(?:Build\.SourceBranch(?:Name)?|Build\.SourceVersion(?:Message|Author)|Build\.RequestedFor\w*|Build\.QueuedBy\w*|System\.PullRequest\.\w+)\s*\)/gi;

/** What is pasted into scripts of a pipeline or template: `{line, pasted}` each, in the order of the file. */
export function pastedIntoScripts(text) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  if (document.errors.length > 0) throw document.errors[0];
  const found = [];
  visit(document, {
    Pair(_, pair, path) {
      if (!isScalar(pair.key) || !isScalar(pair.value) || typeof pair.value.value !== 'string') return;
      const inputs = insideOfInputs(path);
      const keys = inputs ? SCRIPT_INPUTS : SCRIPT_KEYS;
      const key = String(pair.key.value);
      if (!keys.includes(inputs ? key.toLowerCase() : key)) return;
      const [start, end] = pair.value.range;
      for (const pattern of [EXPRESSION, MACRO]) {
        for (const match of text.slice(start, end).matchAll(pattern)) {
          found.push({ line: lines.linePos(start + match.index).line, pasted: match[0] });
        }
      }
    },
  });
  return found.sort((left, right) => left.line - right.line);
}

/** Whether the nearest key above that is no expression is `inputs`. */
function insideOfInputs(path) {
  const above = path.filter((node) => isPair(node) && isScalar(node.key) && !String(node.key.value).startsWith('${{'));
  const parent = path.at(-1);
  return isMap(parent) && String(above.at(-1)?.key.value) === 'inputs';
}

function main() {
  const files = ['templates', 'samples'].flatMap((folder) =>
    filesBelow(join(root, folder))
      .filter((file) => /\.ya?ml$/.test(file))
      .map((file) => `${folder}/${file}`),
  );
  const problems = files.flatMap((file) =>
    pastedIntoScripts(readFileSync(join(root, file), 'utf8')).map(
      ({ line, pasted }) =>
        `${file}:${line}: ${pasted} is pasted into a script. Hand it over as a variable in 'env:' and read it from there.`,
    ),
  );
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
