// The `spec` reporter, and the run as one line of `$TEST_COUNTS` (JSON lines): its counts, for .ci/run to add up, and what failed, for it to say again at the end.
const { appendFileSync } = require('node:fs');
const Mocha = require('mocha');

/** What a failure says again, at most: its place and the first words are enough to find it. */
const SHOWN_CHARACTERS = 1500;

class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failed = [];
    runner.on('fail', (test, error) => {
      const what = String(error?.stack ?? error?.message ?? error).slice(0, SHOWN_CHARACTERS);
      failed.push({ title: test.titlePath().join(' › '), file: test.file, what });
    });
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`);
      if (process.env.TEST_COUNTS) {
        appendFileSync(process.env.TEST_COUNTS, `${JSON.stringify({ passes, failures, pending, failed })}\n`);
      }
    });
  }
}

module.exports = CountingReporter;
