const FULL = 'Free space there, and start again.';
const REFUSED = 'Give yourself the right, or name a folder in which you may write: --help says which option does.';

/** What the system refuses to every command, and what to do; by the code of Node's error. */
const REFUSALS: Readonly<Record<string, readonly [what: string, todo: string]>> = {
  ENOSPC: ['The disk is full', FULL],
  EDQUOT: ['Your share of the disk is full', FULL],
  EROFS: ['The folder is on a disk that can only be read', REFUSED],
  EACCES: ['You may not read or write there', REFUSED],
  EPERM: ['The system does not allow it', REFUSED],
};

/** An error of the system that is no defect of this program, in a sentence; `undefined` for any other. */
export function systemRefusal(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  const refusal = code !== undefined && Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
  return refusal === undefined ? undefined : `${refusal[0]}: ${message}. ${refusal[1]}`;
}
