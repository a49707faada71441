import { faultRows } from './fault-rows';
import { openEvaluateScene } from './scenes/evaluate-scene';

describe('DatabricksEvaluateModel × faults', function () {
  this.timeout(120_000);
  // Statements are polled before the one that meets the fault.
  faultRows(openEvaluateScene, { requests: 8, deadlineMs: 400_000 });
});
