import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretForms } from './secret-forms';

/** Something that a person could read, and where it was shown. */
export interface Captured {
  readonly from: string;
  readonly text: string;
}

/** Text that stands in rows of prediction tables of the tests and must come out nowhere. */
export const ROW_CANARY = 'canary-7f3a-row-of-a-person';

/** Characters that are kept before they are looked through: a secret is declared before or soon after a step can show it. */
const KEPT_CHARACTERS = 16_000_000;

/** What steps, tasks, commands and runs of the suite printed, attached or left in files, as far as it was not looked through. */
let captured: Captured[] = [];
let kept = 0;
const leaked = new Set<string>();
const secrets = new SecretForms([ROW_CANARY]);
let test = '';

/** Says which test goes on; what is captured from now on is told with its title. */
export function beginTest(title: string): void {
  test = title;
}

/** Adds what somebody could read. */
export function capture(from: string, text: string): void {
  captured.push({ from: test === '' ? from : `${from} in '${test}'`, text });
  kept += text.length;
  if (kept > KEPT_CHARACTERS) {
    lookThrough();
  }
}

/** Adds every file below a folder; nothing where there is none. */
export function captureFolder(from: string, folder: string): void {
  for (const file of filesBelow(folder)) {
    capture(`${from}, file ${file}`, readFileSync(join(folder, file), 'utf8'));
  }
}

/** Declares a text that must not be in anything captured, in none of its forms. */
export function mustNotAppear(secret: string): string {
  secrets.add(secret);
  return secret;
}

/** Where a declared secret, a part of one, or the canary was found; empty when nowhere. */
export function leaks(): string[] {
  lookThrough();
  return [...leaked];
}

/** Where one of the texts was found, in any form that {@link SecretForms} knows. */
export function leaksIn(shown: readonly Captured[], forbidden: readonly string[]): string[] {
  return found(shown, new SecretForms(forbidden));
}

function lookThrough(): void {
  for (const leak of found(captured, secrets)) {
    leaked.add(leak);
  }
  captured = [];
  kept = 0;
}

function found(shown: readonly Captured[], forms: SecretForms): string[] {
  return shown.flatMap(({ from, text }) => forms.foundIn(text).map((part) => `${from} shows ${part.slice(0, 4)}…`));
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return [];
    }
    throw error;
  }
}
