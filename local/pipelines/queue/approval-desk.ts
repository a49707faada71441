import type { Decision, PendingApproval } from '../run/run-request';
import type { ApprovalAnswer } from '../service/ports';

/** Where answers to approvals arrive from several sides: whoever sits at the terminal, and the REST interface. The first counts. */
export class ApprovalDesk {
  readonly #waiting = new Map<
    string,
    { readonly approval: PendingApproval; readonly answer: (decision: Decision) => void }
  >();
  readonly #looking = new Set<() => void>();

  /**
   * Waits for an answer from the desk or from somebody else.
   * @param ask asks somebody else; the signal of what it is given aborts as soon as there is an answer, so that no question stays open
   */
  decide(approval: PendingApproval, ask: (approval: PendingApproval) => Promise<Decision>): Promise<Decision> {
    const { id } = approval.check;
    const answered = new AbortController();
    const asked = { ...approval, signal: AbortSignal.any([approval.signal, answered.signal]) };
    return new Promise<Decision>((resolve, reject) => {
      const leave = (): void => {
        // An answer that comes late must not take away the next question about the same approval.
        if (this.#waiting.get(id) === waiting) {
          this.#waiting.delete(id);
        }
        answered.abort(new Error('The approval has an answer.'));
      };
      const answer = (decision: Decision): void => {
        leave();
        resolve(decision);
      };
      const waiting = { approval, answer };
      this.#waiting.set(id, waiting);
      this.changed();
      ask(asked).then(answer, (error: unknown) => {
        leave();
        reject(error);
      });
    });
  }

  /**
   * An answer by the REST interface; resolves when the record holds it.
   * @returns why it does not count, or `undefined`
   */
  async answer({ approvalId, status, by, comment }: ApprovalAnswer): Promise<string | undefined> {
    const found = this.#waiting.get(approvalId);
    if (found === undefined) {
      return `Approval ${approvalId} waits for nobody.`;
    }
    const { check } = found.approval;
    found.answer({ kind: status, by: by.name, comment });
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (check.status !== 'pending' || this.#waiting.has(approvalId) || found.approval.signal.aborted) {
          this.#looking.delete(look);
          resolve();
        }
      };
      this.#looking.add(look);
      found.approval.signal.addEventListener('abort', look, { once: true });
    });
    return this.#waiting.has(approvalId) ? (check.message ?? 'The answer does not count.') : undefined;
  }

  /** To be told whenever the records of the run changed. */
  changed(): void {
    for (const look of [...this.#looking]) {
      look();
    }
  }
}
