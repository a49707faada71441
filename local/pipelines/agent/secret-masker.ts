import { encodeCommandData } from '../logging-command';

const MASK = '***';
/**
 * A line of a secret of several lines is a secret of its own only from this length on: a lone brace or dash is in every log.
 * [U]: whether the service's agent has such a limit.
 */
const SHORTEST_LINE = 3;
/** Password in a URL: between `//user:` and `@`. Source: azure-pipelines-agent, HostContext.cs. */
const URL_PASSWORD = /(?<=\/\/[^:/?#\n]+:)[^:/?#@\n]+(?=@)/g;

/**
 * Parameters of a connection's authorization that are no secrets.
 * Source: azure-pipelines-agent, Agent.Sdk/Util/MaskingUtil.cs.
 */
const PUBLIC_PARAMETERS = new Set(
  [
    'Role',
    'Scope',
    'TenantId',
    'IssuedAt',
    'ExpiresAt',
    'Audience',
    'AuthenticationType',
    'AuthorizationType',
    'AccessTokenType',
    'AccessTokenFetchingMethod',
    'UseWindowsSecurity',
    'Unsecured',
    'OAuthAccessTokenIsSupplied',
    'CompleteCallbackPayload',
    'AcceptUntrustedCertificates',
  ].map((name) => name.toLowerCase()),
);

/** Whether the value of an authorization parameter is masked in every log of the job. */
export function isSecretParameter(name: string): boolean {
  return !PUBLIC_PARAMETERS.has(name.toLowerCase());
}

/**
 * Replaces secrets in text by `***`, each in every form that the agent derives from it. What overlaps or touches becomes one mask.
 * Source: azure-pipelines-agent, Agent.Worker/Worker.cs (forms of a secret), HostContext.cs and Agent.Sdk/SecretMasking (encoders).
 */
export class SecretMasker {
  readonly #forms = new Set<string>();
  #longest = 0;

  /** Length of the longest form that is masked. */
  get longest(): number {
    return this.#longest;
  }

  /** Blank text is no secret. */
  add(secret: string): void {
    for (const form of secret.trim() === '' ? [] : formsOf(secret)) {
      this.#forms.add(form);
      this.#longest = Math.max(this.#longest, form.length);
    }
  }

  mask(text: string): string {
    const found = [...this.#forms].flatMap((form) => placesOf(form, text));
    for (const match of text.includes('://') || text.includes('//') ? text.matchAll(URL_PASSWORD) : []) {
      found.push([match.index, match.index + match[0].length]);
    }
    if (found.length === 0) {
      return text;
    }
    found.sort(([a], [b]) => a - b);
    let masked = '';
    let written = 0;
    for (const [start, end] of merged(found)) {
      masked += text.slice(written, start) + MASK;
      written = end;
    }
    return masked + text.slice(written);
  }
}

type Span = readonly [start: number, end: number];

function placesOf(form: string, text: string): Span[] {
  const places: Span[] = [];
  // Occurrences may overlap themselves, as those of `aa` in `aaa`.
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
    places.push([at, at + form.length]);
  }
  return places;
}

function merged(sorted: readonly Span[]): Span[] {
  const spans: Span[] = [];
  for (const [start, end] of sorted) {
    const last = spans.at(-1);
    if (last !== undefined && start <= last[1]) {
      spans[spans.length - 1] = [last[0], Math.max(last[1], end)];
    } else {
      spans.push([start, end]);
    }
  }
  return spans;
}

function formsOf(secret: string): string[] {
  const newLinesEscaped = secret.replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const percentEscaped = secret.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const lines = secret.split(/[\r\n]+/);
  const written = [
    secret,
    newLinesEscaped,
    percentEscaped,
    encodeCommandData(secret),
    ...(lines.length > 1 ? lines.filter((line) => line.trim().length >= SHORTEST_LINE) : []),
  ];
  return written
    .flatMap((form) => [form, ...withoutQuotes(form)])
    .flatMap((form) => [form, jsonEscaped(form), uriEscaped(form), backslashUnescaped(form)])
    .filter((form) => form.trim() !== '');
}

/** A shell takes the quotes around a value away. */
function withoutQuotes(text: string): string[] {
  return ["'", '"']
    .filter((quote) => text.length > 1 && text.startsWith(quote) && text.endsWith(quote))
    .map((quote) => text.replace(new RegExp(`^${quote}+|${quote}+$`, 'g'), ''));
}

/** As inside a JSON string; Newtonsoft.Json escapes three line separators more than JSON asks for. */
function jsonEscaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\u0085\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `Uri.EscapeDataString`: everything but letters, digits and `-._~`. */
function uriEscaped(text: string): string {
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\uFFFD');
  return encodeURIComponent(wellFormed).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What a program prints that took backslashes for escapes. */
function backslashUnescaped(text: string): string {
  return text.replaceAll('\\\\', '\\').replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll('\\t', '\t');
}
