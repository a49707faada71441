/**
 * Characters of a secret in a row that count as leaked: logs cut lines, and programs print in parts. Twelve are 48 bits even of hexadecimal
 * digits: in a hundred million characters of logs a part of one of a thousand secrets stands by chance once in some hundred suites.
 */
const PART = 12;
/**
 * Parts are found by their pieces: one of these begins at a multiple of 3 of its form and of 2 of the text within any 6 places in a row, so
 * that each part of at least 6 + 6 − 1 characters has one.
 */
const PIECE = 6;
const FORM_STRIDE = 3;
const TEXT_STRIDE = 2;

/** A token as the local workspace makes them, and a signed token as sign-in services do: whoever made one, it is to be read nowhere. */
const TOKENS_OF_MACHINES = /\bdapi[0-9a-f]{32}\b|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g;

/**
 * Every form in which declared secrets could be shown: plain, line by line, JSON-escaped, URL-encoded, in base64; and parts of these.
 * Not the product's own list of forms, which could lack one: written from what the forms are.
 */
export class SecretForms {
  readonly #known = new Set<string>();
  /** Forms shorter than a part: they are looked for as a whole. */
  readonly #short = new Set<string>();
  /** Where a piece stands in longer forms. */
  readonly #pieces = new Map<string, readonly { readonly form: string; readonly at: number }[]>();

  constructor(secrets: readonly string[] = []) {
    for (const secret of secrets) {
      this.add(secret);
    }
  }

  add(secret: string): void {
    if (secret.trim() === '' || this.#known.has(secret)) {
      return;
    }
    this.#known.add(secret);
    for (const form of formsOf(secret)) {
      if (form.length < PART) {
        this.#short.add(form);
      }
      for (let at = 0; form.length >= PART && at + PIECE <= form.length; at += FORM_STRIDE) {
        const piece = form.slice(at, at + PIECE);
        this.#pieces.set(piece, [...(this.#pieces.get(piece) ?? []), { form, at }]);
      }
    }
  }

  /** What of the secrets stands in a text, each once. */
  foundIn(text: string): readonly string[] {
    const found = new Set<string>([...this.#short].filter((form) => text.includes(form)));
    for (const [token] of text.matchAll(TOKENS_OF_MACHINES)) {
      found.add(token);
    }
    for (let at = 0; at + PIECE <= text.length; at += TEXT_STRIDE) {
      for (const place of this.#pieces.get(text.slice(at, at + PIECE)) ?? []) {
        const part = commonPart(text, at, place.form, place.at);
        if (part.length >= PART) {
          found.add(part);
        }
      }
    }
    return [...found];
  }
}

/** The longest stretch around two places in which two texts are the same. */
function commonPart(text: string, textAt: number, form: string, formAt: number): string {
  let before = 0;
  while (before < textAt && before < formAt && text[textAt - before - 1] === form[formAt - before - 1]) {
    before += 1;
  }
  let length = 0;
  while (
    textAt + length < text.length &&
    formAt + length < form.length &&
    text[textAt + length] === form[formAt + length]
  ) {
    length += 1;
  }
  return text.slice(textAt - before, textAt + length);
}

function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/);
  // The frame of a key is known to all.
  const own = lines.length === 1 ? [secret] : lines.filter((line) => line.length >= 8 && !line.startsWith('-----'));
  const encoded = own.flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    new URLSearchParams([['', text]]).toString().slice(1),
  ]);
  const base64 = [secret, ...own].flatMap((text) => [0, 1, 2].map((before) => base64Part(text, before)));
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
