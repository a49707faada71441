import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { parseYaml } from '../../src/quiet-yaml';
import { deleteState } from '../workspace/data-folder';
import type { TrainingOverride } from './sample-jobs';

/** The folders of a demo: a consumer's repository, the repository of the templates, settings and runs. */
export interface DemoPlace {
  readonly repository: string;
  readonly templates: string;
  readonly settings: string;
  readonly runs: string;
  /** State of the local workspaces. */
  readonly data: string;
}

/** Who approves in the demo. */
export const APPROVER = 'you';
/** The tag at which the sample's pipeline takes the templates. */
const TEMPLATES_TAG = 'v0.1.0';
const NOT_COPIED = /(?:^|[/\\])(?:__pycache__|\.pytest_cache|\.venv|\.mlops|node_modules)$/;

/**
 * Lays out a demo below a folder, in place of the one before: the sample as it is with its pipeline for rollbacks beside it, and the templates at their
 * tag. With git both are repositories; without they are folders, and the pipeline reads them as they lie.
 * @param root folder of this package
 * @throws HeldByProcess when a process uses the workspaces of the one before; nothing has changed then
 */
export function layOutDemo(folder: string, root: string): DemoPlace {
  const place = {
    repository: join(folder, 'diabetes'),
    templates: join(folder, 'azure-databricks-mlops'),
    settings: join(folder, 'settings'),
    runs: join(folder, 'runs'),
    data: join(folder, 'workspace'),
  };
  if (existsSync(place.data)) {
    deleteState(place.data);
  }
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'samples', 'diabetes'), place.repository, {
    recursive: true,
    filter: (source) => !NOT_COPIED.test(source),
  });
  cpSync(join(root, 'samples', 'pipelines', 'rollback.yml'), join(place.repository, 'rollback.yml'));
  cpSync(join(root, 'templates'), join(place.templates, 'templates'), { recursive: true });
  mkdirSync(place.settings, { recursive: true });
  writeFileSync(
    join(place.settings, 'environments.yml'),
    stringify({
      environments: {
        'mlops-diabetes-staging-model': {},
        'mlops-diabetes-prod-model': {
          approvals: { approvers: [APPROVER], instructions: 'Read the summary of the evaluation before you answer.' },
        },
        'mlops-diabetes-prod-rollback': {},
      },
    }),
  );
  git(place.templates, ['init', '--quiet', '--initial-branch=main']);
  commitAll(place.templates, 'Templates');
  git(place.templates, ['tag', TEMPLATES_TAG]);
  git(place.repository, ['init', '--quiet', '--initial-branch=main']);
  return place;
}

/** Commits the sample with these settings of its training. */
export function commitTraining({ repository }: DemoPlace, training: TrainingOverride, message: string): void {
  const file = join(repository, 'mlops', 'training.yml');
  const committed: unknown = parseYaml(readFileSync(file, 'utf8'));
  writeFileSync(file, stringify({ ...(committed as object), ...training }));
  commitAll(repository, message);
}

function commitAll(folder: string, message: string): void {
  git(folder, ['add', '--all']);
  git(folder, [
    '-c',
    'user.name=demo',
    '-c',
    'user.email=demo@localhost',
    '-c',
    'commit.gpgsign=false',
    'commit',
    '--quiet',
    '--allow-empty',
    `--message=${message}`,
  ]);
}

/** Does nothing on a machine without git. */
function git(folder: string, args: readonly string[]): void {
  try {
    execFileSync('git', ['-C', folder, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
}
