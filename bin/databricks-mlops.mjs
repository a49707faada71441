#!/usr/bin/env node
// The command of the package. It is committed, where dist/ is built: npx links a command once, and would keep a link to nothing for ever.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cli/databricks-mlops.js', import.meta.url));

if (existsSync(program)) {
  createRequire(import.meta.url)(program);
} else {
  const root = fileURLToPath(new URL('..', import.meta.url));
  console.error(
    `databricks-mlops is not built yet: run 'npm ci' and then 'npm run build' in ${root}, or 'npm run demo' once, which does both.`,
  );
  process.exit(2);
}
