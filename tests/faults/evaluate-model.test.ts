import { faultRows } from './fault-rows';
import { openEvaluateScene } from './scenes/evaluate-scene';

describe('DatabricksEvaluateModel × faults', function () {
  this.timeout(120_000);
  faultRows(openEvaluateScene, { requests: 8 });
});
