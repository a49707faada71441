import assert from 'node:assert/strict';
import type { JobState } from '../../../../../local/pipelines/agent/job-state';
import { SecretMasker } from '../../../../../local/pipelines/agent/secret-masker';
import { StepRun, type StepRunParts } from '../../../../../local/pipelines/agent/step-run';
import type { StepRecord } from '../../../../../local/pipelines/record/run-record';
import { VirtualClock } from '../../../../support/virtual-clock';

describe('the log of a step', () => {
  // Linux: each write to /dev/full ends as on a full disk.
  it('fails its step when the disk is full, once, and what the step says is still shown', () => {
    const shown: string[] = [];
    const record = { log: 'full', issues: [] as StepRecord['issues'] } as StepRecord;
    const job = {
      request: { record: {} },
      masker: new SecretMasker(),
      options: { runFolder: '/dev', clock: new VirtualClock() },
      events: { line: (_job: unknown, _step: unknown, text: string) => shown.push(text), issue: () => undefined },
    } as unknown as JobState;
    const step = new StepRun({ job, record, outputNames: new Set() } as unknown as StepRunParts);
    step.print('one');
    step.print('two');
    step.close();
    assert.equal(step.commandResult, 'Failed');
    const [issue, ...more] = record.issues;
    assert.match(issue?.message ?? '', /cannot be written: ENOSPC.*Free space/);
    assert.deepEqual(more, []);
    assert.deepEqual(shown.slice(1), ['one', 'two']);
  });
});
