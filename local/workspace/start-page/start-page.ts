import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Principal, Reply, Workspace } from '../api';
import type { Router } from '../router';

const SESSION_HOURS = 12;

/** The pages for people, behind a link that works once and then a cookie of this workspace. */
export class StartPage {
  readonly #links = new Set<string>();
  readonly #sessions = new Map<string, number>();

  constructor(
    private readonly workspace: Workspace,
    readonly router: Router,
    readonly viewer: Principal,
  ) {}

  /** A new link that opens the pages once. */
  newLink(): string {
    const key = randomBytes(24).toString('base64url');
    this.#links.add(digest(key));
    return `${this.workspace.url}/start?key=${key}`;
  }

  /** The reply for a page, `undefined` when the path is not one. */
  async answer(request: IncomingMessage, url: URL): Promise<Reply | undefined> {
    if (request.method !== 'GET' || url.pathname.startsWith('/api/')) {
      return undefined;
    }
    if (url.pathname === '/start') {
      return this.#redeem(url.searchParams.get('key') ?? '');
    }
    return undefined;
  }

  #redeem(key: string): Reply {
    if (!this.#links.delete(digest(key))) {
      return {
        status: 403,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: 'This link was used or is unknown.\n',
      };
    }
    const session = randomBytes(24).toString('base64url');
    this.#sessions.set(digest(session), this.workspace.clock.now() + SESSION_HOURS * 3_600_000);
    const cookie = `workspace-${this.workspace.id}=${session}; Path=/; HttpOnly; SameSite=Strict`;
    return { status: 303, headers: { location: '/', 'set-cookie': cookie }, body: '' };
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
