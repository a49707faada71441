import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock';
import { agentStep } from '../support/agent-step';
import { JOB_TOKEN, type SignInScene, startSignInScene, type Way } from '../support/sign-in-scene';

const NAMES = [
  'token',
  'service principal secret',
  'federation',
  'Azure: federation',
  'Azure: federation, issued by Entra',
  'Azure: secret',
  'Azure: certificate',
  'Azure: managed identity of a virtual machine',
  'Azure: managed identity assigned by a user',
  'Azure: managed identity of a container',
  'Azure: role on the workspace only',
];

describe('every way to sign in, as the agent starts the step', function () {
  this.timeout(60_000);
  let scene: SignInScene;
  before(async () => {
    scene = await startSignInScene(systemClock);
  });
  after(() => scene.stop());

  const step = ({ input, connection, variables }: Way, inputs: Record<string, string> = {}) =>
    agentStep('DatabricksCheckConnection', {
      inputs: {
        checks: 'identity',
        [input]: connection.id,
        ...(input === 'azureSubscription' ? { workspaceUrl: scene.workspace.url } : {}),
        ...inputs,
      },
      connections: [connection],
      jobAccessToken: JOB_TOKEN,
      variables: { ...scene.variables, ...variables },
    });

  it('is in the table', () => {
    assert.deepEqual(
      scene.ways.map(({ name }) => name),
      NAMES,
    );
  });

  for (const name of NAMES) {
    it(`signs in by ${name}`, async () => {
      const way = scene.way(name);
      const { result, outputs, output } = await step(way);
      assert.equal(result, 'Succeeded', output);
      const { userName = outputs['identity'] } = way;
      assert.equal(outputs['identity'], userName);
    });
  }
});
