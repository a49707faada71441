import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { counted } from '../../src/counted';
import { TaskError } from '../../src/errors';
import type { Bundle, BundleJob, BundleValues, NamedBundleValues } from './bundle';
import { type BundleFile, MAIN_FILE, readBundleFiles } from './bundle-files';
import { type BundleTarget, chooseTarget, sortSections } from './bundle-target';
import { jobOfReference, substituted, type Unresolved } from './bundle-values';
import { checkJob } from './check-job';
import { type Fields, fieldsAt, isFields } from './fields';
import { type Findings, noFindings } from './findings';
import { inOrderOfReference } from './job-order';
import { mergeJob } from './merge-job';
import { withWorkspacePaths } from './task-paths';
import { declaredVariables, filesFolder, valueTree } from './value-tree';

/** What the Databricks CLI gives a job that says nothing of it (`default_queueing` of its bundle mutators): a second run waits and is not skipped. */
const QUEUE = { enabled: true };

/**
 * Reads the jobs of the bundle in `folder` for one target: variables substituted, paths of files made absolute in the workspace, each job held
 * against the rules of the local workspace. What is read is described in docs/pipelines.md.
 * @throws TaskError BUNDLE_INVALID with every problem that was found, a line each
 */
export function readBundle(folder: string, values: BundleValues): Bundle {
  const findings = noFindings();
  const files = readBundleFiles(folder, findings);
  const name = fieldsAt(files[0].contents, 'bundle').name;
  if (typeof name !== 'string' || name === '') {
    findings.problems.push(`${MAIN_FILE} has no bundle.name. Name the bundle.`);
  }
  const target = chooseTarget(files, values, findings);
  sortSections(files, target, findings);
  const named = { ...values, name: String(name) };
  const jobs = target === undefined ? [] : jobsOf(folder, files, target, named, findings);
  if (findings.problems.length > 0) {
    throw new TaskError('BUNDLE_INVALID', problemLines(folder, findings.problems), {
      todo: 'Correct them, or deploy this bundle with the Databricks CLI.',
    });
  }
  return { name: named.name, files: filesFolder(named), jobs, warnings: warningsOf(findings) };
}

function problemLines(folder: string, problems: readonly string[]): string {
  return `The bundle in ${folder} has ${counted(problems.length, 'problem')}:\n${problems.map((line) => `  - ${line}\n`).join('')}`;
}

function warningsOf({ ignored, warnings }: Findings): readonly string[] {
  return [...(ignored.length === 0 ? [] : [`Not used here: ${ignored.join(', ')}.`]), ...warnings];
}

function jobsOf(
  folder: string,
  files: readonly BundleFile[],
  target: BundleTarget,
  values: NamedBundleValues,
  findings: Findings,
): readonly BundleJob[] {
  const tree = valueTree(files, target, values, findings);
  const unresolved: Unresolved = new Map();
  const jobs = new Map<string, { settings: Fields; readonly where: string }>();
  const sources = [...files, ...target.parts.map((part) => ({ ...part, ofTarget: true }))];
  for (const source of sources) {
    const prefix = 'ofTarget' in source ? `targets.${target.name}.` : '';
    for (const [key, job] of Object.entries(fieldsAt(fieldsAt(source.contents, 'resources'), 'jobs'))) {
      const where = `${source.name}: ${prefix}resources.jobs.${key}`;
      if (!isFields(job)) {
        findings.problems.push(`${where} is not a map.`);
        continue;
      }
      const { permissions, ...settings } = substituted(job, tree, where, unresolved) as Fields;
      findings.ignored.push(...(permissions === undefined ? [] : [`${where}.permissions`]));
      const placed = withWorkspacePaths(settings, where, {
        folder: posix.dirname(source.name),
        root: filesFolder(values),
        named: (path, at) => refuseMissing(folder, path, at, findings),
      });
      const known = jobs.get(key);
      jobs.set(
        key,
        known === undefined ? { settings: placed, where } : { ...known, settings: mergeJob(known.settings, placed) },
      );
    }
  }
  findings.problems.push(...unresolvedSentences(unresolved, files, target));
  for (const { settings, where } of jobs.values()) {
    if (typeof settings.name !== 'string') {
      findings.problems.push(`${where} has no name. Give the job one.`);
    }
    checkJob(settings, where, findings);
  }
  const read = [...jobs].map(([key, { settings }]) => ({
    key,
    name: String(settings.name),
    settings: { queue: QUEUE, ...settings },
  }));
  return inOrderOfReference(read, findings.problems);
}

/** Whether it is there is told before anything is deployed; a notebook may be named without its extension. */
function refuseMissing(folder: string, path: string, where: string, { problems }: Findings): void {
  const names = [path, ...['.py', '.sql', '.scala', '.r', '.ipynb'].map((extension) => `${path}${extension}`)];
  if (path.startsWith('../')) {
    problems.push(`${where} names a file outside of the bundle: ${path}.`);
  } else if (!path.includes('${') && !names.some((name) => existsSync(join(folder, name)))) {
    problems.push(`${where} names ${path}, and there is no such file.`);
  }
}

function unresolvedSentences(
  unresolved: Unresolved,
  files: readonly BundleFile[],
  target: BundleTarget,
): readonly string[] {
  const declared = declaredVariables(files);
  return [...unresolved].map(([reference, [first, ...more]]) => {
    const places = `${first}${more.length === 0 ? '' : ` and ${more.length} more`}`;
    const variable = /^var\.(.+)$/.exec(reference)?.[1];
    const todo =
      variable === undefined
        ? jobOfReference(reference) === undefined
          ? 'Known are var.…, bundle.name, bundle.target, bundle.git.commit, workspace.current_user.userName, workspace.file_path and root_path, and resources.….'
          : 'The bundle has no such job.'
        : Object.hasOwn(declared, variable)
          ? `Give the variable a default, a value in targets.${target.name}.variables, or BUNDLE_VAR_${variable} in the environment.`
          : 'Declare the variable.';
    return `\${${reference}} has no value, used in ${places}. ${todo}`;
  });
}
