import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunningWorkspace, type StartOptions, startWorkspaces } from '../../local/workspace/server';
import { parseJson } from '../../src/json';

/** One local workspace in this process for a test. */
export interface TestWorkspace extends RunningWorkspace {
  readonly data: string;
  /** All workspaces of the start; this one is the first. */
  readonly all: readonly RunningWorkspace[];
  /** Sends JSON with the administrator's token and parses what comes back (64-bit ids as text). */
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<TestReply<T>>;
  /** Ends it; the data folder goes too unless `keep`. */
  stop(keep?: 'keep'): Promise<void>;
}

export interface TestReply<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `{}` when the reply is not JSON. */
  readonly json: T;
}

/** Starts a workspace on a free port with state in a new temporary folder, or in `options.data`. */
export async function startTestWorkspace(options: Partial<StartOptions> = {}): Promise<TestWorkspace> {
  const data = options.data ?? mkdtempSync(path.join(tmpdir(), 'workspace-'));
  const running = await startWorkspaces({ ...options, data });
  const first = running.workspaces[0];
  if (first === undefined) {
    throw new Error('no workspace was started');
  }
  return {
    ...first,
    data,
    all: running.workspaces,
    call: <T>(method: string, target: string, body?: unknown, headers: Record<string, string> = {}) =>
      send<T>(first.url + target, method, { authorization: `Bearer ${first.token}`, ...headers }, body),
    stop: async (keep) => {
      await running.stop();
      if (keep === undefined) {
        rmSync(data, { recursive: true, force: true });
      }
    },
  };
}

/** One request with exactly these headers. */
export async function send<T = Record<string, unknown>>(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<TestReply<T>> {
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = text !== '' && (response.headers.get('content-type')?.startsWith('application/json') ?? false);
  return { status: response.status, headers: response.headers, text, json: (isJson ? parseJson(text) : {}) as T };
}

/** Status of a request whose path and `Host` go out as they are (`fetch` would tidy both). */
export function rawStatus(url: string, requestPath: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const request = httpRequest(
      { host: target.hostname, port: target.port, path: requestPath, headers },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.once('error', reject);
    request.end();
  });
}
