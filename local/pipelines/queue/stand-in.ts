import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock';
import { writeRun } from '../record/run-folders';
import type { RecordedRun, ServiceEnvironment } from '../service/ports';
import { startService } from '../service/start-service';
import { idOfName } from '../settings/name-ids';
import type { ApprovalDesk } from './approval-desk';
import type { Surroundings } from './queue-request';
import { ORGANIZATION } from './run-variables';

/** The stand-in of Azure DevOps as one run sees it. */
export interface StandIn {
  readonly url: string;
  /** Of the job's own connection. */
  readonly jobToken: string;
  /** Answers approvals as whoever queued the run. */
  readonly personToken: string;
  stop(): Promise<void>;
}

/** What of a run the stand-in shows and takes. */
export interface StandInParts {
  readonly environments: readonly ServiceEnvironment[];
  /** Names of the connections that the run may use. */
  readonly connections: readonly string[];
  readonly desk: ApprovalDesk;
  /** The record of this run was changed by a request. */
  changed(): void;
}

/** Starts the stand-in of Azure DevOps over a run that goes on and those that lie beside it. */
export async function startStandIn(
  run: RecordedRun,
  { runs, tasksFolder }: Pick<Surroundings, 'runs' | 'tasksFolder'>,
  { environments, connections, desk, changed }: StandInParts,
): Promise<StandIn> {
  const { record } = run;
  const jobToken = randomBytes(32).toString('base64url');
  const personToken = randomBytes(32).toString('base64url');
  const buildService = {
    id: idOfName('person', 'build service'),
    name: `${record.project.name} Build Service`,
  };
  const service = await startService({
    runs: {
      run: (id) => (id === record.id ? run : runs.read(id)),
      all: () => [...runs.all().filter((other) => other.record.id !== record.id), run],
      changed: (written) => (written.record === record ? changed() : writeRun(written)),
    },
    environments,
    callers: [
      { token: jobToken, kind: 'job', ...buildService },
      { token: personToken, kind: 'person', ...record.requestedFor },
    ],
    organization: ORGANIZATION,
    // ID tokens are checked by others, whose time is that of the machine.
    clock: systemClock,
    connection: (id) => {
      const name = connections.find((known) => idOfName('connection', known) === id);
      return name === undefined ? undefined : { id, name };
    },
    task: (reference) => taskIdentity(tasksFolder, reference),
    answerApproval: (answer) => desk.answer(answer),
  });
  return { url: service.url, jobToken, personToken, stop: () => service.stop() };
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
