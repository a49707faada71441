import type { RecordedRun } from './ports';
import type { Call } from './route';

/** Address of a project's REST interface, `…/{project id}/_apis`. */
export function apiUrl({ collectionUrl }: Pick<Call, 'collectionUrl'>, { record }: RecordedRun): string {
  return `${collectionUrl}${record.project.id}/_apis`;
}

/** Address of a run. */
export function buildUrl(call: Pick<Call, 'collectionUrl'>, run: RecordedRun): string {
  return `${apiUrl(call, run)}/build/Builds/${run.record.id}`;
}

/** A person or identity as answers name them. */
export function identity(person: { readonly id: string; readonly name: string }): Record<string, unknown> {
  return { displayName: person.name, id: person.id, uniqueName: person.name };
}
