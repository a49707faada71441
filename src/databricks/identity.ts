import type { HttpClient } from '../http/client';
import { objectIn, objectsIn, textIn } from './answer-shape';

/** Who the credentials are, and where. */
export interface CurrentIdentity {
  readonly id: string;
  /** E-mail of a user, application id of a service principal. */
  readonly userName: string;
  readonly displayName: string;
  readonly active: boolean;
  readonly kind: 'user' | 'servicePrincipal';
  /** Numeric id of the workspace (header `X-Databricks-Org-Id`); empty when it was not sent. */
  readonly workspaceId: string;
  readonly groups: readonly string[];
}

const APPLICATION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `GET /api/2.0/preview/scim/v2/Me`. */
export class IdentityApi {
  constructor(private readonly http: HttpClient) {}

  /** @throws TaskError ANSWER_UNEXPECTED */
  async current(): Promise<CurrentIdentity> {
    const { body, headers } = await this.http.request<unknown, 'json'>(
      { method: 'GET', path: '/api/2.0/preview/scim/v2/Me' },
      'json',
    );
    const me = objectIn(body, WHAT);
    const userName = textIn(me, 'userName', WHAT);
    const workspaceId = headers['x-databricks-org-id'];
    return {
      id: String(me.id ?? ''),
      userName,
      displayName: textIn(me, 'displayName', WHAT) || userName,
      active: me.active !== false,
      kind: APPLICATION_ID.test(userName) ? 'servicePrincipal' : 'user',
      workspaceId: typeof workspaceId === 'string' ? workspaceId : '',
      groups: objectsIn(me, 'groups', WHAT)
        .map((group) => textIn(group, 'display', WHAT))
        .filter((name) => name !== ''),
    };
  }
}

const WHAT = 'the current identity';
