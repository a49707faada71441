import type { HttpClient } from '../http/client';

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

  async current(): Promise<CurrentIdentity> {
    const { body, headers } = await this.http.request<Me, 'json'>(
      { method: 'GET', path: '/api/2.0/preview/scim/v2/Me' },
      'json',
    );
    const userName = body.userName ?? '';
    const workspaceId = headers['x-databricks-org-id'];
    return {
      id: String(body.id ?? ''),
      userName,
      displayName: body.displayName ?? userName,
      active: body.active ?? true,
      kind: APPLICATION_ID.test(userName) ? 'servicePrincipal' : 'user',
      workspaceId: typeof workspaceId === 'string' ? workspaceId : '',
      groups: (body.groups ?? []).map((group) => group.display ?? '').filter((name) => name !== ''),
    };
  }
}

interface Me {
  readonly id?: string | number;
  readonly userName?: string;
  readonly displayName?: string;
  readonly active?: boolean;
  readonly groups?: readonly { readonly display?: string }[];
}
