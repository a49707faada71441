import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * Unit tests of the sample take minutes to install: here `python` makes no environment, and finds one test that passed. What is run by bash
 * stays what the templates say.
 */
const PYTHON = `#!/bin/sh
case "$1 $2" in
  '-m venv') mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  '-m pytest')
    for argument; do case "$argument" in --junitxml=*) results=\${argument#--junitxml=} ;; esac; done
    echo '<testsuite><testcase classname="unit" name="passes" time="0"/></testsuite>' > "$results" ;;
esac
`;

/** Puts the quick `python` first in this process's path. `UsePythonVersion@0` has to be stubbed, or it puts another one before it. */
export class QuickPython {
  readonly #bin = mkdtempSync(join(tmpdir(), 'python-'));
  readonly #path = process.env['PATH'] ?? '';

  constructor() {
    writeFileSync(join(this.#bin, 'python'), PYTHON);
    chmodSync(join(this.#bin, 'python'), 0o755);
    process.env['PATH'] = `${this.#bin}${delimiter}${this.#path}`;
  }

  remove(): void {
    process.env['PATH'] = this.#path;
    rmSync(this.#bin, { recursive: true, force: true });
  }
}
