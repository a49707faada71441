import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock';
import { runJob } from '../agent/run-job';
import type { PipelinePlan } from '../plan/pipeline-plan';
import { recordEvents } from '../record/record-events';
import { writeRun } from '../record/run-folders';
import { RunJournal } from '../record/run-journal';
import { runPipeline } from '../run/run-pipeline';
import type { RecordedRun } from '../service/ports';
import { startService } from '../service/start-service';
import { Connections } from '../settings/connections';
import { readEnvironments } from '../settings/environments';
import { idOfName } from '../settings/name-ids';
import { readVariableGroups } from '../settings/variable-groups';
import type { PipelineConnection } from '../task-environment';
import { ApprovalDesk } from './approval-desk';
import { Counters } from './counters';
import { ExclusiveLocks } from './exclusive-locks';
import { localWorkspaces } from './local-workspaces';
import { neededConnections } from './needed-connections';
import type { QueueRequest, Surroundings } from './queue-request';
import { repositorySources } from './repository-sources';
import { ORGANIZATION, runVariables } from './run-variables';
import type { Sources } from './sources';

/** Everything that a run was decided to be. */
export interface QueuedRun {
  readonly request: QueueRequest;
  readonly plan: PipelinePlan;
  readonly predefined: ReadonlyMap<string, string>;
  readonly sources: Sources;
  readonly run: RecordedRun;
  /** Stage to run again. */
  readonly retry?: string;
}

/** Brings up what the run needs (local workspaces, the stand-in of Azure DevOps), runs it, and takes everything down again. */
export async function carryOut(queued: QueuedRun, surroundings: Surroundings): Promise<RecordedRun> {
  const { request, plan, run } = queued;
  const { settings, tasksFolder, environment } = surroundings;
  const stubs = new Map(Object.entries(request.stubs));
  const connections = new Connections(join(settings, 'connections.yml'));
  const names = neededConnections(plan, tasksFolder, stubs);
  const workspaces =
    surroundings.workspaces === undefined
      ? await localWorkspaces(connections.workspacesFor(names), surroundings.workspaceData)
      : { running: surroundings.workspaces, stop: async () => undefined };
  try {
    await surroundings.beforeRun?.({ workspaces: workspaces.running, commit: queued.sources.commit });
    await withService(queued, surroundings, {
      names,
      resolve: (name) => connections.resolve(name, workspaces.running, environment),
    });
    return run;
  } finally {
    await workspaces.stop();
  }
}

interface UsableConnections {
  readonly names: readonly string[];
  resolve(name: string): PipelineConnection;
}

async function withService(queued: QueuedRun, around: Surroundings, connections: UsableConnections): Promise<void> {
  const { request, plan, run, predefined, sources } = queued;
  const { runs, clock, audience, settings, signal, tasksFolder } = around;
  const { record, folder } = run;
  const environments = readEnvironments(join(settings, 'environments.yml'));
  const desk = new ApprovalDesk();
  const journal = new RunJournal(run, clock, writeRun, report);
  const page = new RunJournal(run, clock, (shown) => writePage(shown, around), report);
  const jobToken = randomBytes(32).toString('base64url');
  const personToken = randomBytes(32).toString('base64url');
  const named = (id: string) => connections.names.find((name) => idOfName('connection', name) === id);
  const service = await startService({
    runs: {
      run: (id) => (id === record.id ? run : runs.read(id)),
      all: () => [...runs.all().filter((other) => other.record.id !== record.id), run],
      changed: (changed) => (changed.record === record ? journal.changed() : writeRun(changed)),
    },
    environments: environments.described,
    callers: [
      {
        token: jobToken,
        kind: 'job',
        id: idOfName('person', 'build service'),
        name: `${record.project.name} Build Service`,
      },
      { token: personToken, kind: 'person', ...record.requestedFor },
    ],
    organization: ORGANIZATION,
    clock: systemClock,
    connection: (id) => {
      const name = named(id);
      return name === undefined ? undefined : { id, name };
    },
    task: (reference) => taskIdentity(tasksFolder, reference),
    answerApproval: (answer) => desk.answer(answer),
  });
  const changed = (): void => {
    journal.changed();
    page.changed();
    desk.changed();
    audience.changed();
  };
  const events = {
    ...recordEvents({
      run,
      runs,
      watcher: { ...audience, changed },
      manualValidation: around.manualValidation,
    }),
    stageChanged: (stage: Parameters<typeof audience.stageChanged>[0]) => {
      changed();
      audience.stageChanged(stage);
    },
    approvalWaits: (approval: Parameters<typeof audience.approvalWaits>[0]) => {
      changed();
      audience.approvalWaits(approval);
    },
  };
  const workFolder = join(folder, 'work');
  try {
    audience.begins(run, { serviceUrl: service.url, personToken });
    const counters = new Counters(join(runs.base, 'counters'), record.pipeline.id);
    const locks = new ExclusiveLocks(join(runs.base, 'locks'), clock);
    await runPipeline({
      plan,
      record,
      ...(queued.retry === undefined ? {} : { retry: queued.retry }),
      skipped: new Set(request.skipped),
      variables: runVariables(record, predefined, sources.message, new Map(Object.entries(request.variables))),
      variableGroup: readVariableGroups(join(settings, 'variable-groups.yml'), around.environment),
      repositories: repositorySources(request, plan, sources),
      connection: (nameOrId) => connectionOf(nameOrId, connections, named),
      environment: (name) => environments.checks(name),
      decide: (approval) => desk.decide(approval, around.decide(approval)),
      exclusiveLock: (name, lockSignal, behavior) => locks.acquire(name, record.id, lockSignal, behavior),
      counter: (prefix, seed) => counters.next(prefix, seed, record.id),
      runJob: (job, jobEvents) =>
        runJob(job, jobEvents, {
          clock,
          tasksFolder,
          runFolder: folder,
          stubs: new Map(Object.entries(request.stubs)),
        }),
      events,
      jobAccessToken: jobToken,
      collectionUrl: service.url,
      workFolder,
      clock,
      signal,
    });
  } finally {
    await service.stop();
    journal.close();
    page.close();
    rmSync(workFolder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function connectionOf(
  nameOrId: string,
  connections: UsableConnections,
  named: (id: string) => string | undefined,
): PipelineConnection | undefined {
  const name =
    connections.names.find((known) => known.toLowerCase() === nameOrId.trim().toLowerCase()) ?? named(nameOrId.trim());
  return name === undefined ? undefined : connections.resolve(name);
}

function taskIdentity(
  tasksFolder: string,
  reference: string,
): { readonly id: string; readonly name: string; readonly version: string } | undefined {
  const [name = ''] = reference.split('@');
  const manifest = join(tasksFolder, name, 'task.json');
  if (!/^\w+$/.test(name) || !existsSync(manifest)) {
    return undefined;
  }
  const { id, version } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    id: string;
    version: { Major: number; Minor: number; Patch: number };
  };
  return { id, name, version: `${version.Major}.${version.Minor}.${version.Patch}` };
}

function writePage(run: RecordedRun, { page }: Surroundings): void {
  if (page !== undefined) {
    writeFileSync(join(run.folder, 'index.html'), page(run));
  }
}

function report(error: unknown): void {
  process.stderr.write(
    `The record of the run could not be written: ${error instanceof Error ? error.message : error}\n`,
  );
}
