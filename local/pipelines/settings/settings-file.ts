import { existsSync, readFileSync } from 'node:fs';
import type * as z from 'zod/mini';
import { parseShape } from '../../../src/evaluation/policy/parse-shape';
import { readPolicyText } from '../../../src/evaluation/policy/policy-text';
import { describeProblem, type PolicyProblem } from '../../../src/evaluation/policy/problem';

/** A settings file that cannot be used; the message names every problem with file, line and column. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid';

  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(describeProblem).join('\n'));
  }
}

/**
 * Reads a settings file; one that is not there is `undefined`, an empty one is refused.
 * @throws SettingsInvalid
 */
export function readSettings<Shape extends z.ZodMiniType>(file: string, shape: Shape): z.infer<Shape> | undefined {
  if (!existsSync(file)) {
    return undefined;
  }
  const { text, problems } = readPolicyText(readFileSync(file, 'utf8'), file);
  const parsed = text === undefined ? undefined : parseShape(shape, text);
  const found = [...problems, ...(parsed?.problems ?? [])];
  if (parsed === undefined || found.length > 0) {
    throw new SettingsInvalid(found);
  }
  return parsed.value;
}
