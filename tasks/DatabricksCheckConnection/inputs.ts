import type { InputReader } from '../../src/agent/input-reader';
import { type ConnectionSelection, readSelection } from '../../src/connection/selection';
import { TaskError } from '../../src/errors';
import { parseVersion, type ReleaseVersion } from './release-version';

/** The checks that this version has, in the order in which they run. */
export const CHECKS = ['identity', 'workspace'] as const;
/** One of {@link CHECKS}. */
export type CheckName = (typeof CHECKS)[number];

/** Checked inputs of DatabricksCheckConnection. */
export interface Inputs {
  readonly connection: ConnectionSelection;
  readonly checks: readonly CheckName[];
  readonly failOnWarning: boolean;
  /** `undefined`: any version will do. */
  readonly minimumVersion: ReleaseVersion | undefined;
}

/** @throws TaskError for the first input that is wrong */
export function readInputs(inputs: InputReader): Inputs {
  return {
    minimumVersion: readMinimumVersion(inputs),
    connection: readSelection(inputs, inputs.hostKind),
    checks: readChecks(inputs),
    failOnWarning: inputs.choice('failOn', ['error', 'warning']) === 'warning',
  };
}

function readChecks(inputs: InputReader): CheckName[] {
  const wanted = inputs.list('checks');
  const unknown = wanted.find((name) => !CHECKS.some((check) => check === name));
  if (wanted.length === 0 || unknown !== undefined) {
    throw new TaskError(
      'INPUT_INVALID',
      unknown === undefined
        ? "Input 'checks' names no check."
        : `Input 'checks' names '${unknown}', which is no check.`,
      { todo: `Use one or more of ${CHECKS.join(', ')}.` },
    );
  }
  return CHECKS.filter((check) => wanted.includes(check));
}

function readMinimumVersion(inputs: InputReader): ReleaseVersion | undefined {
  const text = inputs.text('minimumVersion');
  if (text === '') {
    return undefined;
  }
  const version = parseVersion(text);
  if (version === undefined) {
    throw new TaskError('INPUT_INVALID', `Input 'minimumVersion' must be a version, not ${JSON.stringify(text)}.`, {
      todo: "Write it as 'major.minor.patch', such as 1.0.0.",
    });
  }
  return version;
}
