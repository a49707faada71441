import { faultRows } from './fault-rows';
import { openPromoteScene } from './scenes/promote-scene';

describe('DatabricksPromoteModel × faults', () => {
  for (const action of ['promote', 'rollback'] as const) {
    describe(action, () => {
      faultRows(() => openPromoteScene(action), {
        requests: 6,
        // The state of versions is a hint: what cannot be written there is a warning.
        tolerated: ({ path, earlier }) =>
          path.endsWith('/model-versions/set-tag') ||
          (path.endsWith('/model-versions/get') && (earlier > 0 || action === 'rollback'))
            ? 'TAGS_NOT_WRITTEN'
            : undefined,
        sentOnce: ({ method, path }) => method !== 'GET' && path.endsWith('/registered-models/alias'),
      });
    });
  }
});
