import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Reply } from '../../workspace/api';
import type { StepRecord } from '../record/run-record';
import { buildUrl } from './addresses';
import { runOf } from './find-run';
import type { RecordedRun } from './ports';
import { recordedPath } from './recorded-file';
import { type Call, collection, type Resource } from './route';
import { badRequest, ServiceError } from './service-error';

/** Logs of a run (`Logs`, api-version 7.1): one for each step that started. */
export const logs: Resource = {
  area: 'build',
  name: 'logs',
  locationId: '35a80daf-7f30-45fc-86e8-6b813d9c90df',
  template: '{project}/_apis/{area}/builds/{buildId}/{resource}/{logId}',
  resourceVersion: 2,
  operations: [
    {
      method: 'GET',
      summary:
        'Logs of a run; one by its number, as text or as JSON lines (`Accept: application/json`), from `startLine` to `endLine`',
      answer: answerLogs,
    },
  ],
};

async function answerLogs(call: Call): Promise<Reply> {
  const run = runOf(call);
  const steps = numbered(call, run);
  const { logId } = call.values;
  if (logId === undefined) {
    return collection(await Promise.all(steps.map((each) => logOf(call, run, each))));
  }
  const found = steps.find(({ number }) => String(number) === logId);
  if (found === undefined) {
    throw new ServiceError(404, 'BuildLogNotFoundException', `The run ${run.record.id} has no log ${logId}.`);
  }
  const path = await recordedPath(run.folder, found.step.log, `Log ${logId}`);
  const wantsJson = /\bapplication\/json\b/.test(call.request.headers.accept ?? '');
  if (!wantsJson && !call.query.has('startLine') && !call.query.has('endLine')) {
    return { headers: { 'content-type': 'text/plain' }, body: createReadStream(path) };
  }
  const lines = linesOf(await readFile(path, 'utf8')).slice(line(call, 'startLine') ?? 0, line(call, 'endLine'));
  return wantsJson ? collection(lines) : { headers: { 'content-type': 'text/plain' }, body: `${lines.join('\n')}\n` };
}

interface NumberedStep {
  readonly step: StepRecord;
  readonly number: number;
}

function numbered(call: Call, run: RecordedRun): NumberedStep[] {
  const numbers = call.logs.of(run);
  return run.record.stages
    .flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps))
    .flatMap((step) => {
      const number = numbers.get(step.id);
      return number === undefined ? [] : [{ step, number }];
    })
    .sort((a, b) => a.number - b.number);
}

async function logOf(call: Call, run: RecordedRun, { step, number }: NumberedStep): Promise<Record<string, unknown>> {
  const path = await recordedPath(run.folder, step.log, `Log ${number}`);
  return {
    lineCount: linesOf(await readFile(path, 'utf8')).length,
    createdOn: step.startedAt,
    lastChangedOn: step.finishedAt ?? step.startedAt,
    id: number,
    type: 'Container',
    url: `${buildUrl(call, run)}/logs/${number}`,
  };
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function line({ query }: Call, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) {
    return undefined;
  }
  if (!/^\d{1,9}$/.test(text)) {
    throw badRequest(`'${name}' is not a line: '${text}'.`);
  }
  return Number(text);
}
