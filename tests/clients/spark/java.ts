import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const OLDEST_JAVA = 17;

/** The program `java`: that of `JAVA_HOME`, else the first on the path. */
export function javaProgram(): string {
  const home = process.env.JAVA_HOME;
  return home ? join(home, 'bin', 'java') : 'java';
}

/** One sentence when this machine cannot run Spark. */
export function missingJava(): string | undefined {
  const { error, stderr } = spawnSync(javaProgram(), ['-version'], { encoding: 'utf8' });
  if (error !== undefined) {
    return `Spark needs Java ${OLDEST_JAVA} or later, and there is none on this machine.`;
  }
  const found = Number(/version "(\d+)/.exec(stderr)?.[1] ?? '0');
  return found >= OLDEST_JAVA ? undefined : `Spark needs Java ${OLDEST_JAVA} or later, this machine has ${found}.`;
}
