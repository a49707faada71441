import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { StepFailure, type StepRun } from '../step-run';
import { findFiles } from './find-files';
import { declare, type StepTask, type TaskInputs, UNRESTRICTED } from './step-task';

/** Source: azure-pipelines-tasks, CopyFilesV2. */
export const COPY_FILES: StepTask = {
  reference: 'CopyFiles',
  runsOn: 'agent',
  restrictions: UNRESTRICTED,
  outputNames: new Set(),
  declared: declare({
    'SourceFolder:path': '',
    Contents: '**',
    'TargetFolder:path': '',
    CleanTargetFolder: 'false',
    OverWrite: 'false',
    flattenFolders: 'false',
    preserveTimestamp: 'false',
    retryCount: '0',
    delayBetweenRetries: '1000',
    ignoreMakeDirErrors: 'false',
  }),
  displayName: (inputs) => `Copy Files to: ${inputs.get('TargetFolder')}`,
  run: async (step, inputs) => copy(step, inputs),
};

function copy(step: StepRun, inputs: TaskInputs): void {
  const source = inputs.get('SourceFolder');
  const target = inputs.get('TargetFolder');
  if (!existsSync(source)) {
    throw new StepFailure(`The folder '${source}' that is to be copied from does not exist.`);
  }
  const files = findFiles(source, inputs.lines('Contents'));
  step.print(`found ${files.length} files`);
  if (files.length === 0) {
    return;
  }
  if (inputs.isTrue('CleanTargetFolder')) {
    cleanFolder(target);
  }
  for (const file of files) {
    const to = join(target, inputs.isTrue('flattenFolders') ? basename(file) : relative(source, file));
    if (existsSync(to) && statSync(to).isDirectory()) {
      throw new StepFailure(`'${file}' cannot be copied to '${to}': that is a folder.`);
    }
    if (existsSync(to) && !inputs.isTrue('OverWrite')) {
      step.print(`File ${file} already exists at ${to}`);
      continue;
    }
    mkdirSync(dirname(to), { recursive: true });
    step.print(`Copying ${file} to ${to}`);
    cpSync(file, to, { force: true, preserveTimestamps: inputs.isTrue('preserveTimestamp'), dereference: true });
  }
}

function cleanFolder(folder: string): void {
  if (existsSync(folder)) {
    for (const name of readdirSync(folder)) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}
