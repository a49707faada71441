import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { type AnswersOptions, answersOf } from '../../../../local/commands/answer-approvals';
import type { ManualValidationRequest } from '../../../../local/pipelines/agent/job-request';
import type { PendingApproval } from '../../../../local/pipelines/run/run-request';
import { jobRecord, stageRecord, stepRecord } from '../../../support/recorded-run';
import { VirtualClock } from '../../../support/virtual-clock';

const NAMES = ['Ada', 'Bo'];

describe('answers to what a run waits for', () => {
  let input: PassThrough;
  let output: PassThrough;
  let shown: string;
  let notices: string[];
  let moves: string[];
  let clock: VirtualClock;

  beforeEach(() => {
    input = new PassThrough();
    output = new PassThrough();
    shown = '';
    notices = [];
    moves = [];
    clock = new VirtualClock();
    output.on('data', (chunk) => {
      shown += chunk;
    });
  });

  const answers = (terminal: boolean, given: AnswersOptions['given'] = new Map()) =>
    answersOf({
      given,
      clock,
      input: Object.assign(input, { isTTY: terminal }) as unknown as NodeJS.ReadStream,
      output: output as unknown as NodeJS.WriteStream,
      evidence: () => ['PASS: challenger 0.71\u001b[2J'],
      view: {
        begins: () => undefined,
        changed: () => undefined,
        stageChanged: () => undefined,
        stepStarted: () => undefined,
        stepFinished: () => undefined,
        line: () => undefined,
        meanwhile: () => undefined,
        issue: () => undefined,
        notice: (sentence) => notices.push(sentence),
        pause: () => moves.push('pause'),
        resume: () => moves.push('resume'),
        end: () => undefined,
      },
    });

  const approval = (
    name = 'prod',
    signal = new AbortController().signal,
    message?: string,
    approvedBy: readonly string[] = [],
  ) =>
    ({
      stage: stageRecord(1, 'gate'),
      check: { id: `check-${name}`, resource: { name }, message },
      approval: {
        instructions: 'Look first.',
        minimumApprovers: approvedBy.length + 1,
        steps: NAMES.map((who) => ({
          assignedApprover: { name: who },
          status: approvedBy.includes(who) ? 'approved' : 'pending',
        })),
      },
      signal,
    }) as unknown as PendingApproval;

  /** Resolves when the terminal has shown a text. */
  const asks = async (text: string) => {
    while (!shown.includes(text)) {
      await new Promise((resolve) => output.once('data', resolve));
    }
    shown = shown.slice(shown.indexOf(text) + text.length);
  };

  it('are those given beforehand, once for each approval', async () => {
    const { decide } = answers(false, new Map([['prod', [{ kind: 'approved', by: 'Zoe' }]]]));
    assert.deepEqual(await decide(approval('PROD')), { kind: 'approved', by: 'Zoe', comment: '' });
    const again = await decide(approval('PROD', undefined, 'Zoe is no approver.'));
    assert.deepEqual(again, { kind: 'left' });
    assert.deepEqual(notices, ['Zoe cannot answer for PROD: Zoe is no approver.']);
    assert.deepEqual(await decide(approval('prod')), { kind: 'approved', by: 'Zoe', comment: '' });
  });

  it('are all given where an approval wants several, also behind one that does not count', async () => {
    const by = (...names: readonly string[]) => names.map((who) => ({ kind: 'approved', by: who }) as const);
    const { decide } = answers(false, new Map([['prod', by('Ada', 'Zoe', 'Bo')]]));
    assert.deepEqual(await decide(approval()), { kind: 'approved', by: 'Ada', comment: '' });
    assert.deepEqual(await decide(approval()), { kind: 'approved', by: 'Zoe', comment: '' });
    assert.deepEqual(await decide(approval('prod', undefined, 'Zoe is no approver.')), {
      kind: 'approved',
      by: 'Bo',
      comment: '',
    });
    assert.deepEqual(notices, ['Zoe cannot answer for prod: Zoe is no approver.']);
  });

  it('that counted and are not enough are not called wrong', async () => {
    const { decide } = answers(false, new Map([['prod', [{ kind: 'approved', by: 'Ada' }]]]));
    await decide(approval());
    assert.deepEqual(await decide(approval('prod', undefined, undefined, ['Ada'])), { kind: 'left' });
    assert.deepEqual(notices, ['prod: 1 of 2 approvals given, by Ada. Bo has not answered yet.']);
  });

  it('tell the next who is asked how far the approval is, and offer who has not answered', async () => {
    const decided = answers(true).decide(approval('prod', undefined, undefined, ['Ada']));
    await asks('1 of 2 approvals given, by Ada.');
    await asks('later? ');
    input.write('a\n');
    await asks('who answers [Bo]? ');
    input.write('\n');
    await asks('comment');
    input.write('\n');
    assert.deepEqual(await decided, { kind: 'approved', by: 'Bo', comment: '' });
  });

  it('are left where nobody sits at a terminal', async () => {
    assert.deepEqual(await answers(false).decide(approval()), { kind: 'left' });
  });

  it('are asked for at a terminal, with the evidence, until they can be understood', async () => {
    const decided = answers(true).decide(approval());
    await asks('PASS: challenger 0.71\n');
    assert.ok(!shown.includes('\u001b[2J'));
    await asks('later? ');
    input.write('perhaps\n');
    await asks('later? ');
    input.write('Reject\n');
    await asks('who answers [Ada]? ');
    input.write('Bo\n');
    await asks('comment (may be empty): ');
    input.write(' no \n');
    assert.deepEqual(await decided, { kind: 'rejected', by: 'Bo', comment: 'no' });
    assert.deepEqual(moves, ['pause', 'resume']);
  });

  it('take the first approver where no name is given, and follow one another', async () => {
    const { decide } = answers(true);
    const first = decide(approval('one'));
    const second = decide(approval('two'));
    for (const name of ['one', 'two']) {
      await asks(`on ${name} by`);
      await asks('later? ');
      input.write('a\n');
      await asks('who answers');
      input.write('\n');
      await asks('comment');
      input.write('\n');
      assert.deepEqual(await (name === 'one' ? first : second), { kind: 'approved', by: 'Ada', comment: '' });
    }
  });

  it('are left when nobody needs them any more, and when the input ends', async () => {
    const over = new AbortController();
    const first = answers(true).decide(approval('prod', over.signal));
    await asks('later? ');
    over.abort();
    assert.deepEqual(await first, { kind: 'left' });
    const second = answers(true).decide(approval());
    await asks('later? ');
    input.end();
    assert.deepEqual(await second, { kind: 'left' });
  });

  const validation = (signal = new AbortController().signal): ManualValidationRequest => ({
    job: jobRecord(1),
    step: stepRecord(2, { displayName: 'Look' }),
    approvers: [],
    instructions: 'Is it good?',
    timeoutMinutes: 10,
    onTimeout: 'reject',
    signal,
  });

  it('resume a manual validation at the terminal', async () => {
    const asked = answers(true).manualValidation(validation());
    await asks('Is it good?');
    await asks('resume or reject? ');
    input.write('resume\n');
    assert.equal(await asked, 'resumed');
  });

  it('let a manual validation run out, also while it is asked for', async () => {
    const alone = answers(false).manualValidation(validation());
    await clock.advance(600_000);
    assert.equal(await alone, 'timedOut');
    assert.match(notices.join(), /no terminal to ask: reject in 10 minutes/);
    const asked = answers(true).manualValidation(validation());
    await asks('resume or reject? ');
    await clock.advance(600_000);
    assert.equal(await asked, 'timedOut');
  });
});
