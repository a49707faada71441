import { startWorkflowScene } from '../workflow-scene';
import { openCheckScene } from './check-scene';
import { openDeployScene } from './deploy-scene';
import { openEvaluateScene } from './evaluate-scene';
import { openPromoteScene } from './promote-scene';
import { openRegisterScene } from './register-scene';
import type { TaskScene } from './task-scene';

/** A scene of each task, in which an ordinary step succeeds. */
export const SCENES_OF_TASKS: readonly (readonly [task: string, open: () => Promise<TaskScene>])[] = [
  ['DatabricksCheckConnection', () => openCheckScene()],
  ['DatabricksRunWorkflow', openWorkflowScene],
  ['DatabricksRegisterModel', () => openRegisterScene('mlflowRunId')],
  ['DatabricksEvaluateModel', openEvaluateScene],
  ['DatabricksPromoteModel', () => openPromoteScene('promote')],
  ['DatabricksDeployEndpoint', () => openDeployScene('create')],
];

async function openWorkflowScene(): Promise<TaskScene> {
  const scene = await startWorkflowScene();
  return {
    faults: { on: async () => undefined, off: async () => undefined, hits: async () => 0 },
    now: () => scene.clock.now(),
    async newSubject() {
      const step = await scene.newStep();
      return { name: step.jobId, step: () => step.run(), mustHold: async () => undefined };
    },
    close: () => scene.stop(),
  };
}
