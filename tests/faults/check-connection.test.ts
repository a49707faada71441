import { faultRows } from './fault-rows';
import { openCheckScene } from './scenes/check-scene';

describe('DatabricksCheckConnection × faults', () => {
  // A check that does not pass is the step's failure, whatever stopped it; its sentence names the fault.
  faultRows(() => openCheckScene({ checks: 'identity,workspace' }), {
    requests: 1,
    code: () => ['CONNECTION_CHECK_FAILED'],
    // Each check asks on its own.
    deadlineMs: 2 * 310_000,
  });
});
