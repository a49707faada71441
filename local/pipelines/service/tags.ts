import { runOf } from './find-run';
import type { RecordedRun } from './ports';
import { type Call, collection, type Resource } from './route';
import { badRequest } from './service-error';

/** Build tags (`Tags`, api-version 7.1). */
export const tags: Resource = {
  area: 'build',
  name: 'tags',
  locationId: '6e6114b2-8161-44c8-8f6c-c5505782427f',
  template: '{project}/_apis/{area}/builds/{buildId}/{resource}/{*tag}',
  resourceVersion: 3,
  operations: [
    { method: 'GET', summary: 'Tags of a run', answer: (call) => tagsOf(runOf(call)) },
    { method: 'PUT', summary: 'Adds a tag', answer: (call) => changed(call, (run) => add(run, [tagOf(call)])) },
    { method: 'POST', summary: 'Adds tags', answer: addMany },
    { method: 'DELETE', summary: 'Removes a tag', answer: (call) => changed(call, (run) => remove(run, tagOf(call))) },
  ],
};

const MOST_CHARACTERS = 256;

async function addMany(call: Call) {
  const body = await call.json();
  if (!Array.isArray(body) || !body.every((tag): tag is string => typeof tag === 'string')) {
    throw badRequest('The body must be a JSON array of tags.');
  }
  return changed(call, (run) => add(run, body.map(checked)));
}

function changed(call: Call, change: (run: RecordedRun) => void) {
  const run = runOf(call);
  change(run);
  call.options.runs.changed(run);
  return tagsOf(run);
}

function add({ record }: RecordedRun, wanted: readonly string[]): void {
  record.tags.push(...[...new Set(wanted)].filter((tag) => !record.tags.includes(tag)));
}

function remove({ record }: RecordedRun, tag: string): void {
  const index = record.tags.indexOf(tag);
  if (index >= 0) {
    record.tags.splice(index, 1);
  }
}

function tagsOf({ record }: RecordedRun) {
  return collection([...record.tags]);
}

function tagOf({ values }: Call): string {
  return checked(values['tag'] ?? '');
}

function checked(tag: string): string {
  if (tag === '' || tag.length > MOST_CHARACTERS || /[\p{Cc},;]/u.test(tag)) {
    throw badRequest(
      `'${tag}' cannot be a tag: 1 to ${MOST_CHARACTERS} characters without comma, semicolon and control characters.`,
    );
  }
  return tag;
}
