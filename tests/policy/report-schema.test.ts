import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { sampleReport } from '../unit/report/sample-report';

const published = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'templates', 'schemas', 'promotion-report.schema.json'), 'utf8'),
);
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const accepts = ajv.compile(published);

describe('the published schema of promotion reports', () => {
  const reports = {
    PASS: sampleReport(20),
    FAIL: sampleReport(60),
    INCONCLUSIVE: sampleReport(29.9),
    'first model': sampleReport(20, { champion: null }),
    'without a registry': sampleReport(20, { facts: undefined, model: null }),
    ERROR: sampleReport(20, { challenger: { version: '19' } }),
  };
  for (const [name, { json }] of Object.entries(reports)) {
    it(`accepts a report: ${name}`, () => {
      assert.ok(accepts(JSON.parse(json)), JSON.stringify(accepts.errors));
    });
  }

  it('covers every verdict', () => {
    assert.deepEqual(
      Object.values(reports).map(({ report }) => report.verdict),
      ['PASS', 'FAIL', 'INCONCLUSIVE', 'PASS', 'INCONCLUSIVE', 'ERROR'],
    );
  });

  it('refuses what is no report', () => {
    const report = JSON.parse(reports.PASS.json);
    for (const change of [
      { verdict: 'MAYBE' },
      { reportId: 'r1' },
      { rows: [] },
      { checks: [] },
      { data: { ...report.data, hash: 'x' } },
    ]) {
      assert.equal(accepts({ ...report, ...change }), false, JSON.stringify(change));
    }
  });
});
