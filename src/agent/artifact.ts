import { TaskError } from '../errors';
import type { Host } from './host';

/**
 * Name of a build artifact in this attempt: artifacts cannot be replaced, so from the second attempt on it ends in `-<attempt>`.
 * A retry raises `System.StageAttempt` or `System.JobAttempt`; the larger one tells the attempts of a step apart.
 */
export function artifactNameOfAttempt(name: string, host: Host): string {
  const attempts = ['System.StageAttempt', 'System.JobAttempt'].map((variable) =>
    Number(host.variable(variable) ?? '1'),
  );
  const attempt = Math.max(1, ...attempts.filter(Number.isInteger));
  return attempt > 1 ? `${name}-${attempt}` : name;
}

/**
 * Refuses what Azure Pipelines refuses in an artifact's name.
 * @throws TaskError INPUT_INVALID
 */
export function checkArtifactName(name: string): void {
  if (name !== '' && !isArtifactName(name)) {
    throw new TaskError(
      'INPUT_INVALID',
      `Input 'publishArtifact' must be an artifact name, not ${JSON.stringify(name)}.`,
      {
        todo: 'Use letters, digits, blank, dot, underscore and hyphen.',
      },
    );
  }
}

/** True for what can be the name of an artifact. */
export function isArtifactName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._ -]{0,254}$/.test(name);
}
