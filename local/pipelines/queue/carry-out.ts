import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../replace-file';
import { unwind } from '../../unwind';
import { runJob } from '../agent/run-job';
import type { PipelinePlan } from '../plan/pipeline-plan';
import { endAtOnce } from '../record/end-at-once';
import { recordEvents } from '../record/record-events';
import { writeRun } from '../record/run-folders';
import { RunJournal } from '../record/run-journal';
import { runPipeline } from '../run/run-pipeline';
import type { RunRequest } from '../run/run-request';
import type { RecordedRun } from '../service/ports';
import { type Environments, readEnvironments } from '../settings/environments';
import { idOfName } from '../settings/name-ids';
import { readVariableGroups } from '../settings/variable-groups';
import type { PipelineConnection } from '../task-environment';
import { ApprovalDesk } from './approval-desk';
import { Counters } from './counters';
import { ExclusiveLocks } from './exclusive-locks';
import { environmentsOf } from './given-answers';
import { ownFolders, type QueueRequest, type Surroundings } from './queue-request';
import type { UsableConnections } from './ready-place';
import { repositorySources } from './repository-sources';
import { runVariables } from './run-variables';
import type { Sources } from './sources';
import { startStandIn } from './stand-in';

/** Everything that a run was decided to be. */
export interface QueuedRun {
  readonly request: QueueRequest;
  readonly plan: PipelinePlan;
  readonly predefined: ReadonlyMap<string, string>;
  readonly sources: Sources;
  readonly run: RecordedRun;
  readonly connections: UsableConnections;
  /** Stage to run again. */
  readonly retry?: string;
}

/** Brings up the stand-in of Azure DevOps, carries the run out, and takes it down again. */
export async function carryOut(queued: QueuedRun, around: Surroundings): Promise<RecordedRun> {
  const { request, plan, run, predefined, sources, connections } = queued;
  const { runs, clock, audience, settings, signal, tasksFolder } = around;
  const { record, folder } = run;
  const environments = readEnvironments(join(settings, 'environments.yml'));
  const desk = new ApprovalDesk();
  const report = (error: unknown) =>
    audience.notice(`The record of the run could not be written: ${error instanceof Error ? error.message : error}`);
  const journal = new RunJournal(run, clock, writeRun, report);
  const page = new RunJournal(run, clock, (shown, goesOn) => writePage(shown, goesOn, around), report);
  const workFolder = join(folder, 'work');
  const cleanUp = [
    async () => rmSync(workFolder, { recursive: true, force: true, maxRetries: 3 }),
    async () => page.close(),
    async () => journal.close(),
  ];
  try {
    const standIn = await startStandIn(run, around, {
      environments: environments.described,
      connections: connections.names,
      desk,
      changed: () => journal.changed(),
    });
    cleanUp.push(standIn.stop);
    audience.begins(run, {
      serviceUrl: standIn.url,
      personToken: standIn.personToken,
      endAtOnce: () => {
        endAtOnce(record, new Date(clock.now()).toISOString());
        journal.close();
        page.close();
      },
    });
    tellUndescribed(plan, environments, audience.notice);
    const counters = new Counters(join(runs.base, 'counters'), record.pipeline.id);
    const locks = new ExclusiveLocks(join(runs.base, 'locks'), clock);
    await runPipeline({
      plan,
      record,
      ...(queued.retry === undefined ? {} : { retry: queued.retry }),
      skipped: new Set(request.skipped),
      variables: runVariables(record, predefined, sources.message, new Map(Object.entries(request.variables))),
      variableGroup: readVariableGroups(join(settings, 'variable-groups.yml'), around.environment),
      repositories: repositorySources(request, plan, sources, ownFolders(around)),
      connection: (nameOrId) => connectionOf(nameOrId, connections),
      environment: (name) => environments.checks(name),
      decide: (approval) => desk.decide(approval, (asked) => around.decide(asked)),
      exclusiveLock: (name, lockSignal, behavior) => locks.acquire(name, record.id, lockSignal, behavior),
      counter: (prefix, seed) => counters.next(prefix, seed, record.id),
      runJob: (job, jobEvents) =>
        runJob(job, jobEvents, {
          clock,
          tasksFolder,
          runFolder: folder,
          stubs: new Map(Object.entries(request.stubs)),
        }),
      events: eventsOf(run, around, () => {
        journal.changed();
        page.changed();
        desk.changed();
        audience.changed();
      }),
      jobAccessToken: standIn.jobToken,
      collectionUrl: standIn.url,
      workFolder,
      clock,
      signal,
    });
    return run;
  } finally {
    await unwind(cleanUp);
  }
}

/** Everything that happens goes into the record, then to who looks on. */
function eventsOf(run: RecordedRun, around: Surroundings, changed: () => void): RunRequest['events'] {
  const { runs, audience, manualValidation } = around;
  return {
    ...recordEvents({ run, runs, watcher: { ...audience, changed }, manualValidation }),
    stageChanged: (stage) => {
      changed();
      audience.stageChanged(stage);
    },
    approvalWaits: (approval) => {
      changed();
      audience.approvalWaits(approval);
    },
  };
}

/** A misspelt environment has no checks here as on Azure DevOps, which is easily taken for an approval that was not asked for. */
function tellUndescribed(plan: PipelinePlan, environments: Environments, notice: (sentence: string) => void): void {
  const unknown = environmentsOf(plan).filter(
    (name) =>
      !name.includes('$(') && !environments.described.some((known) => known.name.toLowerCase() === name.toLowerCase()),
  );
  if (unknown.length > 0) {
    notice(`${environments.file} does not describe ${unknown.join(', ')}: nobody is asked there.`);
  }
}

function connectionOf(nameOrId: string, { names, resolve }: UsableConnections): PipelineConnection | undefined {
  const wanted = nameOrId.trim().toLowerCase();
  const name = names.find((known) => known.toLowerCase() === wanted || idOfName('connection', known) === wanted);
  return name === undefined ? undefined : resolve(name);
}

function writePage(run: RecordedRun, goesOn: boolean, { page }: Surroundings): void {
  if (page !== undefined) {
    replaceFile(join(run.folder, 'index.html'), page(run, goesOn));
  }
}
