/** Python interpreters with given packages, kept in a cache folder that later runs and other clones reuse. */
export interface PythonEnvironments {
  /**
   * The interpreter that has exactly these requirements, made when missing (design 4: a job's environment is installed once).
   * Safe to call at the same time from several processes.
   * @param requirements pip requirement lines; order and blanks do not matter
   * @param onProgress one short line whenever something changes
   * @returns absolute path of the interpreter
   * @throws Error with pip's last lines when the installation fails
   */
  interpreter(requirements: readonly string[], onProgress?: (line: string) => void): Promise<string>;
}
