import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Makes the error of a wrong use of a command of its sentence. */
export type WrongUsage = (sentence: string) => Error;

/** Pairs of each use of an option `--<option> name=value`, in their order. The value may be empty: a parameter or variable can be. */
export function namedValues(
  option: string,
  given: readonly string[] = [],
  wrong: WrongUsage,
): readonly (readonly [name: string, value: string])[] {
  return given.map((text) => {
    const equals = text.indexOf('=');
    if (equals < 1) {
      throw wrong(`--${option} ${text}: write name=value.`);
    }
    return [text.slice(0, equals), text.slice(equals + 1)] as const;
  });
}

/** Absolute folders by alias, of `--repository alias=DIR`; the last one of an alias counts. */
export function folderByAlias(given: readonly string[] | undefined, wrong: WrongUsage): ReadonlyMap<string, string> {
  const folders = new Map(namedValues('repository', given, wrong));
  for (const [alias, folder] of folders) {
    if (!existsSync(folder) || !statSync(folder).isDirectory()) {
      throw wrong(`--repository ${alias}=${folder}: there is no such folder.`);
    }
  }
  return new Map([...folders].map(([alias, folder]) => [alias, resolve(folder)]));
}
