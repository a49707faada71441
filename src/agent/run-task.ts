import { type Clock, systemClock } from '../clock';
import { TaskError } from '../errors';
import { stringifyJson } from '../json';
import { escapeMarkdown } from '../markdown';
import { artifactNameOfAttempt, checkArtifactName } from './artifact';
import type { AgentResult, Host } from './host';
import { InputReader } from './input-reader';
import { type Log, logTo } from './log';
import { neutralLine } from './neutral-text';
import { OutputFiles } from './output-files';
import { OutputSet } from './outputs';
import { hideSecrets, maskForms } from './secret-forms';
import type { TaskContext, TaskOutcome } from './task-context';
import { type TaskDefinition, versionText } from './task-definition';

/** Text inputs to checked values; no I/O. */
export type ReadInputs<Inputs> = (inputs: InputReader) => Inputs;

/** The story of a task. */
export type Run<Inputs> = (inputs: Inputs, context: TaskContext) => Promise<TaskOutcome>;

/**
 * Runs one task from start to end: the one place of inputs, clock, cancel, outputs, files, summary, attachment, artifact and result.
 * It never throws; what went wrong is the returned result (under the agent also the printed `task.complete`). A step whose files cannot be
 * written says its result and outputs all the same.
 * @param host where the task runs
 * @param clock injected by in-process tests; a built bundle always runs on real time
 */
export async function runTask<Inputs>(
  definition: TaskDefinition,
  readInputs: ReadInputs<Inputs>,
  run: Run<Inputs>,
  host: Host,
  clock: Clock = systemClock,
): Promise<AgentResult> {
  const log = logTo(host);
  const outputs = new OutputSet(definition);
  const files = new OutputFiles(host, definition.name);
  const cancellation = new Cancellation(host, log);
  const inputs = new InputReader(definition, host);
  const secrets = new Set<string>();
  const maskSecret = (form: string) => {
    secrets.add(form);
    host.maskSecret(form);
  };
  let artifact = '';
  let ending: Ending;
  try {
    files.clear();
    artifact = inputs.declares('publishArtifact') ? inputs.text('publishArtifact') : '';
    checkArtifactName(artifact);
    const values = readInputs(inputs);
    inputs.refuseUnread(
      inputs.namesRead.has('action') ? `with action '${inputs.text('action')}'` : 'beside the other inputs',
    );
    const context: TaskContext = {
      host,
      log,
      clock,
      signal: cancellation.signal,
      outputs,
      files,
      taskName: definition.name,
      taskVersion: versionText(definition),
      onCancel: (action) => cancellation.register(action),
      mask: (secret) => maskForms(secret, { maskSecret }),
      withoutSecrets: (text) => hideSecrets(text, secrets),
    };
    ending = endingOf(await run(values, context));
  } catch (error) {
    ending = cancellation.signal.aborted ? canceledEnding() : errorEnding(error, log);
  }
  await cancellation.finish();
  if (cancellation.signal.aborted) {
    ending = canceledEnding(ending);
  }
  await report(ending, { definition, host, log, outputs, files, artifact });
  return ending.agentResult;
}

interface Ending {
  readonly agentResult: AgentResult;
  readonly result: string;
  readonly decision: string;
  /** What the agent shows beside the result and in its list of errors; the decision unless a failure says more. */
  readonly message?: string;
  readonly code?: string;
  readonly summary: string;
  readonly attachment?: TaskOutcome['attachment'];
}

function endingOf(outcome: TaskOutcome): Ending {
  const { decision, failure, summary, attachment } = outcome;
  if (failure === undefined) {
    return { agentResult: 'Succeeded', result: outcome.result ?? 'succeeded', decision, summary, attachment };
  }
  return {
    agentResult: 'Failed',
    result: outcome.result ?? 'failed',
    decision,
    message: failure.message,
    code: failure.code,
    summary,
    attachment,
  };
}

function canceledEnding(ending?: Ending): Ending {
  return {
    agentResult: 'Canceled',
    result: 'canceled',
    decision: 'The step was canceled.',
    summary: ending?.summary ?? '',
    ...(ending?.attachment === undefined ? {} : { attachment: ending.attachment }),
  };
}

function errorEnding(error: unknown, log: Log): Ending {
  if (error instanceof TaskError) {
    return { agentResult: 'Failed', result: 'failed', decision: error.sentences, code: error.code, summary: '' };
  }
  log.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const message = error instanceof Error ? error.message : String(error);
  return {
    agentResult: 'Failed',
    result: 'failed',
    code: 'UNEXPECTED_ERROR',
    decision: `The task met an error that it does not know: ${message}. Run the pipeline with System.Debug=true and report it with the log.`,
    summary: '',
  };
}

interface Reporting {
  readonly definition: TaskDefinition;
  readonly host: Host;
  readonly log: Log;
  readonly outputs: OutputSet;
  readonly files: OutputFiles;
  readonly artifact: string;
}

async function report(ending: Ending, { definition, host, log, outputs, files, artifact }: Reporting): Promise<void> {
  const decision = neutralLine(ending.decision).trim();
  outputs.set('result', ending.result);
  try {
    const heading = `**${escapeMarkdown(decision)}**\n\n${ending.summary}`;
    host.uploadSummary(files.write('summary.md', `${heading.trimEnd()}\n`));
    attach(ending, definition, host, files);
    if (artifact !== '') {
      outputs.set('artifactName', uploadArtifact(artifact, host, log, files));
    }
  } catch (error) {
    log.warning(`The files of the step could not be written: ${String(error)}`, 'FILES_NOT_WRITTEN');
  }
  for (const [name, value] of outputs.all()) {
    host.setOutput(name, value);
  }
  const message = neutralLine(ending.message ?? ending.decision);
  const isSaidByIssue = host.kind === 'terminal' && ending.agentResult === 'Failed' && message.trim() === decision;
  await log.group(`${definition.name}: ${ending.result}`, () => (isSaidByIssue ? undefined : log.info(decision)));
  if (ending.agentResult === 'Failed') {
    host.issue('error', message, ending.code);
  }
  host.complete(ending.agentResult, message);
}

function attach(ending: Ending, definition: TaskDefinition, host: Host, files: OutputFiles): void {
  const attachment = ending.attachment ?? { kind: 'result', content: {} };
  const { kind } = attachment;
  if ('path' in attachment) {
    host.attachFile(`databricks-mlops.${kind}`, `${kind}.json`, attachment.path);
    return;
  }
  const { result, decision } = ending;
  const about = { task: definition.name, version: versionText(definition), result, decision: neutralLine(decision) };
  const path = files.write(`${kind}.attachment.json`, stringifyJson({ ...about, ...asObject(attachment.content) }));
  host.attachFile(`databricks-mlops.${kind}`, `${kind}.json`, path);
}

function asObject(content: unknown): Record<string, unknown> {
  return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : { content };
}

function uploadArtifact(name: string, host: Host, log: Log, files: OutputFiles): string {
  const attemptName = artifactNameOfAttempt(name, host);
  if (host.uploadArtifact(attemptName, files.folder)) {
    return attemptName;
  }
  log.warning(
    `Artifact '${name}' was not published: there are no build artifacts here. Its files are attached to the log.`,
    'NO_ARTIFACTS',
  );
  for (const path of files.paths) {
    host.attachToLog(path);
  }
  return '';
}

/** Turns the first cancel signal into requests that leave at once, and into an aborted signal for everything else. */
class Cancellation {
  private readonly controller = new AbortController();
  private readonly actions = new Set<() => Promise<void>>();
  private readonly pending: Promise<void>[] = [];
  private readonly stopListening: () => void;

  constructor(
    host: Host,
    private readonly log: Log,
  ) {
    this.stopListening = host.onCancel(() => this.cancel());
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  register(action: () => Promise<void>): () => void {
    if (this.signal.aborted) {
      this.start(action);
      return () => undefined;
    }
    this.actions.add(action);
    return () => this.actions.delete(action);
  }

  /** Waits for what cancel started. */
  async finish(): Promise<void> {
    await Promise.all(this.pending);
    this.stopListening();
  }

  private cancel(): void {
    if (this.signal.aborted) {
      return;
    }
    for (const action of this.actions) {
      this.start(action);
    }
    this.controller.abort(new TaskError('CANCELED', 'The step was canceled.'));
  }

  private start(action: () => Promise<void>): void {
    this.pending.push(
      action().catch((error: unknown) => {
        const detail = error instanceof TaskError ? error.sentences : String(error);
        this.log.warning(`What cancel should have stopped may still run: ${detail}`, 'CANCEL_INCOMPLETE');
      }),
    );
  }
}
