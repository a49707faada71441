import { TaskError } from '../errors';
import { asSentence } from '../sentence';
import { isLoopback } from './network';

/** Where an answer came from, for messages. */
export interface CallPlace {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** Scheme, host and port. */
  readonly origin: string;
}

/** An error answer of a service, whatever its dialect. */
export class ApiError extends TaskError {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The service's own code (`RESOURCE_DOES_NOT_EXIST`, `invalid_client`, `SCIM_404`); empty when it sent none. */
  readonly errorCode: string;
  /** The service's own words. */
  readonly serverMessage: string;
  /** Id to name in a support ticket; empty when the service sent none. */
  readonly requestId: string;
  readonly place: CallPlace;
  /** Milliseconds the service asks to wait; undefined when it did not ask. */
  readonly retryAfterMs: number | undefined;

  constructor(
    place: CallPlace,
    answer: {
      readonly status: number;
      readonly errorCode: string;
      readonly message: string;
      readonly requestId: string;
      readonly retryAfterMs?: number | undefined;
      /** False for HTML and plain text: such an answer may come from a proxy and proves nothing. */
      readonly structured: boolean;
    },
    more: { readonly todo?: string; readonly cause?: unknown } = {},
  ) {
    const code = codeOf(answer);
    const said = answer.message === '' ? `HTTP status ${answer.status}` : answer.message;
    super(code, `The request failed: ${asSentence(said)}`, {
      where: placeSentence(place, answer.status, answer.errorCode, answer.requestId),
      todo: withCheckToRun(ADVICE[code] ?? '', code, place),
      ...more,
    });
    this.status = answer.status;
    this.errorCode = answer.errorCode;
    this.serverMessage = answer.message;
    this.requestId = answer.requestId;
    this.place = place;
    this.retryAfterMs = answer.retryAfterMs;
    this.structured = answer.structured;
  }

  private readonly structured: boolean;

  /**
   * True only when the service said definitely that the thing does not exist; decided on the error code first.
   * A 404 of a proxy, of a wrong host (`ENDPOINT_NOT_FOUND`) or of a switched-off feature is not that.
   * Source: the not-found overrides of the Databricks SDKs (jobs and clusters answer 400).
   */
  get isNotFound(): boolean {
    if (NOT_FOUND_CODES.has(this.errorCode)) {
      return true;
    }
    if (this.errorCode === 'INVALID_PARAMETER_VALUE' && this.status === 400) {
      return this.place.method === 'GET' && this.says(NOT_FOUND_AS_400);
    }
    return this.errorCode === '' && this.status === 404 && this.structured && this.says(NOT_FOUND_WITHOUT_CODE);
  }

  private says(words: NotFoundWords): boolean {
    return words.some(({ path, message }) => path.test(this.place.path) && message.test(this.serverMessage));
  }

  /** True when the thing to create exists; the two codes and statuses are one (databricks.proto). */
  get isAlreadyExists(): boolean {
    return ALREADY_EXISTS_CODES.has(this.errorCode);
  }
}

/** Why no whole answer came. */
type ConnectionFault =
  | 'CONNECTION_FAILED'
  | 'CONNECTION_LOST'
  | 'ANSWER_NOT_JSON'
  | 'ANSWER_INCOMPLETE'
  | 'TLS_FAILED'
  | 'PROXY_REFUSED';

/** No whole answer came: the effect of a request that changes something is then unknown. */
export class ConnectionError extends TaskError {
  override readonly name = 'ConnectionError';
  declare readonly code: ConnectionFault;

  constructor(
    code: ConnectionFault,
    message: string,
    readonly place: CallPlace,
    more: { readonly todo?: string; readonly cause?: unknown } = {},
  ) {
    super(code, message, {
      where: `It happened at ${place.method} ${place.origin}${place.path}.`,
      todo: withLocalWorkspace(ADVICE[code] ?? '', code, place),
      ...more,
    });
  }

  /** True when the request may have taken effect. */
  get outcomeUnknown(): boolean {
    return !['CONNECTION_FAILED', 'TLS_FAILED', 'PROXY_REFUSED'].includes(this.code);
  }
}

const NOT_FOUND_CODES = new Set([
  'RESOURCE_DOES_NOT_EXIST',
  'NOT_FOUND',
  'CATALOG_DOES_NOT_EXIST',
  'SCHEMA_DOES_NOT_EXIST',
  'TABLE_DOES_NOT_EXIST',
  'PRINCIPAL_DOES_NOT_EXIST',
  'SCIM_404',
]);

const ALREADY_EXISTS_CODES = new Set(['RESOURCE_ALREADY_EXISTS', 'ALREADY_EXISTS']);

/** What a service says of something that is not there, by the path it was asked for. */
type NotFoundWords = readonly { readonly path: RegExp; readonly message: RegExp }[];

const NO_RUN = /^(Run .* does not exist|Run: .* in job: .* doesn't exist)/s;

/** "Not found" that a GET gets as 400 INVALID_PARAMETER_VALUE. The alias row is [U]: the words of open-source MLflow. */
const NOT_FOUND_AS_400: NotFoundWords = [
  { path: /^\/api\/2\.\d\/clusters\/get$/, message: /Cluster .* does not exist/s },
  { path: /^\/api\/2\.\d\/jobs\/get$/, message: /Job .* does not exist/s },
  { path: /^\/api\/2\.\d\/jobs\/runs\/get$/, message: NO_RUN },
  { path: /\/registered-models\/alias$/, message: /^Registered model alias .* not found\.?$/s },
];

/**
 * "Not found" that arrives as 404 without an error code. A gateway or proxy that has no route answers 404 with JSON too, so that only the
 * service's own words count. Source: the stand-in server of the Databricks CLI.
 */
const NOT_FOUND_WITHOUT_CODE: NotFoundWords = [
  { path: /^\/api\/2\.\d\/jobs\//, message: /^Job .* does not exist/s },
  { path: /^\/api\/2\.\d\/jobs\/runs\//, message: NO_RUN },
  { path: /^\/api\/2\.\d\/pipelines\//, message: /^The specified (pipeline|update) .* was not found/s },
  { path: /^\/api\/2\.\d\/workspace/, message: /^Path \(.*\) doesn't exist/s },
  { path: /^\/api\/2\.\d\/unity-catalog\//, message: /^[A-Z][A-Za-z ]* '.*' does not exist\.?$/s },
];

/** A refused credential that arrives as 403, as a missing right does. [U]: seen for wrong personal tokens. */
const CREDENTIAL_REFUSAL = /^Invalid access token/i;

/** Our stable code for an error answer: the service's code decides, then the status. */
function codeOf(answer: { readonly status: number; readonly errorCode: string; readonly message: string }): string {
  const { status, errorCode, message } = answer;
  if (status === 403 && CREDENTIAL_REFUSAL.test(message)) {
    return 'UNAUTHENTICATED';
  }
  if (errorCode === 'PRIVATE_LINK_VALIDATION_ERROR') {
    return errorCode;
  }
  if (NOT_FOUND_CODES.has(errorCode)) {
    return 'NOT_FOUND';
  }
  if (ALREADY_EXISTS_CODES.has(errorCode)) {
    return 'ALREADY_EXISTS';
  }
  const byStatus: Readonly<Record<number, string>> = {
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    409: 'CONFLICT',
    429: 'THROTTLED',
    501: 'NOT_IMPLEMENTED',
    503: 'UNAVAILABLE',
  };
  return byStatus[status] ?? (status >= 500 ? 'SERVER_ERROR' : 'REQUEST_REFUSED');
}

const ADVICE: Readonly<Record<string, string>> = {
  UNAUTHENTICATED:
    'The token is wrong, expired or revoked: renew the credential of the service connection (at a terminal: DATABRICKS_TOKEN or the profile).',
  PERMISSION_DENIED: 'Give the identity of this step the missing right.',
  PRIVATE_LINK_VALIDATION_ERROR: 'Run the agent inside the network from which the workspace accepts connections.',
  NOT_FOUND: 'Check the name or id, and that the identity may see it.',
  REQUEST_REFUSED: 'Correct what the message names, in the inputs of the step or in the files that they name.',
  ALREADY_EXISTS: 'Choose another name, or use what is there under this one.',
  CONFLICT: 'Run the step again when nobody else changes the same thing.',
  NOT_IMPLEMENTED: 'Leave out what this workspace does not offer, or use a workspace that does.',
  THROTTLED: 'Run fewer steps at once against this workspace, or try again later.',
  UNAVAILABLE: 'Try again later.',
  SERVER_ERROR: 'Try again; if it repeats, give the request id to support.',
  CONNECTION_FAILED: "Check the URL, the agent's network and its proxy setting.",
  CONNECTION_LOST: 'Run the step again: it continues from what took effect.',
  PROXY_REFUSED: "Correct user and password of the agent's proxy, or let the address pass it by (file .proxybypass).",
  ANSWER_NOT_JSON:
    'Check that the URL is that of the workspace itself and that no proxy or login page answers in its place.',
  ANSWER_INCOMPLETE: 'Run the step again; if it repeats, look at the proxy between agent and workspace.',
};

/** The check of DatabricksCheckConnection that names a right on what lies below a path. */
const CHECK_OF_PATH: readonly (readonly [RegExp, check: string])[] = [
  [/^\/api\/2\.\d\/jobs\//, 'jobs'],
  [/^\/api\/2\.\d\/(mlflow\/)?unity-catalog\//, 'unityCatalog'],
  [/^\/api\/2\.\d\/sql\/(statements|warehouses)/, 'warehouse'],
  [/^\/api\/2\.\d\/preview\/scim\/v2\/Me$/, 'identity'],
];

function withCheckToRun(advice: string, code: string, { path }: CallPlace): string {
  const check = code === 'PERMISSION_DENIED' ? CHECK_OF_PATH.find(([pattern]) => pattern.test(path))?.[1] : undefined;
  return check === undefined ? advice : `${advice} DatabricksCheckConnection with 'checks: ${check}' names it.`;
}

/** At an address of this machine it is the local workspace that does not run; no network is in between. */
function withLocalWorkspace(advice: string, code: string, { origin }: CallPlace): string {
  return code === 'CONNECTION_FAILED' && URL.canParse(origin) && isLoopback(new URL(origin).hostname)
    ? 'Start the local workspace if that is what is meant: databricks-mlops workspace start. Otherwise check the URL.'
    : advice;
}

function placeSentence(place: CallPlace, status: number, errorCode: string, requestId: string): string {
  const ownCode = errorCode === String(status) ? '' : errorCode;
  const details = [`status ${status}`, ownCode, requestId === '' ? '' : `request id ${requestId}`].filter(
    (part) => part !== '',
  );
  return `It was ${place.method} ${place.origin}${place.path} (${details.join(', ')}).`;
}
