import type { CheckResult } from './finding';

/** The verdict as a person reads it, in log and summary alike. */
export const SHOWN_VERDICTS: Readonly<Record<CheckResult['verdict'], string>> = {
  ok: 'OK',
  warning: 'Warning',
  error: 'Failed',
  notChecked: 'Not checked',
};

/**
 * The line of one check while others are still being made. Of one that failed it says only that: the step's error, which the list of
 * errors shows too, says why and what to do, and nothing is to be read twice.
 */
export function logLine({ check, verdict, message }: CheckResult): string {
  const shown = SHOWN_VERDICTS[verdict];
  switch (verdict) {
    case 'error':
      return `${shown}: ${check}. The error at the end says why, and what to do.`;
    case 'notChecked':
      return `${message.replace(/^Not checked/, `${shown}: ${check}`)}`;
    default:
      return `${shown}: ${check}. ${message}`;
  }
}
