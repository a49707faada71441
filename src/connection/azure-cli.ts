import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Clock } from '../clock';
import { TaskError } from '../errors';
import { DATABRICKS_RESOURCE_ID } from './clouds';
import type { Token } from './token';

/** Runs the Azure CLI with these arguments and gives its standard output. */
export type AzureCli = (args: readonly string[]) => Promise<string>;

/** The `az` of this machine. */
export const installedAzureCli: AzureCli = async (args) => {
  const windows = process.platform === 'win32';
  // On Windows `az` is a batch file, which only a shell can start; the arguments are constants.
  const { stdout } = await promisify(execFile)(windows ? 'az.cmd' : 'az', [...args], {
    shell: windows,
    timeout: 60_000,
  });
  return stdout;
};

/**
 * Token of the person who is signed in with `az login`.
 * @param resource what it is for; default: Azure Databricks
 * @param where one sentence: why it was asked
 * @throws TaskError AZURE_CLI_FAILED
 */
export async function azureCliToken(
  azureCli: AzureCli,
  clock: Clock,
  resource: string = DATABRICKS_RESOURCE_ID,
  where = '',
): Promise<Token> {
  const args = ['account', 'get-access-token', '--resource', resource, '--output', 'json'];
  let answer: { accessToken?: unknown; expires_on?: unknown };
  try {
    answer = JSON.parse(await azureCli(args)) as typeof answer;
  } catch (error) {
    // A shell, which Windows needs, says 9009 or 1 for a program that is not there.
    const isMissing = (error as { readonly code?: unknown }).code === 'ENOENT';
    throw new TaskError(
      'AZURE_CLI_FAILED',
      isMissing ? 'There is no Azure CLI (`az`) on this machine.' : 'The Azure CLI gave no token.',
      {
        where,
        todo: `${isMissing ? 'Install it' : 'Run `az login`'}, or set DATABRICKS_HOST and DATABRICKS_TOKEN, or name a profile that has a token with --profile.`,
        cause: error,
      },
    );
  }
  if (typeof answer.accessToken !== 'string' || answer.accessToken === '') {
    throw new TaskError('AZURE_CLI_FAILED', 'The Azure CLI answered without a token.', {
      todo: 'Run `az login` again.',
    });
  }
  const epoch = Number(answer.expires_on ?? Number.NaN);
  // The Azure CLI reckons with the clock of this machine, as we do.
  return { value: answer.accessToken, lifeMs: Number.isFinite(epoch) ? epoch * 1000 - clock.now() : 300_000 };
}
