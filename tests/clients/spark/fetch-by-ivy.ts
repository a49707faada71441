import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { FetchJar } from './delta-jars';
import { javaProgram } from './java';

const MILLISECONDS = 300_000;

/** Fetches jars by the Ivy that comes with PySpark, from where Ivy's own settings or those of the user say. */
export function fetchByIvy(python: string): FetchJar {
  return async ({ organisation, module, revision }, folder) => {
    const settings = join(homedir(), '.ivy2', 'ivysettings.xml');
    const { code, output } = await run(javaProgram(), [
      ...['-jar', await ivyOf(python)],
      ...(existsSync(settings) ? ['-settings', settings] : []),
      ...['-cache', join(folder, 'ivy')],
      ...['-dependency', organisation, module, revision],
      ...['-notransitive', '-confs', 'default'],
      ...['-retrieve', join(folder, '[artifact]-[revision].[ext]')],
    ]);
    return code === 0
      ? undefined
      : `${organisation}:${module}:${revision} cannot be fetched here: ${complaintOf(output)}`;
  };
}

/** What went wrong, out of Ivy's long report. */
function complaintOf(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const complaints = lines.filter((line) => /not found|error|exception|refused|timed out/i.test(line));
  return [...new Set(complaints.length > 0 ? complaints : lines.slice(-3))].slice(0, 3).join('; ');
}

async function ivyOf(python: string): Promise<string> {
  const where = "import importlib.util as u; print(u.find_spec('pyspark').submodule_search_locations[0])";
  const { code, output } = await run(python, ['-c', where]);
  const jars = join(output.trim(), 'jars');
  const ivy = code === 0 ? readdirSync(jars).find((name) => /^ivy-[\d.]+\.jar$/.test(name)) : undefined;
  if (ivy === undefined) {
    throw new Error(`PySpark, as ${python} has it, comes without Ivy: ${output}`);
  }
  return join(jars, ivy);
}

function run(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: MILLISECONDS });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
