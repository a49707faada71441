import type { Clock } from '../../../src/clock';
import type { RecordedRun } from '../service/ports';

/** How long changes are gathered before they are written, in milliseconds. */
const GATHER_MS = 250;

/** Writes a record behind its changes: at most once in a while, and for good when the run ends. */
export class RunJournal {
  #due = false;
  readonly #closed = new AbortController();

  /** @param write what a change leads to: the record, and what is made of it; told whether the process still goes on with the run */
  constructor(
    private readonly run: RecordedRun,
    private readonly clock: Clock,
    private readonly write: (run: RecordedRun, goesOn: boolean) => void,
    private readonly onDefect: (error: unknown) => void,
  ) {}

  changed(): void {
    if (this.#due || this.#closed.signal.aborted) {
      return;
    }
    this.#due = true;
    this.clock
      .sleep(GATHER_MS, this.#closed.signal)
      .then(
        () => {
          this.#due = false;
          this.write(this.run, true);
        },
        () => undefined, // closed meanwhile, which writes
      )
      .catch(this.onDefect);
  }

  /** Writes the last state; changes after it are not kept. */
  close(): void {
    this.#closed.abort();
    this.write(this.run, false);
  }
}
