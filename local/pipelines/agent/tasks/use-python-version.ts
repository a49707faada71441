import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Python, pythonAt } from '../../../workspace/python/interpreter';
import { encodeCommandData } from '../../logging-command';
import { processLine } from '../commands/process-line';
import { stepEnvironment } from '../step-environment';
import { StepFailure, type StepRun } from '../step-run';
import { runInStep } from './run-in-step';
import { declare, type StepTask, type TaskInputs, UNRESTRICTED } from './step-task';

const PROGRAM = /^(python|python3|python3\.\d+)(\.exe)?$/;

/**
 * Puts a Python of this machine first on the PATH. Source: azure-pipelines-tasks, UsePythonVersionV0.
 * An agent's tool cache is here the PATH, pyenv's versions and the interpreter that DATABRICKS_MLOPS_PYTHON names.
 */
export const USE_PYTHON_VERSION: StepTask = {
  reference: 'UsePythonVersion',
  runsOn: 'agent',
  restrictions: UNRESTRICTED,
  outputNames: new Set(['pythonlocation']),
  declared: declare({
    versionSpec: '3.x',
    addToPath: 'true',
    architecture: 'x64',
    disableDownloadFromRegistry: 'false',
    allowUnstable: 'false',
    githubToken: '',
  }),
  displayName: (inputs) => `Use Python ${inputs.get('versionSpec')}`,
  run: usePython,
};

async function usePython(step: StepRun, inputs: TaskInputs): Promise<void> {
  const spec = inputs.get('versionSpec');
  const wanted = versionPattern(spec);
  const found = await pythons(stepEnvironment(step, { secrets: false }));
  const python = found
    .filter(({ version }) => wanted.test(version))
    .sort(byVersion)
    .at(-1);
  if (python === undefined) {
    const there = found.map(({ version, executable }) => `${version} (${executable})`).join(', ') || 'none';
    throw new StepFailure(
      `There is no Python '${spec}' on this machine. It has: ${there}. Install one, name it in DATABRICKS_MLOPS_PYTHON, or ask for a version that is here.`,
    );
  }
  step.print(`Found Python ${python.version} at ${python.executable}.`);
  const location = await environmentOf(step, python);
  processLine(step, `##vso[task.setvariable variable=pythonLocation;isOutput=true]${encodeCommandData(location)}`);
  if (inputs.isTrue('addToPath')) {
    const added = [location, join(location, 'bin')];
    const paths = step.job.prependedPaths;
    paths.splice(0, paths.length, ...paths.filter((path) => !added.includes(path)), ...added);
  }
}

/** `3.11`, `3.11.x`, `3.x`, `>=3.10` are what pipelines ask for. @throws StepFailure for other ranges */
function versionPattern(spec: string): { test(version: string): boolean } {
  const least = /^>=\s*(\d+)\.(\d+)(?:\.(\d+))?$/.exec(spec);
  if (least !== null) {
    return {
      test: (version) =>
        compareVersions(
          version,
          least
            .slice(1)
            .map((part) => part ?? '0')
            .join('.'),
        ) >= 0,
    };
  }
  if (!/^\d+(\.(\d+|x|\*))*$/i.test(spec)) {
    throw new StepFailure(
      `The version '${spec}' is none that this machine understands: write such as 3.11, 3.x or >=3.10.`,
    );
  }
  const parts = spec.split('.').filter((part) => /^\d+$/.test(part));
  return { test: (version) => parts.every((part, index) => version.split('.')[index] === part) };
}

async function pythons(environment: Readonly<Record<string, string>>): Promise<Python[]> {
  const programs = [
    ...(environment['DATABRICKS_MLOPS_PYTHON'] === undefined ? [] : [environment['DATABRICKS_MLOPS_PYTHON']]),
    ...(environment['PATH'] ?? '').split(delimiter).flatMap(programsIn),
    ...pyenvVersions(environment).flatMap(programsIn),
  ];
  const found = await Promise.all([...new Set(programs)].map((program) => pythonAt(program, environment)));
  const byExecutable = new Map(found.flatMap((python) => (python === undefined ? [] : [[python.executable, python]])));
  return [...byExecutable.values()];
}

function programsIn(folder: string): string[] {
  if (folder === '' || !existsSync(folder) || !statSync(folder).isDirectory()) {
    return [];
  }
  return readdirSync(folder)
    .filter((name) => PROGRAM.test(name))
    .map((name) => join(folder, name));
}

function pyenvVersions(environment: Readonly<Record<string, string>>): string[] {
  const versions = join(environment['PYENV_ROOT'] ?? join(environment['HOME'] ?? '', '.pyenv'), 'versions');
  return existsSync(versions) ? readdirSync(versions).map((name) => join(versions, name, 'bin')) : [];
}

/**
 * An environment of its own in the job's tool cache: a hosted agent's Python is fresh too, and what a job installs must not end in the
 * interpreter of whoever runs the pipeline.
 * @returns its folder
 */
async function environmentOf(step: StepRun, { executable, version }: Python): Promise<string> {
  const location = join(step.job.folders.tools, 'Python', version, 'x64');
  if (existsSync(join(location, 'bin', 'python'))) {
    return location;
  }
  const { exitCode } = await runInStep(step, {
    command: executable,
    args: ['-m', 'venv', location],
    cwd: step.workingDirectory,
    env: stepEnvironment(step, { secrets: false }),
  });
  if (exitCode !== 0) {
    throw new StepFailure(
      `${executable} cannot make an environment for the job (exit code ${exitCode ?? 'none'}). On Debian and Ubuntu install python3-venv.`,
    );
  }
  return location;
}

function byVersion(a: Python, b: Python): number {
  return compareVersions(a.version, b.version);
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}
