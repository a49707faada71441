import { installedDatabricksCli } from './install';

/** Builds the Databricks CLI before the tests that need it, or says why they will be skipped. */
async function main(): Promise<void> {
  const cli = await installedDatabricksCli({ onBuild: console.error });
  if ('missing' in cli) {
    console.error(`Tests of the Databricks CLI are skipped: ${cli.missing}`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
