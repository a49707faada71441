import { randomUUID } from 'node:crypto';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { processLine } from '../commands/process-line';
import { stepEnvironment } from '../step-environment';
import { ProgramFailure, StepFailure, type StepRun } from '../step-run';
import { runInStep } from './run-in-step';
import { declare, type StepTask, type TaskInputs, UNRESTRICTED } from './step-task';

/** Messages of standard error that a step shows where `failOnStderr` fails it. */
const SHOWN_ERROR_LINES = 10;

/** How a script is started. */
interface ScriptStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly contents: string;
  readonly extension: string;
}

const SCRIPT = { runsOn: 'agent', restrictions: UNRESTRICTED, outputNames: new Set<string>() } as const;
const COMMON = { workingDirectory: '', failOnStderr: 'false' };

/** Source: azure-pipelines-tasks, CmdLineV2: a file run by bash without its profile. */
export const CMD_LINE: StepTask = {
  ...SCRIPT,
  reference: 'CmdLine',
  declared: declare({ script: '', ...COMMON }),
  displayName: () => 'CmdLine',
  run: (step, inputs) => {
    const contents = inputs.get('script');
    showOneLiner(step, contents);
    return runScript(step, inputs, {
      command: 'bash',
      args: ['--noprofile', '--norc'],
      contents,
      extension: '.sh',
    });
  },
};

/** Source: azure-pipelines-tasks, BashV3. */
export const BASH: StepTask = {
  ...SCRIPT,
  reference: 'Bash',
  declared: declare({
    targetType: 'filePath',
    'filePath:path': '',
    arguments: '',
    script: '',
    bashEnvValue: '',
    ...COMMON,
  }),
  displayName: () => 'Bash',
  run: (step, inputs) => {
    const contents = inputs.get('targetType').toLowerCase() === 'filepath' ? callOf(inputs) : inputs.get('script');
    showOneLiner(step, contents);
    const bashEnv = inputs.get('bashEnvValue');
    return runScript(
      step,
      inputs,
      { command: 'bash', args: [], contents, extension: '.sh' },
      bashEnv === '' ? {} : { BASH_ENV: bashEnv },
    );
  },
};

function callOf(inputs: TaskInputs): string {
  const file = scriptFile(inputs);
  return `exec bash '${file.replaceAll("'", "'\\''")}' ${inputs.get('arguments')}`.trim();
}

const PREFERENCES = ['default', 'stop', 'continue', 'silentlycontinue'];

/** Source: azure-pipelines-tasks, PowerShellV2. PowerShell exists here only as `pwsh`. */
export const POWERSHELL: StepTask = {
  ...SCRIPT,
  reference: 'PowerShell',
  declared: declare({
    targetType: 'filePath',
    'filePath:path': '',
    arguments: '',
    script: '',
    errorActionPreference: 'stop',
    warningPreference: 'default',
    informationPreference: 'default',
    verbosePreference: 'default',
    debugPreference: 'default',
    progressPreference: 'silentlyContinue',
    showWarnings: 'false',
    ignoreLASTEXITCODE: 'false',
    pwsh: 'false',
    runScriptInSeparateScope: 'false',
    ...COMMON,
  }),
  displayName: () => 'PowerShell',
  run: async (step, inputs) => {
    const environment = stepEnvironment(step, { secrets: false });
    if (!(environment['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'pwsh')))) {
      throw new StepFailure(
        'The step needs PowerShell, and pwsh is not on the PATH. Install PowerShell, use bash, or stub the task with --stub PowerShell@2=FILE.',
      );
    }
    await runScript(step, inputs, {
      command: 'pwsh',
      args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-File'],
      contents: powerShellText(inputs),
      extension: '.ps1',
    });
  },
};

function powerShellText(inputs: TaskInputs): string {
  const inline = inputs.get('targetType').toLowerCase() === 'inline';
  const body = inline
    ? inputs.get('script')
    : `. '${scriptFile(inputs).replaceAll("'", "''")}' ${inputs.get('arguments')}`;
  const preferences = ['error', 'warning', 'information', 'verbose', 'debug', 'progress'].flatMap((kind) => {
    const name = kind === 'error' ? 'ErrorAction' : kind[0]?.toUpperCase() + kind.slice(1);
    const value = inputs.get(kind === 'error' ? 'errorActionPreference' : `${kind}Preference`);
    if (!PREFERENCES.includes(value.toLowerCase())) {
      throw new StepFailure(`The preference '${value}' for ${kind} is not one of ${PREFERENCES.join(', ')}.`);
    }
    return value.toLowerCase() === 'default' ? [] : [`$${name}Preference = '${value}'`];
  });
  const exit = inputs.isTrue('ignoreLASTEXITCODE')
    ? []
    : ['if (!(Test-Path -LiteralPath variable:\\LASTEXITCODE)) { } else { exit $LASTEXITCODE }'];
  return [...preferences, body, ...exit].join('\n');
}

function scriptFile(inputs: TaskInputs): string {
  const file = inputs.get('filePath');
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new StepFailure(`The script '${file}' is no file.`);
  }
  return file;
}

function showOneLiner(step: StepRun, contents: string): void {
  if (!contents.includes('\n') && !contents.toUpperCase().includes('##VSO[')) {
    step.print('Script contents:');
    step.print(contents);
  }
}

async function runScript(
  step: StepRun,
  inputs: TaskInputs,
  { command, args, contents, extension }: ScriptStart,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const cwd = resolve(step.workingDirectory, inputs.get('workingDirectory'));
  if (!existsSync(cwd)) {
    throw new StepFailure(`The working directory '${cwd}' does not exist.`);
  }
  const file = join(step.job.folders.temp, `${randomUUID()}${extension}`);
  writeFileSync(file, contents);
  step.print('========================== Starting Command Output ===========================');
  const errors: string[] = [];
  const { exitCode } = await runInStep(step, {
    command,
    args: [...args, file],
    cwd,
    env: { ...stepEnvironment(step, { secrets: false }), ...more },
    // The task that runs a script passes a cancel on as SIGTERM.
    firstSignal: 'SIGTERM',
    onLine: (line, stream) => {
      if (stream === 'stderr' && errors.length < SHOWN_ERROR_LINES) {
        errors.push(line);
      }
      processLine(step, line);
    },
  });
  if (exitCode !== 0 && exitCode !== null) {
    throw new ProgramFailure(`The script exited with code '${exitCode}'.`);
  }
  if (exitCode === null && !step.ending.signal.aborted && !step.killing.signal.aborted) {
    throw new StepFailure('The script was ended by a signal.');
  }
  if (inputs.isTrue('failOnStderr') && errors.length > 0) {
    for (const line of errors) {
      step.error(line);
    }
    throw new StepFailure('The script wrote to its standard error, and failOnStderr is set.');
  }
}
