import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type {
  ArtifactRecord,
  CheckpointRecord,
  JobRecord,
  RunRecord,
  StageRecord,
  StepRecord,
} from '../../local/pipelines/record/run-record';
import type { Caller, RecordedRun, ServiceOptions } from '../../local/pipelines/service/ports';
import { type RunningService, startService } from '../../local/pipelines/service/start-service';
import { VirtualClock } from './virtual-clock';

export const PROJECT = { id: '6f0a5c1e-93d7-4a5c-8f1b-2d4e6a8c0b13', name: 'churn' };
export const ORGANIZATION = { id: '0b1d2c3e-4f50-4617-8293-a4b5c6d7e8f9', name: 'contoso' };
export const JOB: Caller = { token: 'token-of-the-job', kind: 'job', id: guid(900), name: 'churn Build Service' };
export const PERSON: Caller = { token: 'token-of-a-person', kind: 'person', id: guid(901), name: 'An approver' };

/** A GUID with a number that a test can recognise. */
export function guid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

const DONE = {
  state: 'completed',
  result: 'succeeded',
  startedAt: '2026-01-05T08:00:10Z',
  finishedAt: '2026-01-05T08:00:20Z',
} as const;

/** A step that succeeded. */
export function stepRecord(id: number, more: Partial<StepRecord> = {}): StepRecord {
  return {
    ...DONE,
    id: guid(id),
    name: `step${id}`,
    displayName: `Step ${id}`,
    task: 'Bash@3',
    attempts: 1,
    log: `logs/${id}.log`,
    message: '',
    progress: undefined,
    issues: [],
    attachments: [],
    ...more,
  };
}

/** A job that succeeded. */
export function jobRecord(id: number, more: Partial<JobRecord> = {}): JobRecord {
  return {
    ...DONE,
    id: guid(id),
    phase: 'main',
    name: 'main',
    displayName: 'main',
    attempt: 1,
    dependsOn: [],
    environment: undefined,
    hook: undefined,
    note: undefined,
    steps: [],
    outputs: {},
    ...more,
  };
}

/** A stage that succeeded. */
export function stageRecord(id: number, name: string, more: Partial<StageRecord> = {}): StageRecord {
  return {
    ...DONE,
    id: guid(id),
    name,
    displayName: name,
    attempt: 1,
    dependsOn: [],
    note: undefined,
    checkpoint: undefined,
    jobs: [],
    ...more,
  };
}

/** A checkpoint with these checks. */
export function checkpointRecord(id: number, checks: CheckpointRecord['checks']): CheckpointRecord {
  return { ...DONE, id: guid(id), checks };
}

/** A run of pipeline `release` in progress, with a folder of its own. */
export function recordedRun(id: string, more: Partial<RunRecord> = {}): RecordedRun {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  const record: RunRecord = {
    apiVersion: 'databricks-mlops/run/v1',
    id,
    number: `2026.1.${id}`,
    pipeline: { id: '7', name: 'release', file: 'azure-pipelines.yml' },
    project: PROJECT,
    reason: 'IndividualCI',
    branch: 'refs/heads/main',
    commit: 'c0ffee',
    fork: false,
    requestedFor: { id: PERSON.id, name: PERSON.name },
    parameters: {},
    planId: guid(800 + Number(id)),
    timelineId: guid(700 + Number(id)),
    queuedAt: `2026-01-05T08:00:0${Number(id) % 10}Z`,
    state: 'inProgress',
    result: undefined,
    finishedAt: undefined,
    tags: [],
    stages: [],
    artifacts: [],
    tests: [],
    ...more,
  };
  return { record, folder };
}

/** Writes a file into the folder of a run. */
export function putFile({ folder }: RecordedRun, path: string, content: string | Buffer): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Adds an artifact with these files to a run. */
export function putArtifact(
  run: RecordedRun,
  name: string,
  files: Readonly<Record<string, string | Buffer>>,
  kind: ArtifactRecord['kind'] = 'container',
): void {
  const id = run.record.artifacts.length + 1;
  const folder = `artifacts/${id}`;
  mkdirSync(join(run.folder, folder), { recursive: true });
  let bytes = 0;
  for (const [path, content] of Object.entries(files)) {
    putFile(run, `${folder}/${path}`, content);
    bytes += statSync(join(run.folder, folder, path)).size;
  }
  run.record.artifacts.push({ id, name, kind, folder, source: guid(1), files: Object.keys(files).length, bytes });
}

/** Starts the stand-in over these runs. */
export function serviceOver(runs: readonly RecordedRun[], more: Partial<ServiceOptions> = {}): Promise<RunningService> {
  return startService({
    runs: {
      run: (id) => runs.find(({ record }) => record.id === id),
      all: () => runs,
      changed: () => undefined,
    },
    environments: [],
    callers: [JOB, PERSON],
    organization: ORGANIZATION,
    clock: new VirtualClock(),
    connection: () => undefined,
    task: () => undefined,
    answerApproval: async () => 'Nobody answers here.',
    ...more,
  });
}

/** A raw request to the stand-in, with the token of the job unless another is given. */
export function devOpsRequest(
  url: string,
  path: string,
  options: RequestInit & { readonly token?: string } = {},
): Promise<Response> {
  const { token = JOB.token, ...init } = options;
  return fetch(new URL(path, url), {
    ...init,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...init.headers },
  });
}
