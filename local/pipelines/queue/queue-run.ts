import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { HeldByProcess, holdFolder } from '../../workspace/held-folder';
import { killTree } from '../../workspace/jobs/process-runner';
import { jobMarker } from '../agent/job-marker';
import type { RunRecord } from '../record/run-record';
import { checkSkipped } from '../run/check-skipped';
import type { RecordedRun } from '../service/ports';
import { idOfName, numberOfName } from '../settings/name-ids';
import { CannotRun } from './cannot-run';
import { carryOut } from './carry-out';
import { checkSettings } from './check-settings';
import { type PreparedPipeline, preparePipeline } from './prepared-pipeline';
import { ownFolders, type QueueRequest, type Surroundings } from './queue-request';
import { type ReadyPlace, readyPlace } from './ready-place';
import { runNumber } from './run-number';
import { RunNumbers } from './run-numbers';
import { queueVariables, sourceBranch } from './run-variables';
import { isElsewhere, readSources, type Sources } from './sources';

const REQUEST_FILE = 'queued.json';
const PIPELINE_FILE = 'pipeline.yml';
/** Says which process carries out the run, from before it reads the record until after it has written it. */
const HOLDERS = 'holders';

/**
 * Queues a run of a pipeline on this machine and carries it out.
 * @returns the run when it has ended, or when nobody is left to answer an approval
 * @throws ExpandError, CannotRun, SettingsInvalid, SourceError, ConnectionUnusable before anything has run, and before there is a run
 */
export async function queueRun(request: QueueRequest, surroundings: Surroundings): Promise<RecordedRun> {
  const { tasksFolder, audience } = surroundings;
  const sources = readSources(request.repositories.self, ownFolders(surroundings));
  const facts = factsOf(request, sources);
  const predefined = queueVariables(request.queuedFor, facts);
  const prepared = preparePipeline(request, predefined, tasksFolder, audience.notice);
  checkSkipped(prepared.plan, request.skipped);
  checkSettings(prepared.plan, surroundings);
  tellSources(sources, request.queuedFor.branch, audience.notice);
  const place = await readyPlace(prepared.plan, request, sources.commit, surroundings);
  try {
    const run = newRun({ request, prepared, predefined, facts }, surroundings);
    noteWorkspaces(run, place);
    return await whileHeld(run, () =>
      carryOut(
        { request, plan: prepared.plan, predefined, sources, run, connections: place.connections },
        surroundings,
      ),
    );
  } finally {
    await place.stop();
  }
}

interface RunToMake {
  readonly request: QueueRequest;
  readonly prepared: PreparedPipeline;
  readonly predefined: ReadonlyMap<string, string>;
  readonly facts: Facts;
}

/** Takes an id and makes the folder of a run; nothing may refuse the run any more. */
function newRun({ request, prepared, predefined, facts }: RunToMake, { runs, clock }: Surroundings): RecordedRun {
  const { id, folder } = runs.create();
  const numbers = new RunNumbers(join(runs.base, 'numbers'), facts.pipeline.id);
  const known = new Map([...Object.entries(request.variables), ...predefined, ['Build.BuildId', id], ['BuildID', id]]);
  const byLowerName = new Map([...known].map(([name, value]) => [name.toLowerCase(), value]));
  const record: RunRecord = {
    apiVersion: 'databricks-mlops/run/v1',
    id,
    number: runNumber(
      prepared.plan.name,
      clock.now(),
      (name) => byLowerName.get(name.toLowerCase()),
      (number) => numbers.claim(number),
    ),
    ...facts,
    reason: predefined.get('Build.Reason') ?? '',
    branch: sourceBranch(request.queuedFor),
    fork: request.queuedFor.fork,
    parameters: request.parameters,
    planId: randomUUID(),
    timelineId: randomUUID(),
    queuedAt: new Date(clock.now()).toISOString(),
    state: 'pending',
    result: undefined,
    finishedAt: undefined,
    tags: [],
    stages: [],
    artifacts: [],
    tests: [],
  };
  writeFileSync(join(folder, REQUEST_FILE), `${JSON.stringify(request, undefined, 2)}\n`);
  writeFileSync(join(folder, PIPELINE_FILE), prepared.text);
  return { record, folder };
}

/**
 * Runs a stage of an earlier run again, by the pipeline that the run had.
 * @throws CannotRun when there is no such run or stage, or when the pipeline has changed since
 */
export async function retryStage(runId: string, stage: string, surroundings: Surroundings): Promise<RecordedRun> {
  const { runs } = surroundings;
  const found = runs.read(runId);
  if (found === undefined) {
    throw new CannotRun(`There is no run ${runId} in ${runs.base}.`);
  }
  // The record is read again: until now another process may have written it.
  return whileHeld(found, () => retryHeld(runs.read(runId) ?? found, stage, surroundings));
}

async function whileHeld(run: RecordedRun, work: (run: RecordedRun) => Promise<RecordedRun>): Promise<RecordedRun> {
  const release = held(run);
  try {
    return await work(run);
  } finally {
    release();
  }
}

function held({ record, folder }: RecordedRun): () => void {
  try {
    return holdFolder(join(folder, HOLDERS));
  } catch (error) {
    if (error instanceof HeldByProcess) {
      throw new CannotRun(
        `Run ${record.id} still goes on in process ${error.pid}. Wait for its end, or end it there.`,
        { cause: error },
      );
    }
    throw error;
  }
}

async function retryHeld(run: RecordedRun, stage: string, surroundings: Surroundings): Promise<RecordedRun> {
  const { tasksFolder, audience } = surroundings;
  const { id: runId } = run.record;
  const request = JSON.parse(readFileSync(join(run.folder, REQUEST_FILE), 'utf8')) as QueueRequest;
  const sources = readSources(request.repositories.self, ownFolders(surroundings));
  const predefined = queueVariables(request.queuedFor, run.record);
  const prepared = preparePipeline(request, predefined, tasksFolder, audience.notice);
  if (prepared.text !== readFileSync(join(run.folder, PIPELINE_FILE), 'utf8')) {
    throw new CannotRun(
      `The pipeline has changed since run ${runId}, whose stages run again only as they were. Start a new run of ${request.file}.`,
    );
  }
  const found = prepared.plan.stages.find(({ name }) => name.toLowerCase() === stage.toLowerCase());
  if (found === undefined) {
    throw new CannotRun(
      `Run ${runId} has no stage '${stage}'. It has: ${prepared.plan.stages.map(({ name }) => name).join(', ')}.`,
    );
  }
  checkSettings(prepared.plan, surroundings);
  if (sources.commit !== run.record.commit) {
    audience.notice(`The files have changed since run ${runId}: it was of commit ${run.record.commit.slice(0, 12)}.`);
  }
  await endLeftBehind(run.record);
  const { commit } = run.record;
  const place = await readyPlace(prepared.plan, request, commit, surroundings);
  noteWorkspaces(run, place);
  try {
    return await carryOut(
      {
        request,
        plan: prepared.plan,
        predefined,
        sources: { ...sources, commit },
        run,
        connections: place.connections,
        retry: found.name,
      },
      surroundings,
    );
  } finally {
    await place.stop();
  }
}

/** Steps of a process that was killed go on without it: beside them the same steps would run a second time. */
async function endLeftBehind({ stages }: RunRecord): Promise<void> {
  for (const { id } of stages.flatMap(({ jobs }) => jobs).filter(({ state }) => state === 'inProgress')) {
    await killTree(undefined, jobMarker(id));
  }
}

/** By address alone: their tokens end with the run. */
function noteWorkspaces({ record }: RecordedRun, { localWorkspaces }: ReadyPlace): void {
  if (localWorkspaces.length > 0) {
    record.localWorkspaces = localWorkspaces.map(({ name, url }) => ({ name, url }));
  }
}

/** Who, what and which: everything that does not change from run to run. */
type Facts = Pick<RunRecord, 'pipeline' | 'project' | 'requestedFor' | 'commit'>;

function factsOf(request: QueueRequest, sources: Sources): Facts {
  const root = resolve(request.repositories.self);
  const file = relative(root, resolve(request.file)).replaceAll('\\', '/');
  return {
    pipeline: { id: numberOfName('pipeline', `${root}/${file}`), name: pipelineName(file, root), file },
    project: { id: idOfName('project', root), name: basename(root) },
    requestedFor: { id: idOfName('person', sources.user), name: sources.user },
    commit: sources.commit,
  };
}

/** `azure-pipelines.yml` says nothing: then the folder names the pipeline, as Azure DevOps names it after the repository. */
function pipelineName(file: string, root: string): string {
  const name = basename(file).replace(/\.ya?ml$/, '');
  return name === 'azure-pipelines' ? basename(resolve(root, file, '..')) : name;
}

function tellSources(sources: Sources, branch: string, notice: (sentence: string) => void): void {
  const { state, folder } = sources;
  if (isElsewhere(sources, branch)) {
    notice(
      `The run is of ${branch} by name only: the files are those checked out in ${folder}. Check it out to run its files.`,
    );
  }
  if (state === 'changed') {
    notice(
      `${folder} has changes that are not committed: jobs check out what lies there, under the id of the last commit.`,
    );
  }
}
