import { commandLine } from '../../command-line';
import type { RunRecord, StageRecord } from './run-record';

/** How this program was called, and the options that lead to the same places again. */
export interface Caller {
  /** Words before the command's own. */
  readonly program: readonly string[];
  readonly places: readonly string[];
}

/** In a project that has the package installed. */
export const INSTALLED: Caller = { program: ['npx', 'databricks-mlops'], places: [] };

/**
 * The command that takes up a stage again and answers what it waits for.
 * @param approvals `ENV=WHO` each
 * @returns `undefined` when a name in it holds signs that no terminal should be handed
 */
export function wayOn(
  { id }: Pick<RunRecord, 'id'>,
  { name }: Pick<StageRecord, 'name'>,
  approvals: readonly string[],
  { program, places }: Caller,
): string | undefined {
  const answers = approvals.flatMap((answer) => ['--approve', answer]);
  return commandLine([...program, 'run', '--retry', `${id}:${name}`, ...answers, ...places]);
}

/**
 * The command that starts the local workspaces of a run again, with what is served there.
 * @returns `undefined` when the run used none, or where no terminal should be handed the command
 */
export function wayToWorkspaces(
  { localWorkspaces = [] }: Pick<RunRecord, 'localWorkspaces'>,
  { program, places }: Caller,
): string | undefined {
  const at = places.indexOf('--data');
  const names = localWorkspaces.flatMap(({ name }) => ['--workspace', name]);
  return names.length === 0
    ? undefined
    : commandLine([...program, 'workspace', 'start', ...(at < 0 ? [] : places.slice(at, at + 2)), ...names]);
}
