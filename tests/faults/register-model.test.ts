import { faultRows } from './fault-rows';
import { openRegisterScene, type RegisterSource } from './scenes/register-scene';

/** Sources, the least number of requests, and those that the row before has not had. */
const SOURCES: readonly (readonly [RegisterSource, number, RegExp])[] = [
  ['mlflowRunId', 20, /./],
  ['workflowRunId', 2, /\/api\/2\.2\/jobs\//],
];

/** A second one could make a second model or version, or move an alias that somebody else has moved. */
const SENT_ONCE = /\/(registered-models|model-versions)\/create$|\/registered-models\/alias$/;

describe('DatabricksRegisterModel × faults', () => {
  for (const [source, requests, only] of SOURCES) {
    describe(`from ${source}`, () => {
      faultRows(() => openRegisterScene(source), {
        requests,
        only: ({ path }) => only.test(path),
        sentOnce: ({ method, path }) => method === 'POST' && SENT_ONCE.test(path),
        tolerated: ({ path, earlier }) =>
          path.endsWith('/model-versions/set-tag') && earlier > 0 ? 'TAGS_NOT_WRITTEN' : undefined,
      });
    });
  }
});
