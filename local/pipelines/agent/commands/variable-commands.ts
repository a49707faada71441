import { minimatch } from 'minimatch';
import { encodeCommandData, type LoggingCommand } from '../../logging-command';
import type { StepRun } from '../step-run';
import { type Commands, flag, requiredProperty } from './command';

const MULTI_LINE_OPT_IN = 'SYSTEM_UNSAFEALLOWMULTILINESECRET';

/** Source: azure-pipelines-agent, Agent.Worker/TaskCommandExtension.cs. */
export const VARIABLE_COMMANDS: Commands = {
  setvariable: { run: setVariable, inRestrictedMode: true },
  settaskvariable: { run: setTaskVariable, inRestrictedMode: true },
  setsecret: {
    run: (step, { data }) => step.job.masker.add(data),
    inRestrictedMode: true,
  },
  prependpath: {
    run: (step, { data }) => {
      if (isSettable(step, 'PATH')) {
        if (data === '') {
          throw new Error('##vso[task.prependpath] needs a folder.');
        }
        const paths = step.job.prependedPaths;
        paths.splice(0, paths.length, ...paths.filter((path) => path !== data), data);
      }
    },
    inRestrictedMode: true,
  },
};

/** An output is a variable of the job named `step.variable`, and cannot be set again but by its step. */
function setVariable(step: StepRun, command: LoggingCommand): void {
  const { variables, outputs, request } = step.job;
  const name = requiredProperty(command, 'variable');
  const secret = flag(command, 'issecret');
  const readOnly = flag(command, 'isreadonly');
  const keepsCase = flag(command, 'preservecase');
  if (variables.isReadOnly(name)) {
    throw new Error(`Variable '${name}' is read-only and cannot be set.`);
  }
  if (secret) {
    refuseSeveralLines(step, command.data);
    step.job.masker.add(encodeCommandData(command.data));
  }
  if (!isSettable(step, name)) {
    return;
  }
  if (flag(command, 'isoutput') || step.outputNames.has(name.toLowerCase())) {
    const key = `${step.record.name}.${name}`;
    variables.set(key, command.data, { secret, readOnly: true, keepsCase });
    const isSecret = secret || outputs.get(key)?.secret === true;
    outputs.set(key, { value: command.data, secret: isSecret, readOnly: true });
    if (isSecret) {
      delete request.record.outputs[key];
    } else {
      request.record.outputs[key] = step.mask(command.data);
    }
    step.job.events.changed();
  } else {
    variables.set(name, command.data, { secret, readOnly, keepsCase });
  }
}

function setTaskVariable(step: StepRun, command: LoggingCommand): void {
  const name = requiredProperty(command, 'variable');
  const secret = flag(command, 'issecret');
  if (step.taskVariables.isReadOnly(name)) {
    throw new Error(`Task variable '${name}' is read-only and cannot be set.`);
  }
  if (secret) {
    refuseSeveralLines(step, command.data);
  }
  step.taskVariables.set(name, command.data, { secret, readOnly: flag(command, 'isreadonly') });
}

/** A log is masked line by line, so a secret of several lines would be seen. */
function refuseSeveralLines(step: StepRun, data: string): void {
  const allowed = step.job.variables.isTrue(MULTI_LINE_OPT_IN);
  if (data.includes('\n') && !allowed) {
    throw new Error(
      `Secrets of several lines are not allowed. Set each line as a secret, or the variable ${MULTI_LINE_OPT_IN} to true.`,
    );
  }
}

/** Source: azure-pipelines-agent, Agent.Worker/TaskRestrictionsChecker.cs. */
function isSettable(step: StepRun, name: string): boolean {
  const refusing = step.restrictions.settableVariables.find(
    (allowed) => !allowed.some((pattern) => minimatch(name, pattern, { nocase: true })),
  );
  if (refusing !== undefined) {
    step.warning(`Variable '${name}' is not set: the task may set only ${refusing.join(', ') || 'none'}.`);
  }
  return refusing === undefined;
}
