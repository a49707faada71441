import { percentEncoded } from '../percent-encoded';
import type { Host } from './host';

/**
 * The forms in which a secret can turn up in a log: as it is, URL-encoded (both ways), base64 (as text, and as part of a Basic header),
 * JSON-escaped. Each is masked before the secret is first used. Of several lines each is a form of its own, as logs are masked line by
 * line. Forms shorter than four characters are left out: they would blacken ordinary words. That the agent hides each that is registered: [U].
 */
export function secretForms(secret: string): string[] {
  const forms = [
    percentEncoded(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    Buffer.from(secret, 'utf8').toString('base64'),
    Buffer.from(secret, 'utf8').toString('base64url'),
    JSON.stringify(secret).slice(1, -1),
    ...secret.split(/\r?\n/),
  ];
  return [...new Set(forms)].filter((form) => form.trim().length >= 4);
}

/** The text with `***` in place of each of these secrets, the longest first: one may be a part of another. */
export function hideSecrets(text: string, secrets: ReadonlySet<string>): string {
  let hidden = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    hidden = hidden.replaceAll(secret, '***');
  }
  return hidden;
}

/** Masks a secret in all its forms. */
export function maskForms(secret: string, host: Pick<Host, 'maskSecret'>): void {
  for (const form of secretForms(secret)) {
    host.maskSecret(form);
  }
}
