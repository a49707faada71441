import { exportJWK, generateKeyPair, type JSONWebKeySet, type KeyLike, SignJWT } from 'jose';
import type { RunRecord } from '../record/run-record';
import type { ServiceConnectionName, ServiceOptions } from './ports';

/** Lifetime of an ID token, in seconds. */
const LIFETIME_SECONDS = 600;
const AUDIENCE = 'api://AzureADTokenExchange';
const KEY_ID = 'local-azure-devops';

/** What who trusts the tokens of a connection must be told. */
export interface Federation {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly jwks: JSONWebKeySet;
}

/** Signs ID tokens with a key of its own, made at start and kept nowhere. Forms of the claims: Azure Pipelines, workload identity federation. */
export class TokenIssuer {
  private constructor(
    private readonly options: ServiceOptions,
    private readonly key: KeyLike,
    /** Public keys. */
    readonly jwks: JSONWebKeySet,
  ) {}

  static async create(options: ServiceOptions): Promise<TokenIssuer> {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' };
    return new TokenIssuer(options, privateKey, { keys: [jwk] });
  }

  /** Issuer of tokens that Azure DevOps issues itself. */
  get issuer(): string {
    return `https://vstoken.dev.azure.com/${this.options.organization.id}`;
  }

  /** Claims of a connection's tokens: those of Azure DevOps, or of Microsoft Entra where the connection says so. */
  federation(connection: ServiceConnectionName, project: string): Federation {
    const { organization } = this.options;
    const { jwks } = this;
    const { entra } = connection;
    if (entra === undefined) {
      const subject = `sc://${organization.name}/${project}/${connection.name}`;
      return { issuer: this.issuer, subject, audiences: [AUDIENCE], jwks };
    }
    return {
      issuer: `https://login.microsoftonline.com/${entra.tenantId}/v2.0`,
      // The real tenant and application stand there in another coding, which is not documented [U].
      subject: `/eid1/c/pub/t/${entra.tenantId}/a/${entra.applicationId}/sc/${organization.id}/${connection.id}`,
      audiences: [AUDIENCE],
      jwks,
    };
  }

  /** A token for a connection, or for the pipeline itself (`undefined`). */
  async token(record: RunRecord, connection: ServiceConnectionName | undefined): Promise<string> {
    const { organization, clock } = this.options;
    const now = Math.floor(clock.now() / 1000);
    const project = record.project.name;
    const { issuer, subject } =
      connection === undefined
        ? { issuer: this.issuer, subject: `p://${organization.name}/${project}/${record.pipeline.name}` }
        : this.federation(connection, project);
    const claims = {
      org_id: organization.id,
      prj_id: record.project.id,
      def_id: record.pipeline.id,
      run_id: record.id,
      rpo_ref: record.branch,
      rpo_ver: record.commit,
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })
      .setIssuer(issuer)
      .setSubject(subject)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + LIFETIME_SECONDS)
      .sign(this.key);
  }
}
