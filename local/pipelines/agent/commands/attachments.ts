import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { LoggingCommand } from '../../logging-command';
import type { StepRun } from '../step-run';
import { requiredProperty } from './command';

/** Characters that no file name can have. */
const NOT_IN_FILE_NAMES = /[/\0]/;

export function addAttachment(step: StepRun, command: LoggingCommand): void {
  attach(step, requiredProperty(command, 'type'), requiredProperty(command, 'name'), command.data);
}

/** Attaches a file under its own name. */
export function attachFile(step: StepRun, type: string, file: string): void {
  attach(step, type, basename(file), file);
}

/** @throws Error when the file does not exist or type or name cannot be part of a path */
export function attach(step: StepRun, type: string, name: string, file: string): void {
  for (const part of [type, name]) {
    if (NOT_IN_FILE_NAMES.test(part)) {
      throw new Error(`'${part}' cannot name an attachment: it has characters that no file name can have.`);
    }
  }
  const path = resolve(step.workingDirectory, file);
  if (file === '' || !existsSync(path) || !statSync(path).isFile()) {
    throw new Error(`The file '${file}' that is to be attached does not exist.`);
  }
  const { request, events } = step.job;
  events.attach(request.record, step.record, step.mask(type), step.mask(name), path);
  events.changed();
}
