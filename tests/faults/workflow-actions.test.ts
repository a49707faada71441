import { faultRows } from './fault-rows';
import type { SentRequest } from './scenes/task-scene';
import { openUpdateScene } from './scenes/update-scene';
import { openWorkflowAction } from './scenes/workflow-action-scene';
import { attached, cancelled, repaired, submitted, withResults } from './scenes/workflow-subjects';

/** Requests of following a run and of what it left are in the table of action `run`; here are those that an action has for itself. */
const OF_RUNS = /\/jobs\//;

describe('DatabricksRunWorkflow × faults, by action', function () {
  this.timeout(120_000);

  describe('submit, with local files', () => {
    faultRows(() => openWorkflowAction(submitted), {
      requests: 10,
      only: /\/scim\/|\/workspace(-files)?\/|\/jobs\/runs\/(list|submit|get)$/,
    });
  });

  describe('attach', () => {
    faultRows(() => openWorkflowAction(attached), { requests: 3, only: OF_RUNS });
  });

  describe('update', () => {
    faultRows(openUpdateScene, { requests: 4, lookedUp: ({ method }) => method === 'POST' });
  });

  describe('repair', () => {
    faultRows(() => openWorkflowAction(repaired), {
      requests: 4,
      only: OF_RUNS,
      lookedUp: ({ method }) => method === 'POST',
    });
  });

  describe('cancel', () => {
    faultRows(() => openWorkflowAction(cancelled), { requests: 3 });
  });

  describe('run, with test results, downloads and the comparison with the last success', () => {
    faultRows(() => openWorkflowAction(withResults), {
      requests: 11,
      only: /\/fs\/|\/mlflow\/(runs\/search|experiments\/get)$|\/jobs\/runs\/(list|get)$/,
      tolerated: ofComparison,
    });
  });
});

/** The last lists are of the run before, to compare with. */
function ofComparison({ path, earlier }: SentRequest): string | undefined {
  const compares = path.endsWith('/mlflow/experiments/get') || (earlier > 0 && !path.startsWith('/api/2.0/fs/'));
  return compares ? 'NO_COMPARISON' : undefined;
}
