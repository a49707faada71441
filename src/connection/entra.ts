import type { Clock } from '../clock';
import type { HttpClient } from '../http/client';
import { path } from '../http/path';
import { asking, type Party } from './party';
import type { Token } from './token';
import { requestToken } from './token-endpoint';

/** An application of Entra, as who asks for its tokens knows it. */
export interface EntraApplication {
  /** Such as `https://login.microsoftonline.com`. */
  readonly authority: string;
  readonly tenant: string;
  /** Application (client) id. */
  readonly id: string;
}

/** What messages call Entra. @param authority such as `https://login.microsoftonline.com` */
export function entraName(authority: string): string {
  return `Microsoft Entra (${new URL(authority).host})`;
}

/** Client credentials at the token endpoint of Entra, version 2 (Microsoft identity platform, OAuth 2.0 client credentials). */
export class EntraClient {
  constructor(
    private readonly http: HttpClient,
    private readonly clock: Clock,
    readonly application: EntraApplication,
  ) {}

  /** Absolute URL; also the audience of assertions that the application signs itself. */
  get tokenEndpoint(): string {
    return this.application.authority + path`/${this.application.tenant}/oauth2/v2.0/token`;
  }

  /** @throws TaskError CREDENTIAL_REFUSED */
  tokenBySecret(resource: string, secret: string): Promise<Token> {
    return this.token(
      resource,
      { client_secret: secret },
      {
        credential: 'the secret of the service connection',
        todo: 'Make a new secret for the application and save it in the service connection, or convert the connection to workload identity federation.',
      },
    );
  }

  /**
   * @param assertion a JWT that the application signed, or one that a federated credential trusts
   * @param refusal what to say of it when it is refused
   * @throws TaskError CREDENTIAL_REFUSED
   */
  tokenByAssertion(resource: string, assertion: string, refusal: Omit<Party, 'name'>): Promise<Token> {
    const proof = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    };
    return this.token(resource, proof, refusal);
  }

  /**
   * Milliseconds since the epoch by the clock of Entra: assertions that a wrong clock here has dated are refused there.
   * @throws TaskError CREDENTIAL_REFUSED when Entra does not know the tenant
   */
  async time(): Promise<number> {
    const { authority, tenant } = this.application;
    const party = {
      name: entraName(authority),
      credential: `its metadata of tenant ${tenant}`,
      todo: 'Check the tenant of the service connection, and that the agent reaches Entra.',
    };
    const answer = await asking(party, () =>
      this.http
        .at(authority)
        .request({ method: 'GET', path: path`/${tenant}/v2.0/.well-known/openid-configuration` }, 'text'),
    );
    const time = Date.parse(answer.headers.date ?? '');
    return Number.isFinite(time) ? time : this.clock.now();
  }

  private token(
    resource: string,
    proof: Readonly<Record<string, string>>,
    refusal: Omit<Party, 'name'>,
  ): Promise<Token> {
    const { authority, id } = this.application;
    const form = { grant_type: 'client_credentials', client_id: id, scope: `${resource}/.default`, ...proof };
    const party = { name: entraName(authority), ...refusal };
    return requestToken(this.http, party, this.tokenEndpoint, form, this.clock);
  }
}
