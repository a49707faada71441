import type { RecordedRun } from './ports';
import type { Call } from './route';
import { ServiceError } from './service-error';

/**
 * Checks the project of a path, which names it or gives its id.
 * @throws ServiceError 404 when no run is of that project
 */
export function checkProject({ project, options }: Call): void {
  if (!options.runs.all().some((run) => isOf(run, project))) {
    throw new ServiceError(
      404,
      'ProjectDoesNotExistWithNameException',
      `TF200016: The following project does not exist: ${project}. Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.`,
    );
  }
}

/**
 * The run that `{buildId}` of the path names.
 * @throws ServiceError 404, also when it is another project's
 */
export function runOf(call: Call): RecordedRun {
  const id = call.values['buildId'] ?? '';
  const run = /^\d+$/.test(id) ? call.options.runs.run(id) : undefined;
  if (run === undefined || !isOf(run, call.project)) {
    checkProject(call);
    throw new ServiceError(404, 'BuildNotFoundException', `The requested build ${id} could not be found.`);
  }
  return run;
}

/** Runs of the project of the path. */
export function runsOf(call: Call): RecordedRun[] {
  checkProject(call);
  return call.options.runs.all().filter((run) => isOf(run, call.project));
}

function isOf({ record }: RecordedRun, project: string): boolean {
  const wanted = project.toLowerCase();
  return record.project.id.toLowerCase() === wanted || record.project.name.toLowerCase() === wanted;
}
