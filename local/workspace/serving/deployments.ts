import type { Clock } from '../../../src/clock';
import { aborted } from '../abort';
import type { Scorer, ScorerLaunch, ScorerReply, Scorers } from './scorers';

/** What is told about a deployment when it changes. */
export interface DeploymentChange {
  readonly deployment: 'DEPLOYMENT_READY' | 'DEPLOYMENT_FAILED' | 'DEPLOYMENT_RECOVERING';
  readonly message: string;
}

/** The running model processes, by deployment key. */
export interface Deployments {
  /**
   * Starts a deployment unless the key has one. A process that ends later is started again after 1, 2, 4 … 60 seconds.
   * @param kept whether it has answered before (in a former workspace process): then a failing start is retried as well, otherwise it is final
   */
  start(key: string, launch: () => ScorerLaunch, kept: boolean, changed: (change: DeploymentChange) => void): void;
  /** Ends a deployment; requests in flight are answered first. */
  end(key: string): Promise<void>;
  /** Ends every deployment; resolves when no process is left, also of those that were ended before. */
  endAll(): Promise<void>;
  keys(): readonly string[];
  /**
   * @returns nothing when the deployment does not answer now
   * @throws Error when its process ends during the request
   */
  invoke(key: string, body: Buffer, contentType: string): Promise<ScorerReply | undefined>;
}

interface Deployment {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  scorer?: Scorer | undefined;
}

const longestPause = 60_000;

export function createDeployments(clock: Clock, scorers: Scorers): Deployments {
  const running = new Map<string, Deployment>();
  /** Of deployments that nothing wants any more, whose processes still end. */
  const ending = new Set<Promise<void>>();

  async function end(key: string): Promise<void> {
    const deployment = running.get(key);
    if (deployment === undefined) {
      return;
    }
    running.delete(key);
    ending.add(deployment.done);
    deployment.abort.abort(new Error('The deployment was ended.'));
    await deployment.done.finally(() => ending.delete(deployment.done));
  }

  return {
    start(key, launch, kept, changed) {
      if (running.has(key)) {
        return;
      }
      const abort = new AbortController();
      const live = (scorer: Scorer | undefined) => {
        deployment.scorer = scorer;
      };
      const done = Promise.resolve().then(() =>
        supervise({ clock, scorers, launch, kept, changed, live, signal: abort.signal }),
      );
      const deployment: Deployment = { abort, done };
      running.set(key, deployment);
    },
    end,
    endAll: async () => {
      await Promise.all([...ending, ...[...running.keys()].map(end)]);
    },
    keys: () => [...running.keys()],
    invoke: async (key, body, contentType) => running.get(key)?.scorer?.invoke(body, contentType),
  };
}

interface Supervision {
  readonly clock: Clock;
  readonly scorers: Scorers;
  readonly launch: () => ScorerLaunch;
  readonly kept: boolean;
  readonly changed: (change: DeploymentChange) => void;
  readonly live: (scorer: Scorer | undefined) => void;
  readonly signal: AbortSignal;
}

async function supervise({ clock, scorers, launch, kept, changed, live, signal }: Supervision): Promise<void> {
  const ordered = aborted(signal).then(() => 'aborted' as const);
  let answered = kept;
  let failures = 0;
  while (!signal.aborted) {
    const started = await startOnce(scorers, launch, signal);
    if (started === 'aborted') {
      return;
    }
    if (started.scorer === undefined && !answered) {
      changed({ deployment: 'DEPLOYMENT_FAILED', message: started.message });
      return;
    }
    let message = started.message;
    if (started.scorer !== undefined) {
      const { scorer } = started;
      const since = clock.now();
      answered = true;
      live(scorer);
      changed({ deployment: 'DEPLOYMENT_READY', message: '' });
      const ended = await Promise.race([scorer.ended, ordered]);
      live(undefined);
      await scorer.stop();
      if (ended === 'aborted') {
        return;
      }
      message = ended;
      failures = clock.now() - since > longestPause ? 0 : failures;
    }
    const pause = Math.min(longestPause, 1000 * 2 ** failures);
    failures += 1;
    changed({
      deployment: 'DEPLOYMENT_RECOVERING',
      message: `${message} It is started again in ${pause / 1000} s.`,
    });
    await Promise.race([clock.sleep(pause, signal).catch(() => 'aborted'), ordered]);
  }
}

type Started = 'aborted' | { readonly scorer?: Scorer; readonly message: string };

async function startOnce(scorers: Scorers, launch: () => ScorerLaunch, signal: AbortSignal): Promise<Started> {
  try {
    return { scorer: await scorers.start(launch(), signal), message: '' };
  } catch (error) {
    return signal.aborted ? 'aborted' : { message: error instanceof Error ? error.message : String(error) };
  }
}
