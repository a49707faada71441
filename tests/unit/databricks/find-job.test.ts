import assert from 'node:assert/strict';
import { findJob } from '../../../src/databricks/find-job';
import { createWorkspaceClient } from '../../../src/databricks/workspace-client';
import { HttpClient } from '../../../src/http/client';
import { AutoClock } from '../../support/auto-clock';
import { type Answer, type HttpDouble, startDouble } from '../../support/http-double';

/** Jobs by id: their names. */
const JOBS: Readonly<Record<string, string>> = {
  7: 'train',
  8: '2024',
  2025: 'other',
  9: '2025',
  10: 'twin',
  11: 'twin',
};

describe('a job by id or name', () => {
  let server: HttpDouble;
  before(async () => {
    server = await startDouble(({ url }): Answer => {
      const { pathname, searchParams } = new URL(url, 'http://localhost');
      const jobOf = (id: string) => ({ job_id: Number(id), settings: { name: JOBS[id] } });
      if (pathname.endsWith('/list')) {
        const ids = Object.keys(JOBS).filter((id) => JOBS[id] === searchParams.get('name'));
        return { json: { jobs: ids.map(jobOf) } };
      }
      const id = searchParams.get('job_id') ?? '';
      if (id === '403') {
        return { status: 403, json: { error_code: 'PERMISSION_DENIED', message: 'No View on job 403.' } };
      }
      return JOBS[id] === undefined
        ? { status: 400, json: { error_code: 'INVALID_PARAMETER_VALUE', message: `Job ${id} does not exist.` } }
        : { json: jobOf(id) };
    });
  });
  after(() => server.close());

  const find = (wanted: string) =>
    findJob(createWorkspaceClient(new HttpClient({ baseUrl: server.url, clock: new AutoClock() })).jobs, wanted);

  for (const [wanted, id] of [
    ['train', '7'],
    ['7', '7'],
    ['2024', '8'],
    ['2025', '2025'],
    ['Train', undefined],
    ['99', undefined],
  ] as const) {
    it(`${wanted} is ${id ?? 'none'}`, async () => {
      assert.equal((await find(wanted))?.job_id, id);
    });
  }

  it('is an error where two have the name, and where the id is denied', async () => {
    await assert.rejects(find('twin'), { code: 'JOB_AMBIGUOUS', message: /10, 11/ });
    await assert.rejects(find('403'), { code: 'PERMISSION_DENIED' });
  });
});
