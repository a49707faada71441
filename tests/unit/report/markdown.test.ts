import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PromotionReport } from '../../../src/evaluation/report-types';
import { decisionSentence } from '../../../src/report/decision-sentence';
import { reportSummary } from '../../../src/report/markdown';
import { sampleReport } from './sample-report';

describe('decisionSentence', () => {
  it('says what to do, with which version, against whom, and on which report', () => {
    const { report } = sampleReport();
    assert.equal(decisionSentence(report), `Promote progression 18 (champion is 17): PASS, report ${report.reportId}`);
    const worse = sampleReport(60).report;
    assert.equal(decisionSentence(worse), `Reject progression 18 (champion is 17): FAIL, report ${worse.reportId}`);
    const first = sampleReport(20, { champion: null }).report;
    assert.equal(
      decisionSentence(first),
      `Promote progression 18 (there is no champion): PASS, report ${first.reportId}`,
    );
    const partial = sampleReport(20, { facts: undefined, model: null }).report;
    assert.equal(
      decisionSentence(partial),
      `Evaluate again diabetes 18 (champion is 17): INCONCLUSIVE (partial), report ${partial.reportId}`,
    );
  });
});

describe('reportSummary', () => {
  it('shows challenger, champion, change and interval of each comparison, bars and facts', () => {
    const { report, digest } = sampleReport();
    const summary = reportSummary(report, digest);
    assert.match(summary, /^Next: DatabricksPromoteModel with this report makes version 18 the champion\./);
    for (const wanted of [
      /champion\\?\.rmse \|/,
      /guardrail\\?\.mae/,
      /threshold\\?\.rmse/,
      /\(95 %\)/,
      /description/,
      /at version 4/,
    ]) {
      assert.match(summary, wanted);
    }
    assert.ok(summary.includes(digest));
  });

  it('names the MLflow run of both versions and the commit, and links the versions where the workspace is known', () => {
    const champion = { version: '17', runId: 'def' };
    const { report, digest } = sampleReport(20, { champion }, { provenance: { commit: '5b1c'.repeat(10) } });
    const summary = reportSummary(report, digest, 'https://w.example');
    const page = 'https://w.example/explore/data/models/prod/diabetes/progression/version';
    assert.ok(summary.includes(`Challenger: [version 18](${page}/18), MLflow run abc. `), summary);
    assert.ok(summary.includes(`Champion: [version 17](${page}/17), MLflow run def. `), summary);
    assert.ok(summary.includes(`Commit: ${'5b1c'.repeat(10)}. `), summary);
    const alone = sampleReport(20, { champion: null });
    const plain = reportSummary(alone.report, alone.digest);
    assert.match(plain, /Challenger: version 18, MLflow run abc\. Champion: none\. Policy:/);
  });

  it('says severity where a check that does not block did not pass', () => {
    const { report, digest } = sampleReport();
    assert.match(reportSummary(report, digest), /\| threshold\.r2 \|.*\| FAIL \(warn only\) \|/);
    assert.doesNotMatch(reportSummary(report, digest), /PASS \(/);
  });

  it('says what to do next, by verdict and action', () => {
    const next = (noise: number, changes: Parameters<typeof sampleReport>[1] = {}) => {
      const { report, digest } = sampleReport(noise, changes);
      return reportSummary(report, digest).split('\n')[0];
    };
    assert.equal(next(60), 'Next: train again; champion 17 stays.');
    assert.match(next(29.9) ?? '', /^Next: a person decides on this evidence; .*Until then champion 17 stays\.$/);
    assert.equal(
      next(20, { challenger: { version: '19' } }),
      'Next: correct what could not be judged and evaluate again; champion 17 stays.',
    );
    assert.match(next(20, { facts: undefined }) ?? '', /^Next: evaluate again with a connection/);
    assert.equal(next(60, { champion: null }), 'Next: train again; there stays no champion.');
  });

  it('names the checks that decided', () => {
    const { report, digest } = sampleReport(60);
    assert.match(reportSummary(report, digest), /^\* champion\.rmse: /m);
  });

  it('keeps hostile text inside its cell', () => {
    const { report, digest } = sampleReport();
    const plain = reportSummary(report, digest).split('\n').length;
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '| a |\n|---|',
        '<img src=x onerror=alert(1)>',
        '[x](javascript:alert(1))',
        '![](https://evil.example/x.png)',
        '`',
        '\u202e\u2028',
        '##vso[task.complete]\r\n',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (name, message) => {
        const changed: PromotionReport = {
          ...report,
          subject: { ...report.subject, model: name, challenger: { version: name, runId: name } },
          provenance: { commit: name },
          policy: { ...report.policy, name },
          checks: report.checks.map((check) => ({ ...check, message, id: name })),
        };
        const summary = reportSummary(changed, digest);
        assert.equal(summary.split('\n').length, plain);
        assert.ok(
          !/<(?!br)/.test(summary) && !/!\[/.test(summary.replaceAll('\\!', '')) && !/(?<!\\)\]\(/.test(summary),
          summary,
        );
        assert.ok(!/[\r\u2028\u2029\u202e]/.test(summary));
        const columns = summary
          .split('\n')
          .filter((line) => line.startsWith('|'))
          .map((line) => line.replace(/\\[\\|]/g, '').split('|').length);
        assert.ok(
          columns.every((count) => count === 9 || count === 6 || count === 5),
          summary,
        );
      }),
      { seed: 52, numRuns: 500 },
    );
  });
});
