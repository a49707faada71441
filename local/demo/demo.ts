import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWorkspaceClient } from '../../src/databricks/workspace-client';
import { CommandError } from '../commands/command-error';
import { complain } from '../commands/complain';
import { packageRoot } from '../package-root';
import { wayToWorkspaces } from '../pipelines/record/way-on';
import type { LocalWorkspace } from '../pipelines/settings/connections';
import { outliveReaders } from '../terminal/outlive-readers';
import { paintFor } from '../terminal/paint';
import { print } from '../terminal/print';
import { onRequestToEnd } from '../terminal/requests-to-end';
import { HeldByProcess, holdFolder } from '../workspace/held-folder';
import { startWorkspaces } from '../workspace/server';
import { DEMO_USAGE, readDemoOptions } from './demo-options';
import { commitTraining, type DemoPlace, layOutDemo } from './demo-place';
import { type DemoRun, type DemoStage, demoCaller, pageOf, runDemoPipeline } from './demo-run';
import { clientOf } from './deploy-jobs';
import { type DemoRow, resultTable } from './result-table';
import type { TrainingOverride } from './sample-jobs';

const MODEL = 'diabetes.progression';
const ENDPOINT = 'progression';

/** One thing that happens in the demo. */
interface Scene {
  readonly says: string;
  readonly commit?: { readonly training: TrainingOverride; readonly message: string };
  readonly run: DemoRun;
}

const PUSH = { file: 'azure-pipelines.yml', reason: 'push' } as const;
const FIRST_MODEL = { training: { columns: ['bmi', 'age'] }, message: 'Train on two columns' };
const SCENES: readonly Scene[] = [
  {
    says: 'push to main: a first model, on two columns',
    commit: FIRST_MODEL,
    run: { ...PUSH, branch: 'refs/heads/main', expected: 'succeeded' },
  },
  {
    says: 'branch release/1.0 of that commit: production',
    run: { ...PUSH, branch: 'refs/heads/release/1.0', expected: 'succeeded' },
  },
  {
    says: 'push to main: a worse model, on one blood value',
    commit: { training: { columns: ['s1'] }, message: 'Train on one blood value' },
    run: { ...PUSH, branch: 'refs/heads/main', expected: 'failed' },
  },
  {
    says: 'branch release/1.1: a better model, on all columns',
    commit: {
      training: { columns: ['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'] },
      message: 'Train on all columns',
    },
    run: { ...PUSH, branch: 'refs/heads/release/1.1', expected: 'succeeded' },
  },
  {
    says: 'rollback by hand',
    run: {
      file: 'rollback.yml',
      reason: 'manual',
      branch: 'refs/heads/main',
      parameters: { reason: 'The demo shows that there is a way back.' },
      expected: 'succeeded',
    },
  },
];
/** The shortest useful path. */
const QUICK: Scene = {
  says: 'branch release/1.0: a first model, on two columns',
  commit: FIRST_MODEL,
  run: { ...PUSH, branch: 'refs/heads/release/1.0', expected: 'succeeded' },
};

/**
 * The whole way on this machine: the sample's own pipeline, unmodified, run from push to rollback on two local workspaces, by the built tasks as the
 * agent starts them.
 */
async function main(): Promise<void> {
  const { quick, help } = readDemoOptions(process.argv.slice(2));
  if (help) {
    print(DEMO_USAGE);
    return;
  }
  const folder = join(process.cwd(), '.mlops', 'demo');
  try {
    const release = holdFolder(`${folder}-holders`);
    try {
      await playAll(layOutDemo(folder, packageRoot()), quick);
    } finally {
      release();
    }
  } catch (error) {
    throw error instanceof HeldByProcess
      ? new CommandError(
          `Process ${error.pid} uses ${folder}: another demo, or a workspace of the last one. End it first.`,
        )
      : error;
  }
}

async function playAll(place: DemoPlace, quick: boolean): Promise<void> {
  const begun = Date.now();
  const paint = paintFor(process.stdout);
  const running = await startWorkspaces({ names: ['staging', 'prod'], data: place.data });
  try {
    const shown = running.workspaces.map(({ name, url }) => `${name} ${url}`).join('  ');
    say(
      `${paint.bold('Local workspaces')} ${shown}\n${paint.dim('They stand in for Azure Databricks and end with the demo.')}`,
    );
    const stage: DemoStage = {
      place,
      tasksFolder: join(packageRoot(), 'dist', 'tasks'),
      workspaces: running.workspaces,
      paint,
      signal: interruption(),
    };
    const scenes = quick ? [QUICK] : SCENES;
    const rows: DemoRow[] = [];
    for (const [index, scene] of scenes.entries()) {
      say(`\n${paint.bold(`${index + 1} of ${scenes.length}`)}  ${scene.says}`);
      rows.push(await play(stage, scene));
    }
    say(`\n${resultTable(rows, paint)}`);
    say(lookAt(rows, place, paint));
    say(paint.dim(`\nDone in ${Math.round((Date.now() - begun) / 1000)} s; nothing is left running.`));
  } finally {
    await running.stop();
  }
}

async function play(stage: DemoStage, { says, commit, run }: Scene): Promise<DemoRow> {
  if (commit !== undefined) {
    commitTraining(stage.place, commit.training, commit.message);
  }
  const ended = await runDemoPipeline(stage, run);
  const champions = await Promise.all(stage.workspaces.map((workspace) => championOf(workspace)));
  return {
    says,
    result: ended.record.result ?? '',
    staging: champions[0] ?? '',
    production: champions[1] ?? '',
    answer: await query(stage),
    page: pageOf(ended),
  };
}

/** Version that is champion in a workspace's catalog; empty where there is none yet. */
async function championOf(workspace: LocalWorkspace): Promise<string> {
  const { registeredModels } = createWorkspaceClient(clientOf(workspace));
  const found = await registeredModels.versionByAlias(`${workspace.name}.${MODEL}`, 'champion');
  return found === undefined ? '' : String(found.version);
}

/** What a customer of the endpoint in production would get; empty before it is there. */
async function query({ place, workspaces, paint }: DemoStage): Promise<string> {
  const production = workspaces.find(({ name }) => name === 'prod');
  if (production === undefined) {
    throw new Error('the local workspace of production does not run');
  }
  const { servingEndpoints } = createWorkspaceClient(clientOf(production));
  if ((await servingEndpoints.get(ENDPOINT)) === undefined) {
    return '';
  }
  const request: unknown = JSON.parse(readFileSync(join(place.repository, 'mlops', 'sample-request.json'), 'utf8'));
  const { servedModelName, body } = await servingEndpoints.query(ENDPOINT, request);
  const { predictions } = body as { predictions: number[] };
  const figures = predictions.map((value) => value.toFixed(1)).join(' and ');
  say(
    `  ${paint.green('✓')} The endpoint answers: ${servedModelName} predicts a progression of ${figures} for two patients.`,
  );
  return figures;
}

/** The command that starts the workspaces of the demo again. */
function wayBack({ data }: DemoPlace): string | undefined {
  const localWorkspaces = ['staging', 'prod'].map((name) => ({ name, url: '' }));
  return wayToWorkspaces({ localWorkspaces }, demoCaller(data));
}

function lookAt(rows: readonly DemoRow[], place: DemoPlace, paint: ReturnType<typeof paintFor>): string {
  const refused = rows.find(({ result }) => result === 'failed');
  return [
    `\n${paint.bold('Look at')}`,
    ...rows.map(({ page, says }) => `  ${page}  ${paint.dim(says)}`),
    paint.dim('  Each is one page: stages as a graph, who approved, reports in the summaries, logs, artifacts, tests.'),
    ...(refused === undefined
      ? []
      : [paint.dim(`  Why the worse model was refused stands in the summary of ${refused.page}.`)]),
    paint.dim('  Workspaces and endpoints as they are now, also by the links of the pages:'),
    `    ${wayBack(place) ?? ''}`,
    paint.dim(`  The pipeline is ${join(place.repository, 'azure-pipelines.yml')}, as it is in samples/diabetes.`),
  ].join('\n');
}

/** Aborted by the first Ctrl-C or request to end: the running run is cancelled, and the workspaces are stopped. The second ends all at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  onRequestToEnd(() => controller.abort(new Error('Interrupted; nothing is left running.')));
  return controller.signal;
}

function say(text: string): void {
  print(`${text}\n`);
}

outliveReaders();
main().catch((error: unknown) => {
  complain(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof CommandError ? 2 : 1);
});
