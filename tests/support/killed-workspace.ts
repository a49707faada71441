import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { mustNotAppear } from './captured-output';
import { send, type TestReply } from './local-workspace';

const COMMAND = resolve('bin/databricks-mlops.mjs');

/** `databricks-mlops workspace start` as a process of its own, which is killed and started again on the same port and the same state. */
export class KilledWorkspace {
  readonly data = mkdtempSync(join(tmpdir(), 'killed-workspace-'));
  #port = 0;
  #process: ChildProcess | undefined;
  url = '';
  token = '';

  constructor() {
    process.once('exit', () => this.#process?.kill('SIGKILL'));
  }

  /** @throws Error with what the process said when it ended before it answered */
  async start(): Promise<void> {
    this.#port ||= await freePort();
    const args = [COMMAND, 'workspace', 'start', '--data', this.data, '--port', String(this.#port), '--json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const lines = createInterface(child.stdout);
    const line = await Promise.race([
      once(lines, 'line').then(([text]) => String(text)),
      once(child, 'exit').then(() => ''),
    ]);
    if (line === '') {
      throw new Error(`The workspace ended at its start: ${said}`);
    }
    const [first] = JSON.parse(line) as readonly { readonly url: string; readonly token: string }[];
    this.url = first?.url ?? '';
    this.token = mustNotAppear(first?.token ?? '');
  }

  /** Nobody is asked: the process is gone, whatever it was doing. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<TestReply<T>> {
    const reply = await send<T>(this.url + path, method, { authorization: `Bearer ${this.token}` }, body);
    if (reply.status !== 200 && reply.status !== 204) {
      throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    }
    return reply;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
