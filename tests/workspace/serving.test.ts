import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedEnvironments } from '../../local/workspace/python/cached-environments';
import { requirementLines } from '../../local/workspace/python/constraints';
import { createServing } from '../../local/workspace/serving/service';
import { systemClock } from '../../src/clock';
import { root } from '../support/declared';
import { type ServiceWorkspace, startServiceWorkspace } from '../support/service-workspace';

const requirements = join(root, 'samples', 'diabetes', 'requirements.txt');
const endpoints = '/api/2.0/serving-endpoints';

describe('serving with real MLflow scoring processes', function () {
  this.timeout(300_000);
  const python = cachedEnvironments();
  let folder: string;
  let model: string;
  let broken: string;
  let interpreter: string;
  let local: ServiceWorkspace;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'databricks-mlops-model-'));
    model = join(folder, 'model');
    interpreter = await python.interpreter(requirementLines(readFileSync(requirements, 'utf8')));
    const save = join(__dirname, 'fixtures', 'save_model.py');
    execFileSync(interpreter, [save, model, requirements], { stdio: 'pipe' });
    broken = join(folder, 'broken');
    cpSync(model, broken, { recursive: true });
    appendFileSync(join(broken, 'MLmodel'), '\nflavors: nonsense\n');
    local = await startServiceWorkspace(systemClock, (workspace) => [
      createServing(workspace, python, {
        version: (_, version) => ({ status: 'READY', folder: version === '1' ? model : broken }),
      }),
    ]);
  });

  after(async () => {
    await local.close();
    assert.deepEqual(scoringProcesses(model), []);
    rmSync(folder, { recursive: true, force: true });
  });

  const invoke = (body: unknown) => local.request('POST', '/serving-endpoints/price/invocations', body);
  const split = (columns: string[], data: number[][]) => ({ dataframe_split: { columns, data } });

  async function until(ready: 'READY' | 'NOT_READY'): Promise<void> {
    for (;;) {
      const { state } = (await local.request('GET', `${endpoints}/price`)).json;
      if (state.ready === ready && state.config_update !== 'IN_PROGRESS') {
        return;
      }
      await systemClock.sleep(50);
    }
  }

  it('answers as the MLflow scoring server does', async () => {
    const config = { served_entities: [{ entity_name: 'main.demo.price', entity_version: '1' }] };
    await local.request('POST', endpoints, { name: 'price', config });
    await until('READY');
    const answered = await invoke(split(['rooms', 'age'], [[4, 2]]));
    assert.equal(answered.status, 200);
    assert.equal(answered.headers.get('served-model-name'), 'price-1');
    assert.ok(Math.abs(answered.json.predictions[0] - 398) < 1e-6);

    const wrongColumn = await invoke(split(['rooms'], [[4]]));
    assert.equal(wrongColumn.status, 400);
    assert.equal(wrongColumn.json.error_code, 'INVALID_PARAMETER_VALUE');
    const noJson = await invoke('rooms=4');
    assert.equal(noJson.status, 400);
    assert.equal(noJson.json.error_code, 'BAD_REQUEST');
  });

  if (process.platform === 'linux') {
    it('is reached through the workspace only', async () => {
      const [pid] = scoringProcesses(model);
      const ports = listeningPorts(pid ?? 0);
      assert.equal(ports.length, 1);
      const direct = await fetch(`http://127.0.0.1:${ports[0]}/invocations`, { method: 'POST', body: '{}' });
      assert.equal(direct.status, 403);
    });
  }

  it('comes back after its process was killed', async () => {
    const [pid] = scoringProcesses(model);
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    await until('NOT_READY');
    assert.equal((await invoke(split(['rooms', 'age'], [[4, 2]]))).status, 503);
    await until('READY');
    assert.notEqual(scoringProcesses(model)[0], pid);
    assert.equal((await invoke(split(['rooms', 'age'], [[4, 2]]))).status, 200);
  });

  it('keeps the working version when the next one cannot be loaded, and says why', async () => {
    const config = { served_entities: [{ entity_name: 'main.demo.price', entity_version: '2' }] };
    await local.request('PUT', `${endpoints}/price/config`, config);
    await until('READY');
    const { state, pending_config } = (await local.request('GET', `${endpoints}/price`)).json;
    assert.equal(state.config_update, 'UPDATE_FAILED');
    const [entity] = pending_config.served_entities;
    assert.equal(entity.state.deployment, 'DEPLOYMENT_FAILED');
    assert.match(entity.state.deployment_state_message, /ended with exit code 1.*Error/s);
    assert.equal((await invoke(split(['rooms', 'age'], [[4, 2]]))).headers.get('served-model-name'), 'price-1');
    const logs = await local.request('GET', `${endpoints}/price/served-models/price-2/logs`);
    assert.match(logs.json.logs, /Traceback/);
  });

  it('leaves no process when the workspace itself is killed', async () => {
    const own = join(folder, 'own');
    cpSync(model, own, { recursive: true });
    const owner = spawn(process.execPath, [
      '--import',
      'tsx',
      join(__dirname, 'fixtures', 'scorer-owner.ts'),
      interpreter,
      own,
    ]);
    await once(owner.stdout, 'data');
    assert.equal(scoringProcesses(own).length, 1);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    while (scoringProcesses(own).length > 0) {
      await systemClock.sleep(50);
    }
  });
});

/** Process ids of the scorers that serve a folder. */
function scoringProcesses(modelFolder: string): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args=', '-ww'], { encoding: 'utf8' }).split('\n');
  return lines
    .filter((line) => line.includes('scoring_server') && line.trimEnd().endsWith(` ${modelFolder}`))
    .map((line) => Number(line.trim().split(' ')[0]));
}

/** Ports on which a process listens (proc(5): /proc/net/tcp, state 0A). */
function listeningPorts(pid: number): number[] {
  const sockets = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)));
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && sockets.has(`socket:[${fields[9]}]`))
    .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16));
}
