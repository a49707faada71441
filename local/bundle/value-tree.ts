import type { NamedBundleValues } from './bundle';
import { type BundleFile, MAIN_FILE } from './bundle-files';
import type { BundleTarget } from './bundle-target';
import type { BundleValueTree } from './bundle-values';
import { type Fields, fieldsAt, isFields } from './fields';
import type { Findings } from './findings';
import { mergeJob } from './merge-job';

/** Where a bundle's files lie in the workspace. */
export function filesFolder({ root, name, commit }: Pick<NamedBundleValues, 'root' | 'name' | 'commit'>): string {
  return `${root}/${name}/${commit}/files`;
}

/** What `${…}` stands for in a bundle that is read for a target. */
export function valueTree(
  files: readonly BundleFile[],
  target: BundleTarget,
  values: NamedBundleValues,
  { problems }: Findings,
): BundleValueTree {
  const declared = declaredVariables(files);
  const ofTarget = fieldsAt(target.contents, 'variables');
  for (const name of Object.keys(ofTarget).filter((each) => !Object.hasOwn(declared, each))) {
    problems.push(
      `${MAIN_FILE}: targets.${target.name}.variables gives ${name} a value, which no variables declare. Declare it.`,
    );
  }
  const variables = new Map(
    Object.entries(declared).map(([name, declaration]) => [
      name,
      values.variables[name] ?? assigned(ofTarget[name]) ?? (isFields(declaration) ? declaration.default : undefined),
    ]),
  );
  return {
    variables,
    tree: {
      bundle: {
        ...fieldsAt(files[0]?.contents ?? {}, 'bundle'),
        target: target.name,
        environment: target.name,
        git: { commit: values.commit },
      },
      workspace: workspaceValues(values),
      variables: Object.fromEntries([...variables].map(([name, value]) => [name, { value, default: value }])),
      resources: files
        .map(({ contents }) => fieldsAt(contents, 'resources'))
        .reduce((all, each) => mergeJob(all, each), {}),
    },
  };
}

function workspaceValues(values: NamedBundleValues): Fields {
  const root = `${values.root}/${values.name}/${values.commit}`;
  const { userName } = values;
  return {
    root_path: root,
    file_path: filesFolder(values),
    artifact_path: `${root}/artifacts`,
    state_path: `${root}/state`,
    resource_path: `${root}/resources`,
    current_user: { userName, short_name: userName.replace(/@.*/, '').replace(/[^A-Za-z0-9]+/g, '_') },
  };
}

/** The variables that the files declare, by name. */
export function declaredVariables(files: readonly BundleFile[]): Fields {
  return files.map(({ contents }) => fieldsAt(contents, 'variables')).reduce((all, each) => mergeJob(all, each), {});
}

/** A target gives the value itself, or a map with `default`. */
function assigned(value: unknown): unknown {
  return isFields(value) && ('default' in value || 'lookup' in value) ? value.default : value;
}
