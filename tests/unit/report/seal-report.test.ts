import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../src/canonical-json';
import { sampleReport } from './sample-report';

describe('sealReport', () => {
  it('gives one id to one evaluation, wherever and whenever it is made', () => {
    const here = sampleReport();
    const there = sampleReport(20, {}, { createdAt: '2025-05-05T05:05:05.000Z', provenance: { runId: '7' } });
    assert.match(here.report.reportId, /^r[0-9a-f]{20}$/);
    assert.equal(here.report.reportId, there.report.reportId);
    assert.notEqual(here.digest, there.digest);
    assert.notEqual(here.report.reportId, sampleReport(21).report.reportId);
    assert.notEqual(here.report.reportId, sampleReport(20, { challenger: { version: '18' } }).report.reportId);
  });

  it('writes canonical JSON whose bytes have the digest', () => {
    const { json, digest, report } = sampleReport();
    assert.equal(createHash('sha256').update(json, 'utf8').digest('hex'), digest);
    assert.equal(canonicalJson(JSON.parse(json)), json);
    assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(report)));
  });

  it('rounds what was computed to 12 significant digits', () => {
    const { report } = sampleReport();
    for (const { challenger, test } of report.checks) {
      for (const number of [challenger, ...(test?.ci ?? [])]) {
        assert.ok(typeof number !== 'number' || Number(number.toPrecision(12)) === number);
      }
    }
  });

  it('is pinned: these bytes are the same on every machine and Node version', () => {
    assert.equal(sampleReport().report.reportId, 'rfbfc450cd99c278232c8');
  });
});

describe('canonicalJson', () => {
  it('follows the examples of RFC 8785', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    assert.equal(
      canonicalJson(value),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6'];
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    assert.equal(text, '{"\\r":0,"1":0,"\u0080":0,"\u00f6":0,"\u20ac":0,"\u{1f600}":0,"\ufb33":0}');
    assert.throws(() => canonicalJson(Number.NaN));
    assert.throws(() => canonicalJson({ a: Number.POSITIVE_INFINITY }));
    assert.throws(() => canonicalJson(undefined));
  });
});
