import type { Clock } from '../../../src/clock';

const MINUTE_MS = 60_000;

/** What a step does when the job around it is cancelled, and when the time for that is over. */
export interface StepInterest {
  canceled(): void;
  outOfTime(): void;
}

/**
 * The end of a job before its time: by a person, or by its own time-out, which is a cancel too. From then on the steps that still run have
 * the cancel time-out; after it nothing is waited for.
 * Source: azure-pipelines-agent, docs/design/jobcancellation.md; the page on time-outs of jobs.
 */
export class JobCancellation {
  /** Why; `undefined` while nobody cancelled. */
  cause: 'request' | 'timeout' | undefined;
  readonly #over = new AbortController();
  readonly #interests = new Set<StepInterest>();
  readonly #timers: Promise<unknown>[] = [];
  #outOfTime = false;

  constructor(
    private readonly clock: Clock,
    private readonly limits: { readonly timeoutMinutes: number; readonly cancelTimeoutMinutes: number },
    private readonly onCancel: () => void,
  ) {}

  /** @param request aborted when somebody cancels */
  begin(request: AbortSignal): void {
    const cancel = () => this.#cancel('request');
    if (request.aborted) {
      cancel();
    } else {
      request.addEventListener('abort', cancel, { once: true, signal: this.#over.signal });
    }
    if (this.limits.timeoutMinutes > 0) {
      this.#after(this.limits.timeoutMinutes, () => this.#cancel('timeout'));
    }
  }

  /** Nothing waits any longer: what still runs is killed, what has not begun does not begin. */
  get outOfTime(): boolean {
    return this.#outOfTime;
  }

  /** @returns ends the interest */
  duringStep(interest: StepInterest): () => void {
    this.#interests.add(interest);
    return () => this.#interests.delete(interest);
  }

  /** The job is over. */
  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#timers);
  }

  #cancel(cause: 'request' | 'timeout'): void {
    if (this.cause !== undefined) {
      return;
    }
    this.cause = cause;
    this.onCancel();
    this.#after(this.limits.cancelTimeoutMinutes, () => {
      this.#outOfTime = true;
      for (const interest of this.#interests) {
        interest.outOfTime();
      }
    });
    for (const interest of [...this.#interests]) {
      interest.canceled();
    }
  }

  #after(minutes: number, act: () => void): void {
    const timer = this.clock.sleep(minutes * MINUTE_MS, this.#over.signal).then(
      () => {
        if (!this.#over.signal.aborted) {
          act();
        }
      },
      () => undefined, // the job ended in time
    );
    this.#timers.push(timer);
  }
}
