/**
 * Keeps the variables of this process as they are now. `process.env` must not be replaced by another object: what the system itself sees, and what
 * others took hold of before, would stay as a test has left it.
 * @returns what sets them back
 */
export function keepEnvironment(): () => void {
  const kept = { ...process.env };
  return () => {
    for (const name of Object.keys(process.env).filter((present) => !Object.hasOwn(kept, present))) {
      delete process.env[name];
    }
    Object.assign(process.env, kept);
  };
}
