import { existsSync, readFileSync } from 'node:fs';
import type * as z from 'zod/mini';
import type { $ZodIssue } from 'zod/v4/core';
import { parseShape } from '../../../src/evaluation/policy/parse-shape';
import { type Path, readPolicyText } from '../../../src/evaluation/policy/policy-text';
import { describeProblem, type PolicyProblem } from '../../../src/evaluation/policy/problem';
import { pathText, type Sentences, type Subject } from '../../../src/evaluation/policy/sentences';

/** A settings file that cannot be used; the message names every problem with file, line and column. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid';

  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(describeProblem).join('\n'));
  }
}

/** What a shape alone cannot say. */
export interface SettingsFinding {
  readonly path: Path;
  readonly what: string;
  readonly todo: string;
}

const FILE: Subject = { name: 'file', schema: 'its JSON Schema in templates/schemas' };

/**
 * Reads a settings file; one that is not there is `undefined`, an empty one is refused.
 * @param rules what of a value of the right shape is wrong all the same
 * @throws SettingsInvalid
 */
export function readSettings<Shape extends z.ZodMiniType>(
  file: string,
  shape: Shape,
  rules: (value: z.infer<Shape>) => readonly SettingsFinding[] = () => [],
): z.infer<Shape> | undefined {
  if (!existsSync(file)) {
    return undefined;
  }
  const { text, problems } = readPolicyText(readFileSync(file, 'utf8'), file);
  const parsed = text === undefined ? undefined : parseShape(shape, text, FILE, secretInTheFile);
  const broken = parsed?.value === undefined ? [] : rules(parsed.value);
  const found = [
    ...problems,
    ...(parsed?.problems ?? []),
    ...broken.flatMap(({ path, what, todo }) => text?.problemAt(path, what, todo) ?? []),
  ];
  if (parsed === undefined || found.length > 0) {
    throw new SettingsInvalid(found);
  }
  return parsed.value;
}

/** The usual sentence would show the value. */
function secretInTheFile({ code, path }: $ZodIssue): Sentences | undefined {
  return code === 'invalid_type' && ['token', 'secret'].includes(String(path.at(-1)))
    ? {
        what: `${pathText(path)} must name an environment variable: no secret stands in a file.`,
        todo: 'Write {env: NAME}, and set that variable.',
      }
    : undefined;
}
