/** One container to start. */
export interface ScorerLaunch {
  /** Folder with the model's `MLmodel`. */
  readonly modelFolder: string;
  /** Variables of the served entity, secrets resolved. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes one line of the environment's build. */
  buildLog(line: string): void;
  /** Takes one line that the model's process writes. */
  log(line: string): void;
}

export interface ScorerReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** A model that answers. */
export interface Scorer {
  /** @throws Error when the process cannot be reached or has ended */
  invoke(body: Buffer, contentType: string): Promise<ScorerReply>;
  /** Resolves once the process has ended, with one sentence on how. */
  readonly ended: Promise<string>;
  /** Lets requests in flight end, then ends the process with its tree. Safe to call again. */
  stop(): Promise<void>;
}

/** Starts model processes; tests hand in one that scores in process. */
export interface Scorers {
  /**
   * Resolves when the model is loaded and answers.
   * @throws Error whose message says why there will be no answer
   * @throws the signal's reason when it aborts first
   */
  start(launch: ScorerLaunch, signal: AbortSignal): Promise<Scorer>;
}
