import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes an executable that answers as a Python would to the three calls that the environments make: `-c` (about itself),
 * `-m venv FOLDER` (a copy of itself in it) and `-m pip install …`. Each call is one line in `calls.log`.
 * @param options `version`: what it says it is; `pip`: shell lines instead of a successful installation of two packages
 * @returns path of the executable
 */
export async function fakePython(
  folder: string,
  options: { readonly version?: string; readonly pip?: string } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'python3');
  const about = { executable: path, version: options.version ?? '3.11.7', platform: 'cpython-linux-x86_64' };
  await writeFile(
    path,
    `#!/bin/sh
echo "$1 $2 $3" >> '${folder}/calls.log'
case "$1 $2" in
  "-m venv") mkdir -p "$3/bin" && cp '${path}' "$3/bin/python" ;;
  "-m pip")
${options.pip ?? "echo '  Downloading a-1.0-py3-none-any.whl.metadata (2 kB)'; echo '  Downloading a-1.0-py3-none-any.whl (1.0 MB)'; echo '  Using cached b-2.0-py3-none-any.whl (2 kB)'; echo 'Installing collected packages: b, a'"}
  ;;
  *) echo '${JSON.stringify(about)}' ;;
esac
`,
  );
  await chmod(path, 0o755);
  return path;
}
