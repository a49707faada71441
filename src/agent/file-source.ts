import { TaskError } from '../errors';
import { isArtifactName } from './artifact';
import type { Host } from './host';

/** Where a file that one of our tasks wrote is to be had. */
export type FileSource =
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'artifact';
      /** Without the number of an attempt. */
      readonly name: string;
      /** `undefined`: of this run. */
      readonly runId: string | undefined;
    };

const PREFIX = 'artifact:';

/**
 * `artifact:NAME[@run id]` of an input; `undefined` for anything else, which is a path.
 * @throws TaskError INPUT_INVALID, ARTIFACT_AT_TERMINAL
 */
export function artifactSource(input: string, value: string, host: Host['kind']): FileSource | undefined {
  if (!value.startsWith(PREFIX)) {
    return undefined;
  }
  const [, name = '', runId] = /^([^@]*)(?:@(.*))?$/s.exec(value.slice(PREFIX.length)) ?? [];
  if (!isArtifactName(name) || (runId !== undefined && !/^[1-9]\d{0,9}$/.test(runId))) {
    throw new TaskError(
      'INPUT_INVALID',
      `Input '${input}' must be a path or artifact:NAME[@run id], not ${JSON.stringify(value)}.`,
      {
        todo: "NAME is that of 'publishArtifact' at the step that writes the file; a run id is the number in the address of the run's page.",
      },
    );
  }
  if (host === 'terminal') {
    throw new TaskError(
      'ARTIFACT_AT_TERMINAL',
      `Input '${input}' names an artifact, and artifacts are fetched in pipelines only.`,
      {
        todo: 'Download the artifact from the page of its run, and pass the path of the file.',
      },
    );
  }
  return { kind: 'artifact', name, runId };
}
