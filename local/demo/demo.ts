import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createWorkspaceClient, type WorkspaceClient } from '../../src/databricks/workspace-client';
import { HttpClient } from '../../src/http/client';
import { CommandError } from '../commands/command-error';
import { packageRoot } from '../package-root';
import { paintFor } from '../terminal/paint';
import { startWorkspaces } from '../workspace/server';
import { DEMO_USAGE, readDemoOptions } from './demo-options';
import { type DemoPlace, demoStep, showEnd } from './demo-step';
import { type RoundResult, resultTable } from './result-table';
import { deploySample, type TrainingOverride } from './sample-jobs';

const MODEL = 'prod.diabetes.progression';
const ENDPOINT = 'progression';
const PREDICTIONS = 'prod.diabetes.eval_predictions_progression';

/** One commit of the sample and what it is expected to lead to. */
interface Commit {
  readonly id: string;
  readonly says: string;
  readonly training: TrainingOverride;
  readonly promoted: boolean;
}

const COMMITS: readonly Commit[] = [
  { id: 'c0001', says: 'a first model, on two columns', training: { columns: ['bmi', 'age'] }, promoted: true },
  { id: 'c0002', says: 'a better model, on all columns', training: {}, promoted: true },
  { id: 'c0003', says: 'a worse model, on one blood value', training: { columns: ['s1'] }, promoted: false },
];

/**
 * The line from a training run to a served answer on this machine: an embedded local workspace, the built task bundles started as the
 * agent starts them, the sample's own jobs.
 */
async function main(): Promise<void> {
  const { quick, help } = readDemoOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(DEMO_USAGE);
    return;
  }
  const root = packageRoot();
  const paint = paintFor(process.stdout);
  const begun = Date.now();
  const data = mkdtempSync(join(tmpdir(), 'databricks-mlops-demo-'));
  const results = join(process.cwd(), '.mlops', 'demo');
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const running = await startWorkspaces({ names: ['prod'], data });
  try {
    const [workspace] = running.workspaces;
    if (workspace === undefined) {
      throw new Error('the local workspace did not start');
    }
    say(
      `${paint.bold('Local workspace')} ${workspace.url}  ${paint.dim('(stands in for Azure Databricks; ends with the demo)')}`,
    );
    const place: DemoPlace = {
      tasks: join(root, 'dist', 'tasks'),
      connection: { id: 'dbx-prod', url: workspace.url, scheme: 'Token', parameters: { apitoken: workspace.token } },
      sources: join(root, 'samples', 'diabetes'),
      results,
      buildId: '0',
      commit: 'c0001',
      paint,
      signal: interruption(),
    };
    const client = new HttpClient({
      baseUrl: workspace.url,
      credentials: {
        refreshable: false,
        headers: async () => ({ Authorization: `Bearer ${workspace.token}` }),
        invalidate: () => undefined,
      },
    });
    await demoStep(place, 'DatabricksCheckConnection', 'Check connection', {});
    const rounds: RoundResult[] = [];
    for (const commit of quick ? COMMITS.slice(0, 1) : COMMITS) {
      rounds.push(await round(place, client, commit));
    }
    if (!quick) {
      rounds.push(await rollback(place, client));
    }
    say(`\n${resultTable(rounds, paint)}`);
    say(`\n${paint.bold('Reports')}`);
    for (const { says, report } of rounds.filter((found) => found.report !== '')) {
      say(`  ${report}  ${paint.dim(says)}`);
    }
    say(paint.dim(`  summaries of all steps: ${join(relative(process.cwd(), results), '**', 'summary.md')}`));
    say(paint.dim(`\nDone in ${Math.round((Date.now() - begun) / 1000)} s; nothing is left running.`));
  } finally {
    await running.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function round(demo: DemoPlace, client: HttpClient, commit: Commit): Promise<RoundResult> {
  const { id } = commit;
  const place = { ...demo, results: join(demo.results, id), buildId: id.replace(/\D/g, ''), commit: id };
  say(`\n${place.paint.bold(`Commit ${commit.id}`)}: ${commit.says}`);
  await deploySample(client, {
    folder: place.sources,
    commit: commit.id,
    catalog: 'prod',
    overrides: { training: commit.training },
  });
  const trained = await demoStep(place, 'DatabricksRunWorkflow', 'Run workflow: train', {
    job: 'diabetes-train',
    jobParameters: `catalog=prod\nenvironment=prod\ncommit=${commit.id}`,
    model: MODEL,
    requireModel: 'true',
  });
  const registered = await demoStep(place, 'DatabricksRegisterModel', 'Register model', {
    model: MODEL,
    workflowRunId: output(trained, 'runId'),
  });
  const version = output(registered, 'modelVersion');
  const champion = registered.outputs['championVersion'] ?? '';
  await demoStep(place, 'DatabricksRunWorkflow', 'Run workflow: score both models', {
    job: 'diabetes-evaluate',
    jobParameters: [
      'catalog=prod',
      'environment=prod',
      `commit=${commit.id}`,
      `challenger_version=${version}`,
      `champion_version=${champion}`,
      `predictions_table=${PREDICTIONS}`,
    ].join('\n'),
  });
  const evaluated = await demoStep(
    place,
    'DatabricksEvaluateModel',
    'Evaluate model',
    {
      policyFile: 'mlops/promotion-policy.yml',
      model: MODEL,
      challenger: version,
      predictions: `table:${PREDICTIONS}`,
      policyVariables: 'catalog=prod',
    },
    commit.promoted ? 'Succeeded' : 'Failed',
  );
  const report = output(evaluated, 'reportPath');
  if (!commit.promoted) {
    await demoStep(
      place,
      'DatabricksPromoteModel',
      'Promote model (must be refused)',
      { model: MODEL, version, reportPath: report },
      'Failed',
    );
  } else {
    await demoStep(place, 'DatabricksPromoteModel', 'Promote model', { model: MODEL, version, reportPath: report });
  }
  const served = await serve(place, client);
  return {
    commit: commit.id,
    says: commit.says,
    version,
    verdict: output(evaluated, 'verdict'),
    champion: commit.promoted ? version : champion,
    served,
    report: relative(process.cwd(), report),
  };
}

async function rollback(demo: DemoPlace, client: HttpClient): Promise<RoundResult> {
  const place = { ...demo, results: join(demo.results, 'rollback'), buildId: '9', commit: 'c0003' };
  say(`\n${place.paint.bold('Rollback')}: back to the champion before`);
  const back = await demoStep(place, 'DatabricksPromoteModel', 'Roll back', {
    action: 'rollback',
    model: MODEL,
    reason: 'The demo shows that there is a way back.',
  });
  const version = output(back, 'modelVersion');
  const served = await serve(place, client);
  return { commit: '', says: 'rollback', version, verdict: '', champion: version, served, report: '' };
}

/** Deploys what `champion` names, which changes nothing where it is served already, and asks the endpoint. */
async function serve(place: DemoPlace, client: HttpClient): Promise<string> {
  const deployed = await demoStep(place, 'DatabricksDeployEndpoint', 'Deploy endpoint', {
    endpoint: ENDPOINT,
    model: MODEL,
    sampleRequests: 'mlops/sample-request.json',
  });
  await query(place, createWorkspaceClient(client));
  return output(deployed, 'servedVersion');
}

/** What a customer of the endpoint would do. */
async function query(place: DemoPlace, workspace: WorkspaceClient): Promise<void> {
  const begun = Date.now();
  const request: unknown = JSON.parse(readFileSync(join(place.sources, 'mlops', 'sample-request.json'), 'utf8'));
  const { servedModelName, body } = await workspace.servingEndpoints.query(ENDPOINT, request);
  const { predictions } = body as { predictions: number[] };
  const figures = predictions.map((value) => value.toFixed(1)).join(' and ');
  const answer = `${servedModelName} predicts a progression of ${figures} for two patients.`;
  showEnd(place.paint, 'Query endpoint', Date.now() - begun, answer, place.paint.green('✓'));
}

/** Aborted by the first Ctrl-C or request to end: the running step is cancelled as the agent does it, and the workspace is stopped. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => controller.abort(new Error('Interrupted; nothing is left running.')));
  }
  return controller.signal;
}

function output(step: { readonly outputs: Readonly<Record<string, string>> }, name: string): string {
  const value = step.outputs[name] ?? '';
  if (value === '') {
    throw new Error(`the step set no output '${name}'`);
  }
  return value;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof CommandError ? 2 : 1);
});
