import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editedPipelinesExpandOrAreRefused, WHOLE_PIPELINE } from '../../../../properties/pipeline-edits';
import { expressionsReadBack, expressionTextIsReadOrRefused } from '../../../../properties/pipeline-expression';
import { expanded } from '../../../../support/expand-pipeline';

describe('properties of the expander', () => {
  it('expressions read back as they were written', () => {
    fc.assert(expressionsReadBack, { seed: 11, numRuns: 3_000 });
  });

  it('any text is an expression or is refused', () => {
    fc.assert(expressionTextIsReadOrRefused, { seed: 12, numRuns: 5_000 });
  });

  it('the pipeline that is edited expands by itself', () => {
    const { 'azure-pipelines.yml': pipeline, ...files } = WHOLE_PIPELINE;
    const { stages } = expanded(pipeline, { files }) as unknown as { stages: { stage: string }[] };
    assert.deepEqual(
      stages.map(({ stage }) => stage),
      ['dev', 'prod', 'last'],
    );
  });

  it('edited pipelines expand or are refused, 10 000 times', () => {
    fc.assert(editedPipelinesExpandOrAreRefused, { seed: 13, numRuns: 10_000 });
  });
});
