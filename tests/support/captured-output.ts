import { secretForms } from '../../src/agent/secret-forms';

/** Everything that steps and tasks of the suite printed, attached or wrote as summary. */
const captured: { readonly from: string; readonly text: string }[] = [];
const secrets = new Set<string>();

/** Text that stands in rows of prediction tables of the tests and must come out nowhere. */
export const ROW_CANARY = 'canary-7f3a-row-of-a-person';

/** Adds what somebody could read. */
export function capture(from: string, text: string): void {
  captured.push({ from, text });
}

/** Declares a text that must not be in anything captured, in none of its forms. */
export function mustNotAppear(secret: string): string {
  secrets.add(secret);
  return secret;
}

/** Where a declared secret or the canary was found; empty when nowhere. */
export function leaks(): string[] {
  const forbidden = [...secrets, ROW_CANARY].flatMap(secretForms);
  return captured.flatMap(({ from, text }) =>
    forbidden.filter((form) => text.includes(form)).map((form) => `${from} shows ${form.slice(0, 4)}…`),
  );
}

/** Number of captured texts, so that a check over nothing cannot pass. */
export function capturedCount(): number {
  return captured.length;
}
