/** Something that a person could read, and where it was shown. */
export interface Captured {
  readonly from: string;
  readonly text: string;
}

/** Everything that steps and tasks of the suite printed, attached or wrote as summary. */
const captured: Captured[] = [];
const secrets = new Set<string>();

/** Text that stands in rows of prediction tables of the tests and must come out nowhere. */
export const ROW_CANARY = 'canary-7f3a-row-of-a-person';

/** Characters from which on a text is looked through at once and not kept: secrets are declared before a step can show them. */
const KEPT_CHARACTERS = 200_000;
const leaked: string[] = [];

/** Adds what somebody could read. */
export function capture(from: string, text: string): void {
  if (text.length > KEPT_CHARACTERS) {
    leaked.push(...leaksIn([{ from, text }], [...secrets, ROW_CANARY]));
  } else {
    captured.push({ from, text });
  }
}

/** Declares a text that must not be in anything captured, in none of its forms. */
export function mustNotAppear(secret: string): string {
  secrets.add(secret);
  return secret;
}

/** Where a declared secret or the canary was found; empty when nowhere. */
export function leaks(): string[] {
  return [...leaked, ...leaksIn(captured, [...secrets, ROW_CANARY])];
}

/** Where one of the texts was found: plain, one line of it, JSON-escaped, URL-encoded or in base64. */
export function leaksIn(shown: readonly Captured[], forbidden: readonly string[]): string[] {
  const forms = forbidden.flatMap(formsOf);
  return shown.flatMap(({ from, text }) =>
    forms.filter((form) => text.includes(form)).map((form) => `${from} shows ${form.slice(0, 4)}…`),
  );
}

/** Not the product's own list of forms, which could lack one: written from what the forms are. */
function formsOf(secret: string): string[] {
  const encoded = [
    secret,
    ...secret.split(/\r?\n/).filter((line) => line.length >= 8 && !line.startsWith('-----')), // each line; the frame of a key is known to all
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
  ];
  const base64 = [0, 1, 2].map((before) => base64Part(secret, before));
  return [...new Set([...encoded, ...base64, ...base64.map((form) => form.replace(/\+/g, '-').replace(/\//g, '_'))])];
}

/**
 * What of a text's base64 does not depend on its neighbours.
 * @param before bytes in front of it, modulo 3, such as those of `user:` in a Basic header
 */
function base64Part(text: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}
