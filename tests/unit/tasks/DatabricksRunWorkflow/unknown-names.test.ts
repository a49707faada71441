import assert from 'node:assert/strict';
import { AutoClock } from '../../../support/auto-clock';
import type { FakeHost } from '../../../support/fake-host';
import { type Answer, type HttpDouble, type Received, startDouble } from '../../../support/http-double';
import { runWorkflow, workflowHost } from './workflow-step';

/** A page of a long list of jobs. */
function fullPage(page: number): Answer {
  const jobs = Array.from({ length: 100 }, (_, at) => ({
    job_id: page * 100 + at,
    settings: { name: `j${page}-${at}` },
  }));
  return { json: { jobs, next_page_token: String(page + 1) } };
}

describe('DatabricksRunWorkflow with a name that there is not', () => {
  let server: HttpDouble | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function step(
    inputs: Record<string, string>,
    answer: (request: Received, path: string) => Answer | undefined = () => undefined,
    during: (host: FakeHost, request: Received) => void = () => undefined,
    clock = new AutoClock(),
  ): Promise<FakeHost> {
    let host: FakeHost | undefined;
    server = await startDouble((request) => {
      during(host as FakeHost, request);
      return answer(request, request.url.split('?')[0] ?? '') ?? { json: {} };
    });
    host = workflowHost(server.url, inputs);
    return runWorkflow(host, clock);
  }

  for (const [seen, jobs, expected] of [
    ['no job', [], /It sees none at all\./],
    ['two jobs', ['train', 'score'], /It sees: train, score\. Check the name/],
    ['many jobs', Array.from({ length: 30 }, (_, index) => `j${index}`), /It sees: j0, .*j9, and 20 more\. Check/],
  ] as const) {
    it(`says what there is instead of an unknown job: ${seen}`, async () => {
      const host = await step({ job: 'nope' }, (request, path) => {
        const { searchParams } = new URL(request.url, 'http://localhost');
        const listed = searchParams.has('name') ? [] : jobs.slice(0, Number(searchParams.get('limit')));
        return path.endsWith('/jobs/list')
          ? { json: { jobs: listed.map((name, index) => ({ job_id: index + 1, settings: { name } })) } }
          : undefined;
      });
      assert.match(host.printed, /There is no job 'nope'/);
      assert.match(host.printed, expected);
    });
  }

  for (const [what, answerTo, expected] of [
    ['that it may not list', () => ({ status: 403, json: { error_code: 'PERMISSION_DENIED' } }), /is hidden from it\./],
    ['of which a page cannot be read', (page) => (page < 7 ? fullPage(page) : { status: 500 }), /is not known\./],
    ['that are a page of a proxy', () => ({ body: '<html>' }), /is not known\./],
    ['that are too many to be read', fullPage, /It sees: j1-0, .*j1-9, and more\./],
  ] as readonly (readonly [string, (page: number) => Answer, RegExp])[]) {
    it(`says that there is no such job also beside jobs ${what}`, async () => {
      const answers = (request: Received, path: string): Answer | undefined => {
        const { searchParams } = new URL(request.url, 'http://localhost');
        if (!path.endsWith('/jobs/list')) {
          return undefined;
        }
        return searchParams.has('name') ? { json: {} } : answerTo(Number(searchParams.get('page_token') ?? 1));
      };
      const host = await step({ job: 'nope' }, answers);
      assert.equal(host.error?.code, 'JOB_NOT_FOUND', host.printed);
      assert.match(host.error?.message ?? '', expected);
    });
  }

  for (const [inputs, code] of [
    [{ job: 'nope' }, 'JOB_NOT_FOUND'],
    [{ action: 'update', pipeline: 'nope' }, 'PIPELINE_NOT_FOUND'],
  ] as const) {
    it(`fails with ${code} soon also where the list of what else there is keeps it waiting`, async () => {
      const clock = new AutoClock();
      const start = clock.now();
      const filtered = /[?&](name|filter)=/;
      const busy: Answer = { status: 429, headers: { 'retry-after': '5' }, json: {} };
      const host = await step(inputs, ({ url }) => (filtered.test(url) ? undefined : busy), undefined, clock);
      assert.equal(host.error?.code, code, host.printed);
      assert.ok(clock.now() - start <= 10_000, `${clock.now() - start} ms`);
    });
  }

  it('is canceled, and finds no missing job, when a cancel meets the list of what else there is', async () => {
    const host = await step({ job: 'nope' }, undefined, (running, { url }) => {
      if (url.includes('/jobs/list') && !url.includes('name=')) {
        running.cancel();
      }
    });
    assert.equal(host.result, 'Canceled', host.printed);
  });

  it('says that there is no such pipeline also when the list of what there is cannot be read to its end', async () => {
    const inputs = { action: 'update', pipeline: 'nope' };
    const host = await step(inputs, ({ url }) => (url.includes('filter=') ? undefined : { status: 500 }));
    assert.equal(host.error?.code, 'PIPELINE_NOT_FOUND', host.printed);
    assert.match(host.error?.message ?? '', /What else there is, is not known\./);
  });
});
