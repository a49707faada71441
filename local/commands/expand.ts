import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ExpandError } from '../pipelines/expand/expand-error';
import { expandPipeline } from '../pipelines/expand/pipeline/expand-pipeline';
import { printPipeline } from '../pipelines/expand/print';
import { repositoryFolders } from '../pipelines/repository-folders';
import { print } from '../terminal/print';
import { CommandError } from './command-error';
import { complain } from './complain';
import { folderByAlias, namedValues } from './named-values';

const USAGE = `databricks-mlops expand FILE [--repository alias=DIR]… [--parameter name=value]… [--variable name=value]…

  Expands an Azure Pipelines file with its templates and prints the YAML that Azure DevOps would preview. Nothing is run or sent.

  --repository alias=DIR   where the files of a repository resource lie; read at its ref if DIR is a git repository
  --parameter name=value   a parameter of the pipeline; lists and mappings as JSON
  --variable name=value    a variable that is known before the run, such as Build.Reason=PullRequest

  An error names file, line, column and the templates on the way there. Exit code 1: the pipeline does not expand.
`;

/** `databricks-mlops expand FILE` (contract 9). */
export async function expand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    print(USAGE);
    return 0;
  }
  const [file, another] = positionals;
  if (file === undefined || another !== undefined) {
    throw usage('expand takes one file.');
  }
  const root = repositoryRootOf(file);
  const folders = new Map([...folderByAlias(values.repository, usage), ['self', root] as const]);
  try {
    const pipeline = expandPipeline({
      file: relative(root, resolve(file)),
      source: repositoryFolders(folders, complain),
      parameters: new Map(namedValues('parameter', values.parameter, usage)),
      variables: new Map(namedValues('variable', values.variable, usage)),
    });
    // A document for files and other programs, in which a script may have commands of its own: as it is. What acts at a terminal is escaped in it.
    process.stdout.write(printPipeline(pipeline));
    return 0;
  } catch (error) {
    if (error instanceof ExpandError) {
      complain(error.sentences);
      return 1;
    }
    throw error;
  }
}

/** The folder with `.git` above a file; the file's own folder where there is none. Paths with a leading / count from there. */
export function repositoryRootOf(file: string): string {
  const own = dirname(resolve(file));
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(resolve(folder, '.git'))) {
      return folder;
    }
    if (basename(folder) === '' || folder === dirname(folder)) {
      return own;
    }
  }
}

function usage(sentence: string): CommandError {
  // The whole help would push the sentence out of sight.
  return new CommandError(`${sentence}\n'databricks-mlops expand --help' says more.`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        repository: { type: 'string', multiple: true },
        parameter: { type: 'string', multiple: true },
        variable: { type: 'string', multiple: true },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}
