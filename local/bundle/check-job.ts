import { ApiError } from '../workspace/api';
import { jobSettings } from '../workspace/jobs/job-settings';
import { refuseUnsupported } from '../workspace/jobs/task-types';
import { type Fields, fieldListAt } from './fields';
import type { Findings } from './findings';
import { unknownFields } from './unknown-fields';

const STARTERS = ['schedule', 'trigger', 'continuous'];

/** Holds the settings of a job against the rules by which a local workspace takes them. */
export function checkJob(settings: Fields, where: string, { problems, warnings }: Findings): void {
  const wrong = [
    ...refusals(() => jobSettings(settings)),
    // The first wrong task hides the others.
    ...fieldListAt(settings, 'tasks').flatMap(({ depends_on: _, ...task }) =>
      refusals(() => jobSettings({ ...settings, tasks: [task] })),
    ),
  ];
  problems.push(...[...new Set(wrong)].map((sentence) => `${where}: ${sentence}`));
  warnings.push(...unknownFields(settings, where));
  if (wrong.length > 0) {
    return;
  }
  for (const task of jobSettings(settings).tasks ?? []) {
    warnings.push(...refusals(() => refuseUnsupported([task])).map((sentence) => `${where}: ${sentence}`));
  }
  for (const starter of STARTERS.filter((name) => settings[name] != null)) {
    warnings.push(`${where}.${starter} is kept; a local workspace starts nothing by itself.`);
  }
}

function refusals(check: () => unknown): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof ApiError) {
      return [error.message];
    }
    throw error;
  }
}
