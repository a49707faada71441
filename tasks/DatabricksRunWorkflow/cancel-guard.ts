import type { TaskContext } from '../../src/agent/task-context';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { stopUpdate } from '../../src/workflow/stop-update';
import { CANCEL_DEADLINE_MS, forgetRun, rememberRun, rememberUpdate } from './after-job';

/** What goes on in the workspace by itself and can be asked to end. */
export interface Cancelable {
  /** For people: `Run 7`. */
  readonly name: string;
  /** Asks for its end. @param deadlineMs milliseconds that it may take @returns false: there was nothing to ask, it had ended */
  cancel(deadlineMs: number): Promise<boolean>;
  /** Notes it for the post-job phase. */
  remember(): void;
}

export function cancelableRun(runId: string, workspace: WorkspaceClient, { host }: TaskContext): Cancelable {
  return {
    name: `Run ${runId}`,
    cancel: async (deadlineMs) => {
      await workspace.withoutSignal().runs.cancel(runId, deadlineMs);
      return true;
    },
    remember: () => rememberRun(host, runId),
  };
}

export function cancelableUpdate(
  pipelineId: string,
  updateId: string,
  workspace: WorkspaceClient,
  { host }: TaskContext,
): Cancelable {
  return {
    name: `Update ${updateId}`,
    cancel: (deadlineMs) => stopUpdate(workspace.withoutSignal().within(deadlineMs).pipelines, pipelineId, updateId),
    remember: () => rememberUpdate(host, pipelineId, updateId),
  };
}

/**
 * Lets what a step follows end where its user wants that (`onCancel: cancelRun`): on cancel and at the time limit, and through the post-job
 * phase where the request did not get through. What the step itself has started ends there too when its process was killed. A step that ends
 * by itself with an error leaves what it follows alone: it may be healthy, and the step run again takes it up.
 */
export class CancelGuard {
  #isNoted = false;
  #isOurs: boolean;
  #isWanted = false;
  #stopListening = () => undefined as unknown;

  /** @param isOurs true for what this step or an earlier attempt of it has started */
  constructor(
    private readonly what: Cancelable,
    isOurs: boolean,
    private readonly context: TaskContext,
  ) {
    this.#isOurs = isOurs;
  }

  /** What goes on from now on was started by this step: its repair of a run that it had merely followed. */
  takeAsOurs(): void {
    this.#isOurs = true;
  }

  /** From now on a cancel reaches the workspace first; also one that has come already. */
  watch(): void {
    if (this.#isOurs) {
      this.#note();
    }
    this.#stopListening = this.context.onCancel(async () => {
      const asked = await this.#ask();
      this.context.log.info(`${this.what.name} ${asked ? 'was asked to end' : 'had ended already'}.`);
    });
  }

  /** While something is asked for whose answer a cancel waits for. */
  pause(): void {
    this.#stopListening();
  }

  /** Asks for the end at the time limit. What cannot be asked is left to the post-job phase: the limit stays the reason of the failure. */
  async askAtLimit(): Promise<string> {
    try {
      return (await this.#ask()) ? 'It was asked to end.' : 'It ended meanwhile.';
    } catch (error) {
      if (!(error instanceof TaskError) || error.code === 'CANCELED') {
        throw error;
      }
      return `It could not be asked to end and may still run: ${error.message} ${error.options.where ?? ''}`.trimEnd();
    }
  }

  /** The step ends: nothing is left to the post-job phase but an end that was wanted and not reached. */
  close(): void {
    this.#stopListening();
    if (!this.#isWanted) {
      this.#forget();
    }
  }

  async #ask(): Promise<boolean> {
    this.#isWanted = true;
    this.#note();
    const asked = await this.what.cancel(CANCEL_DEADLINE_MS);
    this.#forget();
    return asked;
  }

  #note(): void {
    if (!this.#isNoted) {
      this.#isNoted = true;
      this.what.remember();
    }
  }

  #forget(): void {
    if (this.#isNoted) {
      this.#isNoted = false;
      forgetRun(this.context.host);
    }
  }
}
