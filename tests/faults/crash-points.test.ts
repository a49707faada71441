import { crashPoints } from './crash-points';
import { type Deployment, openDeployScene } from './scenes/deploy-scene';
import { openRegisterScene, type RegisterSource } from './scenes/register-scene';
import { openUpdateScene } from './scenes/update-scene';
import { openWorkflowAction } from './scenes/workflow-action-scene';
import { cancelled, repaired, submitted, withResults } from './scenes/workflow-subjects';

const ACTIONS = [
  ['submit', submitted, 15],
  ['repair', repaired, 7],
  ['run with what it left', withResults, 20],
] as const;
const DEPLOYMENTS: readonly (readonly [Deployment, number])[] = [
  ['create', 5],
  ['update', 5],
  ['delete', 3],
];
const SOURCES: readonly (readonly [RegisterSource, number])[] = [
  ['mlflowRunId', 20],
  ['loggedModelId', 20],
  ['workflowRunId', 20],
];

describe('steps that die at every request', () => {
  for (const [action, subject, requests] of ACTIONS) {
    for (const held of [false, true]) {
      describe(`DatabricksRunWorkflow, ${action}${held ? ', while the run goes on' : ''}`, () => {
        crashPoints(
          () => openWorkflowAction(subject),
          (scene) => ({
            requests,
            beforeStep: (step) => {
              scene().jobs.held = held && step === 'dies';
            },
          }),
        );
      });
    }
  }

  describe('DatabricksRunWorkflow, cancel', () => {
    crashPoints(
      () => openWorkflowAction(cancelled),
      () => ({ requests: 3 }),
    );
  });

  for (const held of [false, true]) {
    describe(`DatabricksRunWorkflow, update${held ? ', while the update goes on' : ''}`, () => {
      crashPoints(openUpdateScene, (scene) => ({
        requests: 4,
        beforeStep: (step) => {
          scene().held = held && step === 'dies';
        },
      }));
    });
  }

  for (const [deployment, requests] of DEPLOYMENTS) {
    describe(`DatabricksDeployEndpoint, ${deployment}`, () => {
      crashPoints(
        () => openDeployScene(deployment),
        () => ({ requests }),
      );
    });
  }

  for (const [source, requests] of SOURCES) {
    describe(`DatabricksRegisterModel, from ${source}`, () => {
      crashPoints(
        () => openRegisterScene(source),
        () => ({ requests }),
      );
    });
  }
});
