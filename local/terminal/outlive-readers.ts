/** What writing ends with when a pipe has no reader any more, and on Unix when the terminal was closed. */
const NOBODY_READS = new Set(['EPIPE', 'EIO']);

/**
 * Lets this process go on when nobody reads any longer what it prints. Otherwise its next line would end it at once, in the middle of the
 * cancel that a closed terminal asks for: jobs go on in the workspace, and no record says how the run ended.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!NOBODY_READS.has(error.code ?? '')) {
        throw error;
      }
    });
  }
}
