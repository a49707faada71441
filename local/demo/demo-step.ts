import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineConnection } from '../pipelines/task-environment';
import { type StepResult, startStep } from '../pipelines/task-process';
import type { Paint } from '../terminal/paint';
import { progressBar } from '../terminal/progress-bar';
import { wrapped } from '../terminal/wrap';

/** Where the demo's steps run. */
export interface DemoPlace {
  /** Folder with one built bundle per task. */
  readonly tasks: string;
  readonly connection: PipelineConnection;
  /** Working directory of the steps: the sample. */
  readonly sources: string;
  /** Takes what the steps write: reports, summaries. */
  readonly results: string;
  /** Id of the pipeline run that the steps belong to. */
  readonly buildId: string;
  /** Commit of the sample that the steps work on, as the demo calls it. */
  readonly commit: string;
  readonly paint: Paint;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A step that did not end as the demo expects. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

const TITLE_WIDTH = 32;
const TIME_WIDTH = 7;
const INDENT = 4 + TITLE_WIDTH + 1 + TIME_WIDTH + 2;

/**
 * Runs one built task as the agent starts it and shows it as one line: moving while it runs, then how it ended.
 * @param task name of the task
 * @param title what the step is for
 * @param expected the agent's result that the demo expects
 * @throws DemoFailure with the step's log when it ends otherwise; the signal's reason on Ctrl-C
 */
export async function demoStep(
  place: DemoPlace,
  task: string,
  title: string,
  inputs: Readonly<Record<string, string>>,
  expected: StepResult['result'] = 'Succeeded',
): Promise<StepResult> {
  place.signal.throwIfAborted();
  const begun = Date.now();
  const bar = progressBar(process.stdout);
  const show = lineShower(title, place.paint, (text) => bar.update(text));
  const step = startStep(join(place.tasks, task), stepRequest(place, title, inputs), { onLine: show });
  place.signal.addEventListener('abort', step.cancel, { once: true });
  bar.update(place.paint.bold(title));
  const result = await step.result;
  place.signal.removeEventListener('abort', step.cancel);
  bar.end();
  place.signal.throwIfAborted();
  showEnd(place.paint, title, Date.now() - begun, result.message, mark(result.result, expected, place.paint));
  if (result.result !== expected) {
    throw new DemoFailure(`'${title}' (${task}) ended ${result.result}, expected ${expected}.\n\n${result.output}`);
  }
  return result;
}

/** One line, wrapped below its own beginning: how something ended. */
export function showEnd(paint: Paint, title: string, milliseconds: number, message: string, sign: string): void {
  const took = `${(milliseconds / 1000).toFixed(1)} s`.padStart(TIME_WIDTH);
  const columns = Math.max(INDENT + 40, process.stdout.columns ?? 140);
  const text = wrapped(message, columns - INDENT).join(`\n${' '.repeat(INDENT)}`);
  process.stdout.write(`  ${sign} ${title.padEnd(TITLE_WIDTH)} ${paint.dim(took)}  ${text}\n`);
}

function mark(result: StepResult['result'], expected: StepResult['result'], paint: Paint): string {
  if (result !== expected) {
    return paint.red('✗');
  }
  return expected === 'Succeeded' ? paint.green('✓') : paint.yellow('✗');
}

function stepRequest(place: DemoPlace, title: string, inputs: Readonly<Record<string, string>>) {
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
      'Build.DefinitionName': 'diabetes',
      'Build.RequestedFor': 'demo',
      'Build.SourceBranch': 'refs/heads/main',
      // The demo's commits have no repository; evidence shall still hold an id of Git's form.
      'Build.SourceVersion': createHash('sha1').update(place.commit).digest('hex'),
      'System.StageName': 'demo',
      'System.PhaseName': 'main',
      'System.JobName': 'main',
      'System.JobPositionInPhase': '1',
      'System.TaskInstanceName': title.toLowerCase().replace(/[^a-z0-9]+/g, '_'),
      'Build.BuildId': place.buildId,
      'Build.BuildNumber': `demo-${place.buildId}`,
    },
    workingDirectory: place.sources,
    temporaryDirectory: place.results,
  };
}

/** Shows a step's log but for its last group, which says again what {@link showEnd} says. */
function lineShower(title: string, paint: Paint, update: (text: string) => void): (line: string) => void {
  const moving = process.stdout.isTTY === true;
  let inLastGroup = false;
  return (line) => {
    inLastGroup ||= /^##\[group\]Databricks\w+: \w+$/.test(line);
    const text = line.replace(/^##\[\w+\]/, '').trim();
    if (text !== '' && !inLastGroup) {
      update(moving ? `${paint.bold(title)}  ${paint.dim(text)}` : `      ${text}`);
    }
  };
}
