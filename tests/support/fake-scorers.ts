import type { Scorer, ScorerLaunch, Scorers } from '../../local/workspace/serving/scorers';

/** A model process that a test has in its hands. */
export interface FakeScorer {
  readonly launch: ScorerLaunch;
  readonly signal: AbortSignal;
  /** The model is loaded and answers from now on. */
  ready(): void;
  /** It ends before it answers. */
  fail(message: string): void;
  /** It ends after it answered. */
  crash(message: string): void;
  stopped: boolean;
}

/** Scorers in process. Each answers with the version at the end of its model folder, once for every row of `dataframe_split`. */
export class FakeScorers implements Scorers {
  readonly started: FakeScorer[] = [];
  /** What a row gets; default: the number of the version. */
  predict: (version: number) => unknown = (version) => version;
  /** When it is set, every request is refused in these words. */
  refusal = '';
  /** Called at each start, such as to let one fail. */
  onStart: (scorer: FakeScorer) => void = () => undefined;

  /** @param atOnce `true`: every model is ready as soon as it is started */
  constructor(public atOnce = true) {}

  /** The newest process. */
  get last(): FakeScorer {
    const last = this.started.at(-1);
    if (last === undefined) {
      throw new Error('no scorer was started');
    }
    return last;
  }

  start(launch: ScorerLaunch, signal: AbortSignal): Promise<Scorer> {
    return new Promise((resolve, reject) => {
      let end: (message: string) => void = () => undefined;
      const ended = new Promise<string>((tell) => {
        end = tell;
      });
      const control: FakeScorer = {
        launch,
        signal,
        stopped: false,
        ready: () => resolve({ ended, invoke: async (body) => answer(launch, body, this), stop }),
        fail: (message) => reject(new Error(message)),
        crash: (message) => end(message),
      };
      const stop = async () => {
        control.stopped = true;
        end('stopped');
      };
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      this.started.push(control);
      launch.buildLog(`environment of ${launch.modelFolder}`);
      launch.log('model loaded');
      this.onStart(control);
      if (this.atOnce) {
        control.ready();
      }
    });
  }
}

function answer(launch: ScorerLaunch, body: Buffer, { predict, refusal }: FakeScorers) {
  const asked = JSON.parse(body.toString()) as { dataframe_split?: { data: unknown[] } };
  const json = (status: number, content: unknown) => ({
    status,
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(content)),
  });
  if (refusal !== '' || asked.dataframe_split === undefined) {
    const message = refusal === '' ? 'The request must have dataframe_split.' : refusal;
    return json(400, { error_code: 'BAD_REQUEST', message });
  }
  const version = Number(launch.modelFolder.split('/').at(-1));
  return json(200, { predictions: asked.dataframe_split.data.map(() => predict(version)) });
}
