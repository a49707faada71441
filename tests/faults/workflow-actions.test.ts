import { faultRows } from './fault-rows';
import type { SentRequest } from './scenes/task-scene';
import { openUpdateScene } from './scenes/update-scene';
import { openWorkflowAction } from './scenes/workflow-action-scene';
import { attached, cancelled, repaired, submitted, withResults } from './scenes/workflow-subjects';

/** Following a run to its end, and what every run leaves, are in the table of action `run`; here is what an action has for itself. */
const ofRuns = ({ path }: SentRequest) => path.startsWith('/api/2.2/jobs/');

/** An action that names its run lists runs for the comparison with the last success alone. */
const comparesOnly = ({ path }: SentRequest) => (path.endsWith('/jobs/runs/list') ? 'NO_COMPARISON' : undefined);

describe('DatabricksRunWorkflow × faults, by action', () => {
  describe('submit, with local files', () => {
    faultRows(() => openWorkflowAction(submitted), {
      requests: 8,
      only: ({ path }) => /\/scim\/|\/workspace(-files)?\/|\/jobs\/runs\/(list|submit)$/.test(path),
    });
  });

  describe('attach', () => {
    faultRows(() => openWorkflowAction(attached), { requests: 3, only: ofRuns, tolerated: comparesOnly });
  });

  describe('update', () => {
    faultRows(openUpdateScene, {
      requests: 5,
      lookedUp: ({ method }) => method === 'POST',
      // The flows of the event log inform; the result of the update stands without them.
      tolerated: ({ path }) => (path.endsWith('/events') ? 'EVENTS_UNREADABLE' : undefined),
    });
  });

  describe('repair', () => {
    faultRows(() => openWorkflowAction(repaired), {
      requests: 4,
      only: ofRuns,
      lookedUp: ({ method }) => method === 'POST',
      tolerated: comparesOnly,
    });
  });

  describe('cancel', () => {
    faultRows(() => openWorkflowAction(cancelled), { requests: 3 });
  });

  describe('run, with test results, downloads and the comparison with the last success', () => {
    faultRows(() => openWorkflowAction(withResults), {
      requests: 10,
      only: (request) => request.path.startsWith('/api/2.0/fs/') || isOfComparison(request),
      tolerated: (request) => (isOfComparison(request) ? 'NO_COMPARISON' : undefined),
    });
  });
});

/** The last lists are of the run before, to compare with. */
function isOfComparison({ path, earlier }: SentRequest): boolean {
  const listed = /\/mlflow\/runs\/search$|\/jobs\/runs\/(list|get)$/.test(path) && earlier > 0;
  return listed || path.endsWith('/mlflow/experiments/get');
}
