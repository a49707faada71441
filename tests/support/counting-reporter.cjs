// The `spec` reporter, and the counts of the run as one line of `$TEST_COUNTS` (JSON lines) for .ci/run to add up.
const { appendFileSync } = require('node:fs');
const Mocha = require('mocha');

class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`);
      if (process.env.TEST_COUNTS) {
        appendFileSync(process.env.TEST_COUNTS, `${JSON.stringify({ passes, failures, pending })}\n`);
      }
    });
  }
}

module.exports = CountingReporter;
