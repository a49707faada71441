import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../../src/http/network';
import { html } from '../../html';
import { ApiError, type Principal, type Reply, type Workspace } from '../api';
import type { Router } from '../router';
import { pageReply } from './frame';
import type { Site } from './in-process-call';
import { pageOf } from './pages';
import { Sessions } from './sessions';

/** The pages for people, behind a link and then a cookie of this workspace. */
export class StartPage implements Site {
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

  /** The reply for a page, `undefined` when the path is not one and nobody looks at it with a browser. */
  async answer(request: IncomingMessage, url: URL): Promise<Reply | undefined> {
    if (request.method !== 'GET') {
      return undefined;
    }
    if (url.pathname === '/start') {
      return this.#redeem(url.searchParams.get('key') ?? '', request);
    }
    const page = pageOf(url.pathname);
    if (page === undefined && !this.#isLookedFor(request, url)) {
      return undefined;
    }
    if (!this.#hasSession(request)) {
      return pageReply(
        this.workspace,
        'Local workspace',
        html`<p>Open the link to the start page that the start of the workspace printed, then this page again.</p>`,
        401,
      );
    }
    return page === undefined ? this.#nothingThere(url) : this.#shown(page, url);
  }

  /** A browser asks for a page that a real workspace may have; the operations of the API answer for themselves. */
  #isLookedFor({ headers }: IncomingMessage, { pathname }: URL): boolean {
    const wantsPage = (headers.accept ?? '').includes('text/html');
    return wantsPage && !pathname.startsWith('/api/') && this.router.find('GET', pathname) === undefined;
  }

  async #shown(page: NonNullable<ReturnType<typeof pageOf>>, url: URL): Promise<Reply> {
    try {
      const { title, body } = await page(this, url.searchParams);
      return pageReply(this.workspace, title, body);
    } catch (error) {
      if (error instanceof ApiError) {
        return pageReply(this.workspace, 'Not there', html`<p>${error.message}</p>`, 404);
      }
      throw error;
    }
  }

  #nothingThere({ pathname }: URL): Reply {
    return pageReply(
      this.workspace,
      'No page',
      html`<p>The local workspace has no page <code>${pathname}</code>. It has pages of runs, jobs, models, endpoints, experiments and pipelines, which
its <a href="/">start page</a> lists.</p>`,
      404,
    );
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
