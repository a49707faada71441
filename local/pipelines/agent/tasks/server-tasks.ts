import { counted } from '../../../../src/counted';
import { StepFailure, type StepRun } from '../step-run';
import { declare, type StepTask, type TaskInputs, UNRESTRICTED } from './step-task';

const SERVER = { runsOn: 'server', restrictions: UNRESTRICTED, outputNames: new Set<string>() } as const;
const LONGEST_DELAY_MINUTES = 86_400;
const MINUTE_MS = 60_000;

/** Source: the page of the task Delay@1. */
export const DELAY: StepTask = {
  ...SERVER,
  reference: 'Delay',
  declared: declare({ delayForMinutes: '0' }),
  displayName: (inputs) => `Delay by ${inputs.get('delayForMinutes')} minutes`,
  run: async (step, inputs) => {
    const minutes = Number(inputs.get('delayForMinutes'));
    if (!Number.isInteger(minutes) || minutes < 0 || minutes > LONGEST_DELAY_MINUTES) {
      throw new StepFailure(
        `delayForMinutes is '${inputs.get('delayForMinutes')}', not a whole number from 0 to ${LONGEST_DELAY_MINUTES}.`,
      );
    }
    step.print(`Waits for ${counted(minutes, 'minute')}.`);
    await step.job.options.clock.sleep(minutes * MINUTE_MS, step.ending.signal);
  },
};

/** Source: the page of the task ManualValidation@1. */
export const MANUAL_VALIDATION: StepTask = {
  ...SERVER,
  reference: 'ManualValidation',
  declared: declare({
    notifyUsers: '',
    approvers: '',
    allowApproversToApproveTheirOwnRuns: 'true',
    instructions: '',
    onTimeout: 'reject',
  }),
  displayName: () => 'Manual validation',
  keepsOwnTimeout: true,
  run: validate,
};

async function validate(step: StepRun, inputs: TaskInputs): Promise<void> {
  const onTimeout = inputs.get('onTimeout').toLowerCase();
  if (onTimeout !== 'reject' && onTimeout !== 'resume') {
    throw new StepFailure(`onTimeout is '${inputs.get('onTimeout')}', neither reject nor resume.`);
  }
  const own = Number(step.plan.timeoutInMinutes);
  const answer = await step.job.events.manualValidation({
    job: step.job.request.record,
    step: step.record,
    approvers: inputs
      .get('approvers')
      .split(/[\n,;]/)
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    instructions: step.mask(inputs.get('instructions')),
    timeoutMinutes: own > 0 ? own : step.job.request.timeoutMinutes,
    onTimeout,
    signal: step.ending.signal,
  });
  step.ending.signal.throwIfAborted();
  step.print(`The validation was ${answer === 'timedOut' ? 'not answered in time' : answer}.`);
  if (answer === 'rejected' || (answer === 'timedOut' && onTimeout === 'reject')) {
    throw new StepFailure(
      answer === 'rejected'
        ? 'The manual validation was rejected.'
        : 'The manual validation was not answered in time and counts as rejected.',
    );
  }
}
