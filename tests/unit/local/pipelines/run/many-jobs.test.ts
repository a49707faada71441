import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { runOf } from '../../../../support/pipeline-run';

const JOBS = Array.from({ length: 30 }, (_, index) => `- job: j${index}\n  steps: []`).join('\n');

describe('a run of many jobs', () => {
  for (const [what, yaml] of [
    ['jobs', `jobs:\n${JOBS}`],
    ['slices of a job', 'jobs: [{ job: j, strategy: { parallel: 30 }, steps: [] }]'],
    [
      'stages',
      `stages:\n${JOBS.replace(/- job: (\w+)\n {2}steps: \[\]/g, '- stage: $1\n  dependsOn: []\n  jobs: [{ job: m, steps: [] }]')}`,
    ],
  ] as const) {
    it(`lets ${what} wait for an agent without a warning of Node.js`, async () => {
      const warnings: Error[] = [];
      const note = (warning: Error) => warnings.push(warning);
      process.on('warning', note);
      try {
        const { began } = await runOf(yaml, {
          jobs: async () => {
            await setImmediate();
            return {};
          },
        });
        assert.equal(began.length, 30);
        await setImmediate();
      } finally {
        process.off('warning', note);
      }
      assert.deepEqual(warnings, []);
    });
  }
});
