import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../../src/http/network';
import { html } from '../../html';
import { ApiError, type Principal, type Reply, type Workspace } from '../api';
import { readLog } from '../jobs/attempt-folder';
import type { Router } from '../router';
import { pageReply } from './frame';
import { askOperation } from './in-process-call';
import { type Overview, overviewBody } from './overview';
import { runBody, type ShownTask } from './run-page';
import { Sessions } from './sessions';

/** The pages for people, behind a link and then a cookie of this workspace. */
export class StartPage {
  readonly #sessions: Sessions;

  constructor(
    readonly workspace: Workspace,
    readonly router: Router,
    readonly viewer: Principal,
  ) {
    this.#sessions = new Sessions(workspace.clock);
  }

  /** A new link that opens the pages. */
  newLink(): string {
    return `${this.workspace.url}/start?key=${this.#sessions.newLink()}`;
  }

  /** The reply for a page, `undefined` when the path is not one. */
  async answer(request: IncomingMessage, url: URL): Promise<Reply | undefined> {
    const runId = /^\/runs\/(\d{1,19})$/.exec(url.pathname)?.[1];
    if (request.method !== 'GET' || (url.pathname !== '/' && url.pathname !== '/start' && runId === undefined)) {
      return undefined;
    }
    if (url.pathname === '/start') {
      return this.#redeem(url.searchParams.get('key') ?? '', request);
    }
    if (!this.#hasSession(request)) {
      return pageReply(
        this.workspace,
        'Local workspace',
        html`<p>Open the link to the start page that the start of the workspace printed, then this page again.</p>`,
        401,
      );
    }
    return runId === undefined ? this.#overview() : this.#run(runId);
  }

  async #overview(): Promise<Reply> {
    const [{ jobs = [] }, { runs = [] }, { registered_models: models = [] }, { endpoints = [] }] = await Promise.all([
      askOperation<{ jobs?: Overview['jobs'] }>(this, '/api/2.2/jobs/list?limit=100'),
      askOperation<{ runs?: Overview['runs'] }>(this, '/api/2.2/jobs/runs/list?limit=25'),
      askOperation<{ registered_models?: Overview['models'] }>(this, '/api/2.1/unity-catalog/models'),
      askOperation<{ endpoints?: Overview['endpoints'] }>(this, '/api/2.0/serving-endpoints'),
    ]);
    const withAliases = models.map((model) =>
      askOperation<Overview['models'][number]>(
        this,
        `/api/2.1/unity-catalog/models/${encodeURIComponent(model.full_name)}?include_aliases=true`,
      ),
    );
    const body = overviewBody({ jobs, runs, models: await Promise.all(withAliases), endpoints });
    return pageReply(this.workspace, `Local workspace ${this.workspace.name}`, body);
  }

  async #run(runId: string): Promise<Reply> {
    try {
      const run = await askOperation<ShownTask & { tasks?: ShownTask[] }>(
        this,
        `/api/2.2/jobs/runs/get?run_id=${runId}`,
      );
      const tasks = await Promise.all((run.tasks ?? []).map((task) => this.#task(task)));
      return pageReply(this.workspace, `Run ${runId}`, runBody(run, tasks));
    } catch (error) {
      if (error instanceof ApiError) {
        return pageReply(this.workspace, 'Unknown run', html`<p>${error.message}</p>`, 404);
      }
      throw error;
    }
  }

  async #task(task: ShownTask): Promise<ShownTask> {
    const output = await askOperation<{ error?: string; notebook_output?: { result?: string } }>(
      this,
      `/api/2.2/jobs/runs/get-output?run_id=${task.run_id}`,
    );
    const result = output.notebook_output?.result;
    return {
      ...task,
      log: (await readLog(this.workspace, task.run_id)).text,
      ...(output.error === undefined ? {} : { error: output.error }),
      ...(result === undefined ? {} : { exitValue: result }),
    };
  }

  #redeem(key: string, { socket }: IncomingMessage): Reply {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const session = this.#sessions.redeem(key, isLoopback(address) ? 'this machine' : 'elsewhere');
    if (session === undefined) {
      return pageReply(
        this.workspace,
        'Local workspace',
        html`<p>This link is of another start, or was used from another machine already. The running start printed its own; one that is lost comes
with the next start of the workspace, whose state stays.</p>`,
        403,
      );
    }
    const cookie = `${this.#cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict`;
    return { status: 303, headers: { location: '/', 'set-cookie': cookie }, body: '' };
  }

  #hasSession(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    const own = cookies.find((cookie) => cookie.startsWith(`${this.#cookieName}=`));
    return own !== undefined && this.#sessions.isOpen(own.slice(this.#cookieName.length + 1));
  }

  /** Cookies do not tell ports apart: each workspace needs a name of its own. */
  get #cookieName(): string {
    return `workspace-${new URL(this.workspace.url).port}`;
  }
}
