import { relative } from 'node:path';
import type { LoggingCommand } from '../../logging-command';
import { mergeResults, readResult, TASK_RESULTS } from '../../task-result';
import type { StepRun } from '../step-run';
import { addAttachment, attachFile } from './attachments';
import { type Commands, flag } from './command';
import { logDetail } from './log-detail';
import { setEndpoint } from './set-endpoint';
import { VARIABLE_COMMANDS } from './variable-commands';

const ISSUE = { run: logIssue, inRestrictedMode: true } as const;

/** Source: azure-pipelines-agent, Agent.Worker/TaskCommandExtension.cs. */
export const TASK_COMMANDS: Commands = {
  ...VARIABLE_COMMANDS,
  complete: { run: complete, inRestrictedMode: true },
  logissue: ISSUE,
  issue: ISSUE,
  setprogress: {
    run: (step, { properties, data }) => step.progress(percent(properties.get('value')) ?? 0, data),
    inRestrictedMode: true,
  },
  logdetail: { run: logDetail, inRestrictedMode: true },
  debug: { run: (step, { data }) => step.debug(data), inRestrictedMode: true },
  setendpoint: { run: setEndpoint },
  addattachment: { run: addAttachment },
  uploadsummary: { run: (step, { data }) => attachFile(step, 'Distributedtask.Core.Summary', data) },
  uploadfile: { run: (step, { data }) => attachFile(step, 'Distributedtask.Core.FileAttachment', data) },
};

function complete(step: StepRun, command: LoggingCommand): void {
  const said = command.properties.get('result') ?? '';
  const result = readResult(said);
  if (result === undefined) {
    throw new Error(
      `##vso[task.complete] has the result '${said}', not one of ${TASK_RESULTS.join(', ')} (upper and lower case as written).`,
    );
  }
  step.result = mergeResults(step.result, result);
  step.progress(100, command.data);
  step.say(command.data);
  if (flag(command, 'done')) {
    step.done.abort();
  }
}

function logIssue(step: StepRun, { properties, data }: LoggingCommand): void {
  const said = properties.get('type');
  if (said === undefined) {
    step.warning('An issue without a type was logged; it is left out.');
    return;
  }
  const type = said.toLowerCase();
  if (type !== 'error' && type !== 'warning') {
    throw new Error(`The issue has the type '${said}', neither error nor warning.`);
  }
  step.issue({
    type,
    message: data,
    code: properties.get('code') ?? '',
    file: inSources(step, properties.get('sourcepath') ?? ''),
    line: wholeNumber(properties.get('linenumber')),
    column: wholeNumber(properties.get('columnnumber')),
  });
}

/** A file of the sources as the repository names it. */
function inSources(step: StepRun, path: string): string {
  const { sources } = step.job.folders;
  return path.startsWith(`${sources}/`) ? relative(sources, path) : path;
}

/** Kept between 0 and 100; `undefined` for what is no whole number. */
function percent(text: string | undefined): number | undefined {
  const number = wholeNumber(text);
  return number === undefined ? undefined : Math.min(100, Math.max(0, number));
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined;
}
