import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readText } from '../support/declared';

/** Kinds of checks by the ids under which Azure DevOps knows them. Source: REST API of approvals and checks 7.2; the Terraform provider. */
const KINDS: Readonly<Record<string, string>> = {
  '8c6f20a7-a545-4486-9777-f762fafe0d4d': 'Approval',
  'fe1de3ee-a436-41b4-bb20-f6eb4cb879a7': 'Task Check',
  '2ef31ad6-baa0-403a-8b45-2cbc9b4e5563': 'ExclusiveLock',
  '4020e66e-b0f3-47e1-bc88-48f3cc59b5f3': 'ExtendsCheck',
};
const TASKS: Readonly<Record<string, string>> = {
  '445fde2f-6c39-441c-807f-8a59ff2e075f': 'evaluateBusinessHours',
  '86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b': 'evaluatebranchProtection',
  '9c3e8943-130d-4c78-ac63-8af81df62dfb': 'InvokeRESTAPI',
};

interface CheckConfiguration {
  readonly type: { readonly id: string; readonly name: string };
  readonly resource: { readonly type: string; readonly id: string; readonly name: string };
  readonly timeout: number;
  readonly settings: { readonly definitionRef?: { readonly id: string; readonly name: string } };
}

const shellBlocks = [...readText('docs', 'gates.md').matchAll(/```bash\n([\s\S]*?)```/g)].map(
  ([, block = '']) => block,
);
const calls = shellBlocks.filter((block) => block.startsWith('checks <<'));
const hasCurl = spawnSync('curl', ['--version']).status === 0;

describe('docs/gates.md', () => {
  let server: Server;
  let requests: { path: string; authorization: string; body: string }[];

  beforeEach((done) => {
    requests = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString('utf8');
      });
      request.on('end', () => {
        requests.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '', body });
        response.end('{}');
      });
    }).listen(0, '127.0.0.1', done);
  });

  afterEach((done) => {
    server.close(done);
  });

  it('shows a call for each of the six checks', () => {
    const kinds = calls.map((call) => /"displayName": "([^"]+)"/.exec(call)?.[1] ?? /"name": "(\w+)"/.exec(call)?.[1]);
    assert.deepEqual(kinds, [
      'Approval',
      'Branch control',
      'ExtendsCheck',
      'Business hours',
      'ExclusiveLock',
      'Change board',
    ]);
  });

  for (const call of calls) {
    const title = /"name": "([^"]+)" }/.exec(call)?.[1] ?? call;
    it(`${title}: the commands as they stand send one check that Azure DevOps knows`, async function () {
      if (!hasCurl) {
        this.skip();
      }
      const { port } = server.address() as AddressInfo;
      const [settings = ''] = shellBlocks;
      const script = `${settings
        .replace(/ORGANISATION=\S+/, `ORGANISATION=http://127.0.0.1:${port}`)
        .replace(/"\$\(az [^)]*\)"/, '"token-of-az"')}\n${call}`;
      assert.equal(await exitCodeOf(script), 0);
      const [sent, another] = requests;
      assert.equal(another, undefined);
      assert.equal(sent?.path, '/churn/_apis/pipelines/checks/configurations?api-version=7.1-preview.1');
      assert.equal(sent.authorization, 'Bearer token-of-az');
      checkConfiguration(JSON.parse(sent.body) as CheckConfiguration);
    });
  }
});

function checkConfiguration({ type, resource, timeout, settings }: CheckConfiguration): void {
  assert.equal(KINDS[type.id], type.name);
  assert.ok(['environment', 'endpoint'].includes(resource.type));
  assert.ok(Number.isInteger(timeout) && timeout > 0 && timeout <= 43_200);
  if (type.name === 'Task Check') {
    assert.equal(TASKS[settings.definitionRef?.id ?? ''], settings.definitionRef?.name);
  }
}

function exitCodeOf(script: string): Promise<number | null> {
  return new Promise((ended, failed) => {
    const shell = spawn('bash', ['-c', script], { stdio: 'ignore' });
    shell.once('error', failed);
    shell.once('close', ended);
  });
}
