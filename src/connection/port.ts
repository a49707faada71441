import type { Clock } from '../clock';
import { TaskError } from '../errors';

/** A service connection, as far as credentials need it. */
export interface ConnectionDetails {
  readonly id: string;
  readonly url: string;
  /** `Token`, `UsernamePassword`, `None`, `WorkloadIdentityFederation`, `ServicePrincipal`, `ManagedServiceIdentity`. */
  readonly scheme: string;
  /** Authorization parameters; names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
  data(name: string): string | undefined;
}

/** The place where the step runs, as far as credentials and network need it. */
export interface ConnectionHost {
  readonly kind: 'pipeline' | 'terminal';
  variable(name: string): string | undefined;
  /** Token of the running job. */
  jobAccessToken(): string | undefined;
  /** Address of Azure DevOps in the job's own connection. */
  jobConnectionUrl(): string | undefined;
  network(): {
    readonly proxy?: { readonly url: string; readonly username?: string; readonly password?: string };
    readonly proxyBypass: readonly string[];
    readonly caFile?: string;
    readonly clientCertificate?: { readonly certFile: string; readonly keyFile: string; readonly passphrase?: string };
    readonly skipCertificateValidation: boolean;
  };
}

/** What a step hands in. */
export interface ConnectionContext {
  readonly host: ConnectionHost;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: { info(line: string): void; debug(line: string): void; warning(line: string, code?: string): void };
  readonly taskName: string;
  readonly taskVersion: string;
  /** Masks a secret in all its forms. Called before a secret or token is first used. */
  mask(secret: string): void;
}

/** A part of a connection. @throws TaskError CONNECTION_INCOMPLETE when it is empty */
export function filled(value: string | undefined, what: string): string {
  if (value === undefined || value.trim() === '') {
    throw new TaskError('CONNECTION_INCOMPLETE', `The service connection has no ${what}.`, {
      todo: 'Edit the service connection and save it again.',
    });
  }
  return value.trim();
}
