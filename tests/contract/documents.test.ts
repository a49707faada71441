import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { readTask, readText, root, taskFolders } from '../support/declared';

/** Every page that people read: at the root and below docs/. */
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...(readdirSync(join(root, 'docs'), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map((page) => page.replaceAll('\\', '/'));

const scripts = Object.keys((JSON.parse(readText('package.json')) as { scripts: Record<string, string> }).scripts);

describe('pages', () => {
  it('that are generated are current', () => {
    const checked = spawnSync(process.execPath, ['scripts/docs.mjs', '--check'], { cwd: root, encoding: 'utf8' });
    assert.equal(checked.status, 0, checked.stderr);
  });

  it('exist: the ones that a repository is expected to have', () => {
    for (const page of [
      'README.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'SECURITY.md',
      'docs/verified.md',
      'docs/testing.md',
    ]) {
      assert.ok(pages.includes(page), page);
    }
  });

  for (const page of pages) {
    describe(page, () => {
      const text = readText(page);

      it('links to files that exist', () => {
        const broken = linksOf(text).filter((link) => !existsSync(normalize(join(root, dirname(page), link))));
        assert.deepEqual(broken, []);
      });

      it('names commands and paths that exist', () => {
        assert.deepEqual(commandsOf(text).flatMap(commandFaults), []);
        assert.deepEqual(
          pathsOf(text).filter((path) => !existsSync(join(root, path))),
          [],
        );
      });
    });
  }
});

describe('docs/verified.md', () => {
  const text = readText('docs', 'verified.md');

  it('names every file that relies on something unverified', () => {
    assert.deepEqual(
      markableFiles().filter((file) => readText(file).includes('[U]') && !text.includes(`\`${file}\``)),
      [],
    );
  });

  it('names no file for something unverified that does not say so itself', () => {
    const waiting = text.slice(text.indexOf('## Waits for'));
    const named = [...waiting.matchAll(/`([\w.-]+(?:\/[\w.-]+)+)`/g)].map((match) => match[1] ?? '');
    const markable = markableFiles();
    const files = named.filter((path) => markable.includes(path));
    assert.ok(files.length > 80, `only ${files.length} files found on the page`);
    assert.deepEqual(
      [...new Set(files)].filter((file) => !readText(file).includes('[U]')),
      [],
    );
  });
});

describe('examples', () => {
  const examples = readdirSync(join(root, 'docs', 'examples')).filter((name) => name.endsWith('.yml'));

  it('exist for every task', () => {
    assert.deepEqual(
      taskFolders().filter((name) => !examples.includes(`${name}.yml`)),
      [],
    );
  });

  for (const example of examples) {
    it(`${example}: tasks and inputs are declared, required ones are given, outputs exist`, () => {
      checkSteps(readText('docs', 'examples', example));
    });
  }

  for (const page of pages.filter((candidate) => !candidate.startsWith('docs/tasks/'))) {
    const blocks = [...readText(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
    for (const [index, block] of blocks.entries()) {
      it(`${page}, block ${index + 1}`, () => {
        checkSteps(block);
      });
    }
  }
});

/** Files whose comments can bear the mark, which JSON has none of. */
function markableFiles(): string[] {
  return ['src', 'tasks', 'local', 'templates', 'samples', 'scripts'].flatMap((room) =>
    (readdirSync(join(root, room), { recursive: true }) as string[])
      .filter((file) => /\.(ts|mjs|py|yml)$/.test(file) && !/(^|[\\/])(node_modules|\.\w+)[\\/]/.test(file))
      .map((file) => `${room}/${file.replaceAll('\\', '/')}`),
  );
}

interface Step {
  readonly task?: string;
  readonly name?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Holds a list of steps, or a pipeline with `steps`, against task.json. */
function checkSteps(yaml: string): void {
  const parsed = parse(yaml) as Step[] | { readonly steps?: Step[] };
  const steps = Array.isArray(parsed) ? parsed : (parsed.steps ?? []);
  const outputs = new Map<string, string[]>();
  for (const step of steps.filter((candidate) => candidate.task?.startsWith('Databricks') === true)) {
    const [name, major] = (step.task ?? '').split('@');
    const task = readTask(name ?? '');
    assert.equal(Number(major), task.version.Major, step.task);
    const given = Object.keys(step.inputs ?? {});
    const known = task.inputs.flatMap((input) => [input.name, ...(input.aliases ?? [])]);
    assert.deepEqual(
      given.filter((input) => !known.includes(input)),
      [],
      `${step.task}: unknown inputs`,
    );
    const missing = task.inputs.filter((input) => input.required === true && (input.defaultValue ?? '') === '');
    assert.deepEqual(
      missing.map((input) => input.name).filter((input) => !given.includes(input)),
      [],
      `${step.task}: required inputs`,
    );
    outputs.set(
      step.name ?? '',
      task.outputVariables.map((output) => output.name),
    );
  }
  for (const [reference, name, output] of yaml.matchAll(/\$\((\w+)\.(\w+)\)/g)) {
    assert.ok(outputs.get(name ?? '')?.includes(output ?? ''), `${reference} is no output of a step above`);
  }
}

function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
}

/** Lines of fenced shell blocks, and commands in code spans. */
function commandsOf(text: string): string[] {
  const fenced = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) => shellCommands(match[1] ?? ''));
  const spans = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return [...fenced, ...spans.filter((span) => /^(npm|node|npx) /.test(span))]
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Commands of a shell block, one each: continued lines and texts over several lines joined, definitions of functions left out. */
function shellCommands(block: string): string[] {
  const joined = block.replace(/\\\n\s*/g, ' ').replace(/"[^"]*"/g, (quoted) => quoted.replaceAll('\n', ' '));
  return joined.split('\n').filter((line) => !/^\w+\(\) \{/.test(line));
}

/** What of a command does not exist: an npm script, a script file, or a binary. */
function commandFaults(command: string): string[] {
  const [program, first = '', second = ''] = command.split(/\s+/);
  const known =
    (program === 'npm' && first === 'run' && scripts.includes(second)) ||
    (program === 'npm' && ['ci', 'test', 'pack', 'install'].includes(first)) ||
    (program === 'node' && existsSync(join(root, first))) ||
    (program === 'npx' && ['databricks-mlops', 'tfx', 'mocha', 'biome'].includes(first)) ||
    (program === 'curl' && existsSync(join(root, /@(\S+)/.exec(command)?.[1] ?? 'no file'))) ||
    program === 'mkdir';
  return known ? [] : [command];
}

/** Code spans that look like a path of the repository. */
function pathsOf(text: string): string[] {
  const rooms = /^(src|tasks|local|samples|scripts|tests|docs|images)\/[\w./-]+$/;
  return [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)]
    .map((match) => match[1] ?? '')
    .filter((span) => rooms.test(span) && !span.includes('DatabricksListModels'));
}
