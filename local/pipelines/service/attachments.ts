import { createReadStream } from 'node:fs';
import type { Reply } from '../../workspace/api';
import type { AttachmentRecord, StepRecord } from '../record/run-record';
import { buildUrl } from './addresses';
import { formerOf } from './attempts';
import { runOf } from './find-run';
import type { RecordedRun } from './ports';
import { recordedPath, sizeOf } from './recorded-file';
import { type Call, collection, type Resource } from './route';
import { ServiceError } from './service-error';
import { timelineOfAttempt } from './timeline';

/** Attachments of a run by type (`Attachments - List`, api-version 7.1). */
export const attachments: Resource = {
  area: 'build',
  name: 'attachments',
  locationId: 'f2192269-89fa-4f94-baf6-8fb128c55159',
  template: '{project}/_apis/{area}/builds/{buildId}/{resource}/{type}',
  resourceVersion: 2,
  operations: [
    {
      method: 'GET',
      summary: 'Attachments of one type (`databricks-mlops.report`, `Distributedtask.Core.Summary`) of all steps',
      answer: (call) => {
        const run = runOf(call);
        const wanted = call.values['type'] ?? '';
        return collection(
          attachedOf(run)
            .filter(({ attachment }) => attachment.type === wanted)
            .map(({ attachment, step, timelineId }) => attachmentOf(call, run, step, attachment, timelineId)),
        );
      },
    },
  ],
};

/** Attachments of one timeline record (`Attachments - Get`, api-version 7.1). */
export const recordAttachments: Resource = {
  area: 'build',
  name: 'attachments',
  locationId: 'af5122d3-3438-485e-a25a-2dbbfde84ee6',
  template: '{project}/_apis/{area}/builds/{buildId}/{timelineId}/{recordId}/{resource}/{type}/{name}',
  resourceVersion: 2,
  operations: [
    {
      method: 'GET',
      summary: 'Content of an attachment; without a name those of the type',
      answer: answerRecord,
    },
  ],
};

async function answerRecord(call: Call): Promise<Reply> {
  const run = runOf(call);
  const { timelineId = '', recordId = '', type = '', name } = call.values;
  const own = attachedOf(run).filter(
    ({ attachment, step, timelineId: of }) =>
      step.id.toLowerCase() === recordId.toLowerCase() &&
      of === timelineId.toLowerCase() &&
      attachment.type === type &&
      (name === undefined || attachment.name === name),
  );
  if (name === undefined) {
    return collection(own.map(({ attachment, step, timelineId: of }) => attachmentOf(call, run, step, attachment, of)));
  }
  // The same name twice: the later one counts.
  const found = own.at(-1);
  if (found === undefined) {
    throw new ServiceError(
      404,
      'AttachmentNotFoundException',
      `The record ${recordId} of build ${run.record.id} has no attachment ${name} of type ${type}.`,
    );
  }
  const path = await recordedPath(run.folder, found.attachment.file, `The attachment ${name}`);
  return {
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(await sizeOf(path)) },
    body: createReadStream(path),
  };
}

interface Attached {
  readonly step: StepRecord;
  readonly attachment: AttachmentRecord;
  readonly timelineId: string;
}

function attachedOf(run: RecordedRun): Attached[] {
  const { stages, timelineId } = run.record;
  return stages.flatMap((stage) =>
    stage.jobs.flatMap((job) => {
      const newest = !formerOf(stages).includes(stage) && !formerOf(stage.jobs).includes(job);
      const of = newest
        ? timelineId.toLowerCase()
        : timelineOfAttempt(run, formerOf(stages).includes(stage) ? stage.attempt : job.attempt);
      return job.steps.flatMap((step) => step.attachments.map((attachment) => ({ step, attachment, timelineId: of })));
    }),
  );
}

function attachmentOf(
  call: Call,
  run: RecordedRun,
  step: StepRecord,
  { type, name }: AttachmentRecord,
  timelineId: string,
) {
  const [encodedType, encodedName] = [type, name].map(encodeURIComponent);
  return {
    name,
    _links: {
      self: { href: `${buildUrl(call, run)}/${timelineId}/${step.id}/attachments/${encodedType}/${encodedName}` },
    },
  };
}
