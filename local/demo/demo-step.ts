import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineConnection } from '../pipelines/task-environment';
import { type StepResult, startStep } from '../pipelines/task-process';
import type { Paint } from '../terminal/paint';
import { type ProgressBar, progressBar } from '../terminal/progress-bar';

/** Where the demo's steps run. */
export interface DemoPlace {
  /** Folder with one built bundle per task. */
  readonly tasks: string;
  readonly connection: PipelineConnection;
  /** Working directory of the steps: the sample. */
  readonly sources: string;
  /** Takes what the steps write: reports, summaries. */
  readonly results: string;
  readonly paint: Paint;
}

/** A step that did not end as the demo expects. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

/**
 * Runs one built task as the agent starts it and shows it as one line: moving while it runs, then how it ended.
 * @param task name of the task
 * @param title what the step is for
 * @param expected the agent's result that the demo expects
 * @throws DemoFailure with the step's errors when it ends otherwise
 */
export async function demoStep(
  place: DemoPlace,
  task: string,
  title: string,
  inputs: Readonly<Record<string, string>>,
  expected: StepResult['result'] = 'Succeeded',
): Promise<StepResult> {
  const bar = progressBar(process.stdout);
  const begun = Date.now();
  const step = startStep(join(place.tasks, task), stepRequest(place, title, inputs), {
    onLine: (line) => showLine(bar, place, title, line),
  });
  bar.update(place.paint.bold(title));
  const stop = () => step.cancel();
  process.on('SIGINT', stop);
  const result = await step.result;
  process.removeListener('SIGINT', stop);
  bar.end();
  const took = `${((Date.now() - begun) / 1000).toFixed(1)} s`;
  const good = result.result === expected;
  const mark = good
    ? expected === 'Succeeded'
      ? place.paint.green('✓')
      : place.paint.yellow('✗')
    : place.paint.red('✗');
  process.stdout.write(`  ${mark} ${title.padEnd(34)} ${place.paint.dim(took.padStart(7))}  ${result.message}\n`);
  if (!good) {
    throw new DemoFailure(`'${title}' (${task}) ended ${result.result}, expected ${expected}.\n\n${result.output}`);
  }
  return result;
}

function stepRequest(place: DemoPlace, title: string, inputs: Readonly<Record<string, string>>) {
  const step = title.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  mkdirSync(place.results, { recursive: true });
  return {
    inputs: { databricksConnection: place.connection.id, ...inputs },
    connections: [place.connection],
    variables: {
      'System.HostType': 'build',
      'System.CollectionUri': 'https://dev.azure.com/local/',
      'System.TeamProject': 'demo',
      'System.TeamProjectId': '00000000-0000-4000-8000-000000000001',
      'System.DefinitionId': '1',
      'System.StageName': 'demo',
      'System.PhaseName': 'main',
      'System.JobName': 'main',
      'System.JobPositionInPhase': '1',
      'System.TaskInstanceName': step,
      'Build.BuildId': '1',
      'Build.BuildNumber': 'demo',
    },
    workingDirectory: place.sources,
    temporaryDirectory: place.results,
  };
}

function showLine(bar: ProgressBar, place: DemoPlace, title: string, line: string): void {
  const text = line.replace(/^##\[\w+\]/, '').trim();
  if (text !== '') {
    bar.update(
      process.stdout.isTTY === true ? `${place.paint.bold(title)}  ${place.paint.dim(text)}` : `      ${text}`,
    );
  }
}
