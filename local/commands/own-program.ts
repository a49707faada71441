import { relative, resolve } from 'node:path';

/**
 * Words by which this program is called again from here: by npx where it came that way, else by the path that was given to Node.js. A bare name
 * would be looked for in the registry by npx where the package is not installed, and run whatever is found there.
 * @param script path of the running program
 */
export function ownProgram(
  script: string,
  from: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (environment['npm_command'] === 'exec') {
    return ['npx', 'databricks-mlops'];
  }
  const near = relative(from, resolve(from, script));
  return ['node', near.startsWith('..') ? resolve(from, script) : near];
}

/** {@link ownProgram} for this process. */
export function calledAs(): readonly string[] {
  return ownProgram(process.argv[1] ?? 'databricks-mlops', process.cwd(), process.env);
}
