import type { TaskContext, TaskOutcome } from '../../src/agent/task-context';
import { counted } from '../../src/counted';
import { pipelineUpdateUrl } from '../../src/databricks/links';
import type { Pipeline, PipelineEvent, PipelineUpdate, UpdateRequest } from '../../src/databricks/pipelines';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { TaskError } from '../../src/errors';
import { escapeMarkdown, markdownLink } from '../../src/markdown';
import { asSentence } from '../../src/sentence';
import { follow } from '../../src/workflow/follow';
import { durationText } from '../../src/workflow/polling';
import { type StartedUpdate, startUpdate, updateHasEnded } from '../../src/workflow/start-update';
import { CancelGuard, cancelableUpdate } from './cancel-guard';
import { findPipeline } from './find-pipeline';
import type { Inputs } from './inputs';
import { dryRunOutcome } from './outcome';
import type { UpdateTarget } from './target';
import { type FlowReport, flowLine, flowReports, flowTable } from './update-flows';

/**
 * Starts an update of a Lakeflow pipeline, or takes up the active one that does the same, and waits for it.
 * @throws TaskError PIPELINE_NOT_FOUND, PIPELINE_AMBIGUOUS, PIPELINE_BUSY, UPDATE_NOT_FOUND, RUN_TIME_LIMIT
 */
export async function updatePipeline(
  target: UpdateTarget,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const { log } = context;
  const pipeline = await findPipeline(workspace, target.pipeline);
  const request = requestOf(target);
  const subject = `update of pipeline '${pipeline.name ?? ''}' (id ${pipeline.pipeline_id})`;
  if (inputs.dryRun) {
    return dryRunOutcome({ subject, parameters: described(target), request }, context);
  }
  log.info(`To be run: ${subject}.`);
  const asked = context.clock.now();
  const { updateId, origin } = await begin(pipeline, request, inputs, workspace, context);
  const guard = watched(pipeline.pipeline_id, updateId, origin, inputs, workspace, context);
  try {
    return await waitAndFinish({ pipeline, updateId, origin, asked, guard }, inputs, workspace, context);
  } finally {
    guard?.close();
  }
}

/** An update to wait for. */
interface Begun {
  readonly pipeline: Pipeline;
  readonly updateId: string;
  readonly origin: StartedUpdate['origin'];
  /** When this step asked for it, milliseconds since the epoch. */
  readonly asked: number;
  readonly guard: CancelGuard | undefined;
}

async function waitAndFinish(
  begun: Begun,
  inputs: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): Promise<TaskOutcome> {
  const { pipeline, updateId } = begun;
  const { outputs, log } = context;
  const url = pipelineUpdateUrl(workspace.url, pipeline.pipeline_id, updateId);
  outputs.set('runUrl', url);
  outputs.set('attempts', 1);
  log.info(`Update ${updateId}: ${url}`);
  const link = markdownLink(`Update ${updateId}`, url);
  const about = { pipelineId: pipeline.pipeline_id, updateId, url };
  if (!inputs.wait) {
    return {
      decision: `Update ${updateId} goes on; the step does not wait for it.`,
      summary: link,
      attachment: { kind: 'run', content: about },
    };
  }
  const ended = await followUpdate(begun, inputs, workspace, context);
  begun.guard?.close();
  outputs.set('resultState', ended.state);
  const seconds = secondsOf(begun, ended, context.clock.now());
  outputs.set('durationSeconds', seconds);
  const { flows, errors } = await eventsOf(pipeline, ended, workspace, context);
  for (const line of [...flows.slice(0, FLOWS_SHOWN).map(flowLine), ...errors]) {
    log.info(line);
  }
  const content = { ...about, resultState: ended.state, flows, errors };
  outputs.set('outputsPath', context.files.write('outputs.json', JSON.stringify(content, null, 2)));
  const failure = failureOf(ended, errors, url, inputs);
  return {
    decision: `Update ${updateId} of pipeline '${pipeline.name ?? pipeline.pipeline_id}' ended ${ended.state}${flowsText(flows)}.`,
    ...(failure === undefined ? {} : { failure }),
    summary: [
      `${link}, took ${durationText(seconds * 1000)}.`,
      ...errors.map((line) => `* ${escapeMarkdown(line)}`),
      flowTable(flows),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    attachment: { kind: 'run', content },
  };
}

function requestOf({ fullRefresh, refreshSelection }: UpdateTarget): UpdateRequest {
  if (refreshSelection.length === 0) {
    return { full_refresh: fullRefresh };
  }
  return fullRefresh ? { full_refresh_selection: refreshSelection } : { refresh_selection: refreshSelection };
}

function described({ fullRefresh, refreshSelection }: UpdateTarget): Record<string, string> {
  return { fullRefresh: String(fullRefresh), refreshSelection: refreshSelection.join(', ') || 'all tables' };
}

/** A cancel waits for the answer to the start: it says which update to stop. */
async function begin(
  { pipeline_id }: Pipeline,
  request: UpdateRequest,
  { reuse }: Inputs,
  workspace: WorkspaceClient,
  { clock, signal, outputs, log }: TaskContext,
): Promise<StartedUpdate> {
  const { pipelines } = workspace.awaitingAnswers();
  const calls = {
    latest: () => workspace.pipelines.latestUpdates(pipeline_id),
    latestAfter: () => pipelines.latestUpdates(pipeline_id),
    start: () => pipelines.startUpdate(pipeline_id, request),
  };
  const mayReuse = reuse === 'never' ? 'never' : 'active';
  const { updateId, origin } = await startUpdate(calls, request, mayReuse, { clock, signal });
  outputs.set('runId', updateId);
  if (origin === 'attached') {
    log.info(`Update ${updateId} is active and does the same: this step follows it.`);
  }
  return { updateId, origin };
}

function watched(
  pipelineId: string,
  updateId: string,
  origin: StartedUpdate['origin'],
  { wait, cancelRun }: Inputs,
  workspace: WorkspaceClient,
  context: TaskContext,
): CancelGuard | undefined {
  if (!wait || !cancelRun) {
    return undefined;
  }
  // The service does not say whose an update is that was active already.
  const guard = new CancelGuard(
    cancelableUpdate(pipelineId, updateId, workspace, context),
    origin === 'started',
    context,
  );
  guard.watch();
  return guard;
}

/**
 * Length of an update. The service says when it was created, but not when it ended. What this step started counts from its own request: the
 * two clocks may differ.
 */
function secondsOf({ asked, origin }: Begun, { creation_time }: PipelineUpdate, now: number): number {
  const start = origin === 'started' ? asked : Math.min(asked, Number(creation_time ?? asked));
  return Math.round((now - start) / 1000);
}

async function followUpdate(
  { pipeline: { pipeline_id: id }, updateId, guard }: Begun,
  inputs: Inputs,
  workspace: WorkspaceClient,
  { clock, signal, log }: TaskContext,
): Promise<PipelineUpdate> {
  let former = '';
  const followed = await follow<PipelineUpdate>({
    read: async (deadlineMs) => found(await workspace.pipelines.update(id, updateId, deadlineMs), updateId),
    see: (update) => {
      const label = update.state ?? 'UNKNOWN';
      const lines = label === former ? [] : [`Update: ${label}`];
      former = label;
      return { ended: updateHasEnded(update), label, lines };
    },
    clock,
    signal,
    limitMs: inputs.timeLimitMs,
    say: (line) => log.info(line),
  });
  if (followed.ended) {
    return followed.seen;
  }
  const end = guard === undefined ? 'It goes on.' : await guard.askAtLimit();
  const unread = followed.unread === undefined ? '' : ` It could not be read at the end: ${followed.unread.message}`;
  throw new TaskError('RUN_TIME_LIMIT', `Update ${updateId} did not end within ${durationText(inputs.timeLimitMs)}.`, {
    where: `${end}${unread}`,
    todo: "Raise 'timeoutMinutes', or look at the update for what holds it up.",
  });
}

function found(update: PipelineUpdate | undefined, updateId: string): PipelineUpdate {
  if (update === undefined) {
    throw new TaskError('UPDATE_NOT_FOUND', `There is no update ${updateId} that this identity may see.`, {
      todo: 'Check that the pipeline was not deleted meanwhile.',
    });
  }
  return update;
}

const ERRORS_SHOWN = 5;
/** Milliseconds for a page of the event log: the flows inform, and are not waited for as the update is. */
const FLOWS_DEADLINE_MS = 30_000;
/** Flows that the log names; all of them stand in outputs.json. */
const FLOWS_SHOWN = 40;

/**
 * Flows and errors of the update in the pipeline's event log. One that cannot be read is a warning: the result stands without it. Of an update
 * that did not complete its errors are asked for first: they say more than the flows.
 */
async function eventsOf(
  { pipeline_id: id }: Pipeline,
  { update_id: updateId, state }: PipelineUpdate,
  { pipelines }: WorkspaceClient,
  { log }: TaskContext,
): Promise<{ readonly flows: readonly FlowReport[]; readonly errors: readonly string[] }> {
  let errors: string[] = [];
  try {
    if (state !== 'COMPLETED') {
      const events = await pipelines.latestErrors(id);
      const texts = events.filter(({ origin }) => origin?.update_id === updateId).flatMap(textsOf);
      errors = withoutEchoes(texts).slice(0, ERRORS_SHOWN);
    }
    return { flows: flowReports(await pipelines.latestEvents(id, FLOWS_DEADLINE_MS), updateId), errors };
  } catch (error) {
    if (!(error instanceof TaskError) || error.code === 'CANCELED') {
      throw error;
    }
    log.warning(`The event log of the pipeline cannot be read: ${error.sentences}`, 'EVENTS_UNREADABLE');
    return { flows: [], errors };
  }
}

function flowsText(flows: readonly FlowReport[]): string {
  if (flows.length === 0) {
    return '';
  }
  const done = flows.filter(({ status }) => status === 'COMPLETED').length;
  return done === flows.length
    ? `; ${counted(done, 'flow')} completed`
    : `; ${done} of ${counted(flows.length, 'flow')} completed`;
}

/** An error of a flow is an event of the update as well: it is said once, with its flow. */
function withoutEchoes(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => !texts.some((other) => other !== text && other.endsWith(`': ${text}`)));
}

function textsOf({ error, message, origin }: PipelineEvent): string[] {
  const flow = origin?.flow_name === undefined ? '' : `Flow '${origin.flow_name}': `;
  const thrown = (error?.exceptions ?? []).map(({ class_name, message: text }) =>
    [text?.includes(class_name ?? '') ? undefined : class_name, text]
      .filter((part) => part !== undefined && part !== '')
      .join(': '),
  );
  return (thrown.length > 0 ? thrown : [message ?? '']).filter((text) => text !== '').map((text) => `${flow}${text}`);
}

function failureOf(
  { state, update_id: id }: PipelineUpdate,
  errors: readonly string[],
  url: string,
  { failOn }: Inputs,
): TaskOutcome['failure'] {
  const reason = errors[0] === undefined ? '' : ` ${asSentence(errors[0])}`;
  if (state === 'FAILED' && failOn.has('FAILED')) {
    return {
      code: 'UPDATE_FAILED',
      message: `Update ${id} ended FAILED.${reason} Look at the event log of the pipeline. See ${url}`,
    };
  }
  if (state === 'CANCELED' && failOn.has('CANCELED')) {
    return {
      code: 'UPDATE_CANCELED',
      message: `Update ${id} ended CANCELED.${reason} Find out who stopped it, and run the step again. See ${url}`,
    };
  }
  return undefined;
}
