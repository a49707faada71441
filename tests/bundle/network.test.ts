import assert from 'node:assert/strict';
import { agentStep, tokenScheme } from '../support/agent-step';
import { leaksIn } from '../support/captured-output';
import { type Authority, type Certificate, privateAuthority } from '../support/certificates';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { startTlsFront, type TlsFront } from '../support/tls-front';
import { startTunnelProxy, type TunnelProxy } from '../support/tunnel-proxy';

const PASSWORD = 'pa55 of/the:proxy';
const PASSPHRASE = 'passphrase of the key';
/** What registers secrets; the agent shows it to nobody. */
const HIDDEN_BY_AGENT = /^##vso\[task\.setsecret\]/;

/** A workspace of a bank: TLS by its own authority, client certificates, no way but through the proxy. */
describe('the network as the agent is configured', () => {
  let authority: Authority;
  let client: Certificate;
  let workspace: TestWorkspace;
  let front: TlsFront;
  let proxy: TunnelProxy;

  before(async () => {
    authority = privateAuthority();
    client = authority.issue('agent-7', [], PASSPHRASE);
    workspace = await startTestWorkspace();
    const server = authority.issue('workspace', ['DNS:workspace.example']);
    front = await startTlsFront(workspace.url, server, authority.cert);
    proxy = await startTunnelProxy(front.port, `agent:${PASSWORD}`);
  });
  after(async () => {
    await proxy.close();
    await front.close();
    await workspace.stop();
    authority.remove();
  });

  const step = (variables: Record<string, string>, password = PASSWORD) =>
    agentStep('DatabricksCheckConnection', {
      inputs: { databricksConnection: 'dbx', checks: 'identity' },
      connections: [tokenScheme('https://workspace.example', workspace.token)],
      variables: {
        'Agent.ProxyUrl': `http://127.0.0.1:${proxy.port}`,
        'Agent.ProxyUsername': 'agent',
        'Agent.ProxyBypassList': JSON.stringify(['^https://dev\\.azure\\.com']),
        'Agent.ClientCert': client.certFile,
        'Agent.ClientCertKey': client.keyFile,
        ...variables,
      },
      secretVariables: { 'Agent.ProxyPassword': password, 'Agent.ClientCertPassword': PASSPHRASE },
    });

  it('goes through the proxy with the certificate of the agent and trusts the private authority', async () => {
    const { result, output, issues } = await step({ 'Agent.CAInfo': authority.certFile });
    assert.equal(result, 'Succeeded', output);
    assert.deepEqual(issues, []);
    const shown = output.split('\n').filter((line) => !HIDDEN_BY_AGENT.test(line));
    assert.deepEqual(leaksIn([{ from: 'the log', text: shown.join('\n') }], [PASSWORD, PASSPHRASE]), []);
    assert.deepEqual(new Set(front.clients), new Set(['agent-7']));
    const authorization = `Basic ${Buffer.from(`agent:${PASSWORD}`).toString('base64')}`;
    assert.ok(proxy.asked.length > 0);
    for (const asked of proxy.asked) {
      assert.deepEqual(asked, { target: 'workspace.example:443', authorization });
    }
  });

  it('accepts any certificate where the agent does, with a warning', async () => {
    const { result, output, issues } = await step({ 'Agent.SkipCertValidation': 'True' });
    assert.equal(result, 'Succeeded', output);
    assert.deepEqual(
      issues.map(({ type, code }) => [type, code]),
      [['warning', 'TLS_NOT_VERIFIED']],
    );
  });

  it('names the certificate authority when the server is not trusted', async () => {
    const { result, output } = await step({});
    assert.equal(result, 'Failed');
    assert.match(output, /certificate of workspace\.example is not trusted/);
    assert.match(output, /sslcacert/);
  });

  it('names the proxy when it refuses the credentials', async () => {
    const { result, output } = await step({ 'Agent.CAInfo': authority.certFile }, 'not the password');
    assert.equal(result, 'Failed');
    assert.match(output, /proxy refused the credentials/i);
  });

  it('fails with one sentence for a file that is not there and a bypass list that is none', async () => {
    const missing = await step({ 'Agent.CAInfo': '/nowhere/ca.pem' });
    assert.deepEqual(
      missing.issues.map(({ code }) => code),
      ['CERTIFICATE_UNREADABLE'],
      missing.output,
    );
    const broken = await step({ 'Agent.ProxyBypassList': JSON.stringify(['*.example']) });
    assert.deepEqual(
      broken.issues.map(({ code }) => code),
      ['PROXY_INVALID'],
      broken.output,
    );
  });
});
