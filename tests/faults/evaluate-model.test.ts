import { faultRows } from './fault-rows';
import { openEvaluateScene } from './scenes/evaluate-scene';

describe('DatabricksEvaluateModel × faults', () => {
  faultRows(openEvaluateScene, { requests: 8 });
});
