import { TaskError } from '../errors';

/** A name of three levels in Unity Catalog. */
export interface ThreeLevelName {
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
}

/**
 * Reads `catalog.schema.name`. Unity Catalog allows no dot, slash, blank or control character within a level.
 * @param what for the message, such as `Input 'model'`
 * @throws TaskError NAME_INVALID
 */
export function threeLevelName(text: string, what: string): ThreeLevelName {
  const levels = text.split('.');
  const [catalog, schema, name] = levels;
  if (levels.length !== 3 || !catalog || !schema || !name || !levels.every(isLevel)) {
    throw new TaskError('NAME_INVALID', `${what} must be catalog.schema.name, not ${JSON.stringify(text)}.`, {
      todo: 'Write all three levels of the name in Unity Catalog.',
    });
  }
  return { catalog, schema, name };
}

function isLevel(text: string): boolean {
  return (
    text.length <= 255 &&
    !/[\s/'"`]/.test(text) &&
    [...text].every((character) => character >= ' ' && character !== '\u007f')
  );
}

/** A name of up to three levels as SQL identifier: each level in backticks, backticks within it doubled. */
export function quoteName(text: string): string {
  return text
    .split('.')
    .map((level) => `\`${level.replaceAll('`', '``')}\``)
    .join('.');
}
