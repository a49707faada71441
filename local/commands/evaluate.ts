import { accessSync, constants, copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadTask } from '../tasks';
import { print } from '../terminal/print';
import { reportLines } from '../terminal/report-lines';
import { CommandError } from './command-error';
import { runAtTerminal } from './run-at-terminal';

const USAGE = `databricks-mlops evaluate --policy FILE --predictions FILE [--model NAME] [--report FILE] [--json]

  Judges predictions in a CSV, Parquet or JSON lines file by a promotion policy. No workspace is asked: the versions are those that the
  file names. --report says where the report goes; missing folders are created. Exit code 3: the verdict is FAIL or ERROR.
`;

/** `databricks-mlops evaluate` (contract 9): the task DatabricksEvaluateModel on files alone. */
export async function evaluate(args: readonly string[]): Promise<number> {
  const { values } = parse(args);
  if (values.help === true) {
    print(USAGE);
    return 0;
  }
  if (values.policy === undefined || values.predictions === undefined) {
    throw new CommandError(`--policy and --predictions are required.\n\n${USAGE}`);
  }
  if (values.report !== undefined) {
    prepareReport(resolve(values.report));
  }
  const task = await loadTask('DatabricksEvaluateModel');
  if (task === undefined) {
    throw new Error('the task DatabricksEvaluateModel is not part of this program');
  }
  const inputs = new Map([
    ['policyFile', values.policy.startsWith('preset:') ? values.policy : resolve(values.policy)],
    ['predictions', `file:${resolve(values.predictions)}`],
    ...(values.model === undefined ? [] : [['model', values.model] as const]),
  ]);
  const { exitCode, outputs } = await runAtTerminal(task, inputs, new Set(values.json === true ? ['json'] : []));
  const report = outputs.get('reportPath') ?? '';
  if (values.report !== undefined && report !== '') {
    orRefuse(resolve(values.report), (path) => copyFileSync(report, path));
  }
  if (report !== '' && values.json !== true) {
    print(`\n${reportLines(JSON.parse(readFileSync(report, 'utf8'))).join('\n')}\n`);
  }
  return exitCode;
}

/** Before the evaluation, which may take minutes: a report that cannot be written is refused at once. */
function prepareReport(report: string): void {
  orRefuse(report, (path) => {
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) {
      accessSync(dirname(path), constants.W_OK);
      return;
    }
    if (statSync(path).isDirectory()) {
      throw new Error('it is a folder');
    }
    accessSync(path, constants.W_OK);
  });
}

function orRefuse(report: string, write: (path: string) => void): void {
  try {
    write(report);
  } catch (error) {
    throw new CommandError(`The report cannot be written to ${report}: ${(error as Error).message}.`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        policy: { type: 'string' },
        predictions: { type: 'string' },
        model: { type: 'string' },
        report: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${USAGE}`);
  }
}
