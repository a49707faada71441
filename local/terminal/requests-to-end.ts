/**
 * Calls back at the first Ctrl-C, request to end or closed terminal. The second ends this process with exit code 130, and whatever ends with it: by
 * the signal itself the processes that it started would go on alone.
 */
export function onRequestToEnd(first: () => void): void {
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) {
        process.exit(130);
      }
      asked = true;
      first();
    });
  }
}
