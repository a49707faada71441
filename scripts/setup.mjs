// `node scripts/setup.mjs <command> [arguments]`: brings a fresh clone to where the command can run, then runs it. Plain Node, no packages:
// it is what runs before they are there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [command = '', ...rest] = process.argv.slice(2);

/** Folders of tests/ that are no part of `npm test`: clients have a command of their own, the others hold no tests. */
const NOT_IN_TEST = ['clients', 'soak', 'support', 'properties', 'node-handlers'];

/** Fewer cases of clients mean that some were lost. */
const LEAST_CLIENT_CASES = 380;

/** What each command needs before it runs, and what it runs. */
const commands = {
  demo: { python: true, run: () => node(['dist/cli/demo.js', ...rest]) },
  test: { python: true, handlers: true, run: () => mocha(suitesOf(named(standardSuites()))) },
  'test:clients': { python: true, databricksCli: true, run: clients },
  bench: { python: true, handlers: true, run: () => node(['scripts/bench.mjs', ...rest]) },
  soak: { python: true, run: () => node(['--import', 'tsx', 'tests/soak/soak.ts', ...rest]) },
};

main();

function main() {
  const chosen = commands[command];
  if (chosen === undefined) {
    fail(`Unknown command '${command}'. Known: ${Object.keys(commands).join(', ')}.`);
  }
  if (Number(process.versions.node.split('.')[0]) < 20) {
    fail(`Node.js ${process.versions.node} is too old: version 20 or later is needed.`);
  }
  installModules(root, 'Node modules by the lock file');
  buildWhenChanged();
  if (chosen.handlers && process.platform === 'linux' && process.arch === 'x64') {
    installModules(join(root, 'tests', 'node-handlers'), "Node.js binaries of the agent's handlers");
  }
  if (chosen.python) {
    requireSuccess(node(['dist/cli/prepare-python.js']));
  }
  if (chosen.databricksCli) {
    requireSuccess(node(['--import', 'tsx', 'tests/clients/databricks-cli/prepare.ts']));
  }
  process.exit(chosen.run());
}

/** `npm ci`, skipped when the modules there come from this very lock file: later runs work offline. */
function installModules(folder, what) {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const stamp = join(folder, 'node_modules', '.lock-digest');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) {
    return;
  }
  say(`Installing: ${what} …`);
  requireSuccess(run(npmCommand(), ['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder));
  writeFileSync(stamp, lock);
}

/** Builds when a source is newer than the last build. */
function buildWhenChanged() {
  const stamp = join(root, 'dist', 'meta', '.built');
  const sources = ['src', 'tasks', 'local', 'scripts', 'package-lock.json', 'package.json'].map((name) =>
    join(root, name),
  );
  if (existsSync(stamp) && newest(sources) <= statSync(stamp).mtimeMs) {
    return;
  }
  say('Building tasks and command line …');
  requireSuccess(node(['scripts/build.mjs']));
}

function newest(paths) {
  return Math.max(
    ...paths.map((path) =>
      statSync(path).isDirectory()
        ? Math.max(
            statSync(path).mtimeMs,
            ...readdirSync(path, { withFileTypes: true })
              .filter((entry) => entry.name !== '__pycache__' && entry.name !== 'node_modules')
              .map((entry) => newest([join(path, entry.name)])),
          )
        : statSync(path).mtimeMs,
    ),
  );
}

function standardSuites() {
  return readdirSync(join(root, 'tests')).filter((name) => !NOT_IN_TEST.includes(name));
}

/** Suites and files named on the command line, else the standard ones. */
function named(standard) {
  const names = rest.filter((argument) => !argument.startsWith('-'));
  return names.length > 0 ? names : standard;
}

/** Spec files of suites; a name that ends in `.ts` is one file. */
function suitesOf(names) {
  return names.flatMap((name) => {
    const path = name.includes('/') || name.endsWith('.ts') ? join(root, name) : join(root, 'tests', name);
    if (!existsSync(path)) {
      fail(`There are no tests at ${path}.`);
    }
    return statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true })
          .filter((file) => file.endsWith('.test.ts'))
          .map((file) => join(path, file))
          .sort()
      : [path];
  });
}

/** The clients' suites, two files at a time: each mostly waits for processes of its own. Says how many cases there are, and wants all. */
function clients() {
  const counts = process.env.TEST_COUNTS ?? join(mkdtempSync(join(tmpdir(), 'client-cases-')), 'counts');
  const status = mocha(suitesOf(named(['clients'])), ['--parallel', '--jobs', '2'], { TEST_COUNTS: counts });
  if (!existsSync(counts)) {
    return status || 1;
  }
  const { passes, failures, pending } = JSON.parse(readFileSync(counts, 'utf8').trim().split('\n').at(-1) ?? '');
  const cases = passes + failures + pending;
  say(`${cases} cases of clients in all.`);
  if (named([]).length === 0 && cases < LEAST_CLIENT_CASES) {
    fail(`At least ${LEAST_CLIENT_CASES} cases of clients must be there.`);
  }
  return status;
}

function mocha(files, more = [], env = {}) {
  const options = rest.includes('--bail') ? ['--bail'] : [];
  const reporter = ['--reporter', 'tests/support/counting-reporter.cjs'];
  return node(['node_modules/mocha/bin/mocha.js', ...reporter, ...options, ...more, ...files], env);
}

function node(args, env = {}) {
  return run(process.execPath, args, root, env);
}

function run(program, args, cwd, env = {}) {
  const result = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: 'inherit',
    shell: process.platform === 'win32' && program.endsWith('.cmd'),
  });
  if (result.error !== undefined) {
    fail(`Cannot start ${program}: ${result.error.message}`);
  }
  return result.status ?? 1;
}

function npmCommand() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

function requireSuccess(status) {
  if (status !== 0) {
    process.exit(status);
  }
}

function say(text) {
  console.error(text);
}

function fail(text) {
  console.error(text);
  process.exit(2);
}
