import { CommandError } from './commands/command-error';
import { complain } from './commands/complain';
import { evaluate } from './commands/evaluate';
import { expand } from './commands/expand';
import { systemRefusal } from './commands/system-error';
import { task } from './commands/task';
import { workspace } from './commands/workspace';
import { packageVersion } from './package-root';
import { outliveReaders } from './terminal/outlive-readers';
import { print } from './terminal/print';

const USAGE = `MLOps for Azure Databricks

  databricks-mlops workspace start|status|stop|reset   a local workspace that stands in for Azure Databricks
  databricks-mlops workspace deploy                    the sample's jobs into a workspace
  databricks-mlops task <TaskName> --<input> <value>   one task of the extension, from this terminal
  databricks-mlops evaluate --policy F --predictions F judge predictions by a promotion policy, without any workspace
  databricks-mlops expand FILE                         a pipeline with its templates, as Azure DevOps previews it
  databricks-mlops run FILE                            a pipeline on this machine: stages, jobs, approvals, artifacts

  --version prints the version. --help after a command says more; --json prints for machines. Exit code 0 only on
  success, 2 for wrong usage, 3 for a verdict that failOn names.
`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  workspace,
  task,
  evaluate,
  expand,
  // Loaded when asked for: it brings the agent, the local workspaces and the page with it.
  run: async (args) => (await import('./commands/run')).run(args),
};

async function main(args: readonly string[]): Promise<number> {
  const [name = '', ...rest] = args;
  const command = COMMANDS[name];
  if (command !== undefined) {
    return command(rest);
  }
  if (name === '--version') {
    print(`${packageVersion()}\n`);
    return 0;
  }
  const asked = ['', '--help', '-h', 'help'].includes(name);
  if (asked) {
    print(USAGE);
  } else {
    complain(`Unknown command '${name}'.\n\n${USAGE}`);
  }
  return name !== '' && asked ? 0 : 2;
}

outliveReaders();
main(process.argv.slice(2)).then(
  (code) => process.stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    complain(error instanceof CommandError ? error.message : describe(error));
    process.exit(error instanceof CommandError ? 2 : 1);
  },
);

function describe(error: unknown): string {
  const sentences = (error as { sentences?: unknown }).sentences;
  return typeof sentences === 'string'
    ? sentences
    : (systemRefusal(error) ?? String(error instanceof Error ? (error.stack ?? error.message) : error));
}
