import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDeployments } from '../../../../../local/workspace/serving/deployments';
import { mlflowScorers } from '../../../../../local/workspace/serving/mlflow-scorers';
import type { Scorer, ScorerLaunch } from '../../../../../local/workspace/serving/scorers';
import { VirtualClock } from '../../../../support/virtual-clock';

function launchOf(modelFolder: string): ScorerLaunch {
  return { modelFolder, environment: {}, buildLog: () => undefined, log: () => undefined };
}

describe('deployments', () => {
  it('have all ended only when the process of one that was replaced before has ended too', async () => {
    let letEnd: () => void = () => undefined;
    const stopping = new Promise<void>((resolve) => {
      letEnd = resolve;
    });
    const scorer: Scorer = {
      ended: new Promise(() => undefined),
      invoke: async () => assert.fail('nobody asks'),
      stop: () => stopping,
    };
    const deployments = createDeployments(new VirtualClock(), { start: async () => scorer });
    await new Promise<void>((ready) => {
      deployments.start(
        'replaced',
        () => launchOf('/models/1'),
        false,
        () => ready(),
      );
    });
    const replaced = deployments.end('replaced');
    let over = false;
    const all = deployments.endAll().then(() => {
      over = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(over, false);
    letEnd();
    await Promise.all([replaced, all]);
    assert.deepEqual(deployments.keys(), []);
  });

  it('end while the environment of their model is still being installed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-'));
    try {
      writeFileSync(join(folder, 'requirements.txt'), 'mlflow-skinny\n');
      let begun: () => void = () => undefined;
      const installing = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const python = {
        interpreter: () => {
          begun();
          return new Promise<string>(() => undefined);
        },
      };
      const deployments = createDeployments(new VirtualClock(), mlflowScorers(python));
      deployments.start(
        'slow',
        () => launchOf(folder),
        false,
        () => assert.fail('it never gets ready'),
      );
      await installing;
      await deployments.endAll();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
