import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock';
import { agentStep } from '../support/agent-step';
import {
  JOB_TOKEN,
  PRINCIPALS,
  type SignInScene,
  STRANGER,
  startSignInScene,
  type Way,
} from '../support/sign-in-scene';

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

describe('every way to sign in, as the agent starts the step', () => {
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

  it('says in the log which party refused and which command mends it', async () => {
    const databricks = await step(withId(scene.way('federation')));
    assert.equal(databricks.result, 'Failed');
    assert.match(databricks.message, /Databricks \(127\.0\.0\.1:\d+\) refused the ID token/);
    assert.match(
      databricks.message,
      /databricks account service-principal-federation-policy create <id> --json '\{"oidc_policy"/,
    );
    assert.ok(databricks.message.includes("sc://contoso/churn/dbx o'neil"), databricks.message);
    const entra = await step(withId(scene.way('Azure: federation')));
    assert.match(entra.message, /Microsoft Entra \(127\.0\.0\.1:\d+\) refused the ID token/);
    assert.match(entra.message, /az ad app federated-credential create --id \S+ --parameters '\{"name"/);
  });

  it('says how an identity becomes a user that has a role on the workspace only', async () => {
    const way = scene.way('Azure: role on the workspace only');
    const { result, message } = await step({ ...way, variables: {} });
    assert.equal(result, 'Failed');
    assert.match(message, /The credential is good, but the workspace lets its identity do nothing/);
    assert.ok(
      message.includes(`databricks service-principals create --application-id ${PRINCIPALS.roleOnly}`),
      message,
    );
  });

  it('fails before anything is sent for no connection, for two, and for one of another cloud', async () => {
    const own = scene.way('token');
    const azure = scene.way('Azure: secret');
    const codes = async (way: Way, inputs: Record<string, string>) =>
      (await step(way, inputs)).issues.map(({ code }) => code);
    assert.deepEqual(await codes(own, { databricksConnection: '' }), ['CONNECTION_REQUIRED']);
    assert.deepEqual(await codes(own, { workspaceUrl: 'https://other.example' }), ['CONNECTION_AMBIGUOUS']);
    assert.deepEqual(await codes(azure, { workspaceUrl: '' }), ['WORKSPACE_URL_REQUIRED']);
    const china = { ...azure, connection: { ...azure.connection, data: { environment: 'AzureChinaCloud' } } };
    assert.deepEqual(await codes(china, { workspaceUrl: 'https://adb-1.2.azuredatabricks.net' }), ['CLOUD_DIFFERS']);
  });
});

/** The same connection under an id that nobody trusts. */
function withId(way: Way): Way {
  return { ...way, connection: { ...way.connection, id: STRANGER.id } };
}
