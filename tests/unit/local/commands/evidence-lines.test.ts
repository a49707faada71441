import assert from 'node:assert/strict';
import { evidenceLines } from '../../../../local/commands/evidence-lines';
import type { StageRecord } from '../../../../local/pipelines/record/run-record';
import { jobRecord, recordedRun, stageRecord, stepRecord } from '../../../support/recorded-run';

const SUMMARY = 'Distributedtask.Core.Summary';

describe('evidenceLines', () => {
  const texts: Readonly<Record<string, string>> = {
    'train.md': '## **Trained** version `7`\n\nmore',
    'verdict.md': '\n\n---\n# PASS: challenger 0.71, champion 0.65\n| a |',
    'empty.md': '\n',
    'elsewhere.md': '# Not before this stage',
  };
  const attached = (id: number, file: string, type = SUMMARY) =>
    jobRecord(id, { steps: [stepRecord(id + 1, { attachments: [{ type, name: file, file }] })] });
  const approve: StageRecord = stageRecord(4, 'approve', { dependsOn: ['evaluate'] });
  const { record } = recordedRun('1', {
    stages: [
      stageRecord(1, 'train', {
        jobs: [attached(10, 'train.md'), attached(20, 'report.json', 'databricks-mlops.report')],
      }),
      stageRecord(2, 'evaluate', {
        dependsOn: ['train'],
        jobs: [attached(30, 'verdict.md'), attached(40, 'empty.md'), attached(50, 'gone.md')],
      }),
      stageRecord(3, 'other', { jobs: [attached(60, 'elsewhere.md')] }),
      approve,
    ],
  });

  it('are the first lines of the summaries of all stages before, without signs of Markdown', () => {
    assert.deepEqual(
      evidenceLines(record, approve, (path) => texts[path]),
      ['Trained version 7', 'PASS: challenger 0.71, champion 0.65'],
    );
  });

  it('are none for a stage that depends on nothing', () => {
    assert.deepEqual(
      evidenceLines(record, stageRecord(5, 'first'), (path) => texts[path]),
      [],
    );
  });
});
