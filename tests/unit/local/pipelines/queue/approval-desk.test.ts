import assert from 'node:assert/strict';
import { ApprovalDesk } from '../../../../../local/pipelines/queue/approval-desk';
import type { CheckRunRecord } from '../../../../../local/pipelines/record/run-record';
import type { Decision, PendingApproval } from '../../../../../local/pipelines/run/run-request';
import type { ApprovalAnswer } from '../../../../../local/pipelines/service/ports';

const nobody = new Promise<Decision>(() => undefined);
const answer: ApprovalAnswer = {
  runId: '1',
  approvalId: 'check-1',
  status: 'approved',
  comment: 'fine',
  by: { id: 'ada', name: 'Ada' },
};
const pending = (check: Partial<CheckRunRecord> = {}, signal = new AbortController().signal) =>
  ({ check: { id: 'check-1', status: 'pending', message: undefined, ...check }, signal }) as unknown as PendingApproval;

describe('ApprovalDesk', () => {
  it('gives an answer on to who waits, and says that it counts once the record holds it', async () => {
    const desk = new ApprovalDesk();
    const approval = pending();
    const decided = desk.decide(approval, () => nobody);
    const answered = desk.answer(answer);
    assert.deepEqual(await decided, { kind: 'approved', by: 'Ada', comment: 'fine' });
    approval.check.status = 'approved';
    desk.changed();
    assert.equal(await answered, undefined);
  });

  it('says why an answer does not count, and takes the next one', async () => {
    const desk = new ApprovalDesk();
    const approval = pending();
    const first = desk.decide(approval, () => nobody);
    const answered = desk.answer(answer);
    await first;
    approval.check.message = 'Ada is no approver.';
    const second = desk.decide(approval, () => nobody);
    assert.equal(await answered, 'Ada is no approver.');
    void desk.answer({ ...answer, status: 'rejected', by: { id: 'bo', name: 'Bo' } });
    assert.equal(((await second) as { by: string }).by, 'Bo');
  });

  it('refuses what nobody waits for', async () => {
    assert.match((await new ApprovalDesk().answer(answer)) ?? '', /waits for nobody/);
  });

  it('takes the answer of the terminal when it comes first, and then no other', async () => {
    const desk = new ApprovalDesk();
    assert.deepEqual(await desk.decide(pending(), async () => ({ kind: 'left' })), { kind: 'left' });
    assert.match((await desk.answer(answer)) ?? '', /waits for nobody/);
  });

  it('does not let a late answer at the terminal take away the next question', async () => {
    const desk = new ApprovalDesk();
    const late: { answer: (decision: Decision) => void } = { answer: () => undefined };
    const asked = new Promise<Decision>((resolve) => {
      late.answer = resolve;
    });
    const approval = pending();
    const first = desk.decide(approval, () => asked);
    const answered = desk.answer(answer);
    await first;
    const second = desk.decide(approval, () => nobody);
    await answered;
    late.answer({ kind: 'left' });
    await asked;
    void desk.answer({ ...answer, comment: 'second' });
    assert.equal(((await second) as { comment: string }).comment, 'second');
  });

  it('ends the wait of a caller when nobody needs the answer any more', async () => {
    const desk = new ApprovalDesk();
    const over = new AbortController();
    const approval = pending({}, over.signal);
    void desk.decide(approval, () => nobody);
    const answered = desk.answer(answer);
    over.abort();
    assert.equal(await answered, undefined);
  });

  it('closes the question at the terminal when the answer came by the REST interface', async () => {
    const desk = new ApprovalDesk();
    let question: AbortSignal | undefined;
    const decided = desk.decide(pending(), ({ signal }) => {
      question = signal;
      return nobody;
    });
    assert.equal(question?.aborted, false);
    void desk.answer(answer);
    await decided;
    assert.equal(question?.aborted, true);
  });

  it('hands on why nobody could be asked, and waits for no answer then', async () => {
    const desk = new ApprovalDesk();
    await assert.rejects(
      desk.decide(pending(), () => Promise.reject(new Error('the terminal is gone'))),
      /the terminal is gone/,
    );
    assert.match((await desk.answer(answer)) ?? '', /waits for nobody/);
  });
});
