// What users may have written into their pipelines: names, aliases, types, defaults and options of every input.
// `node scripts/inputs-lock.mjs` writes tests/contract/inputs.lock.json; a released input may be added to, never changed, within a major.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { declaredTasks, format, root } from './project.mjs';

const lock = Object.fromEntries(
  declaredTasks().map((task) => [
    `${task.name}@${task.version.Major}`,
    {
      inputs: Object.fromEntries(
        task.inputs.map(({ name, type, aliases, defaultValue, required, options }) => [
          name,
          { type, aliases, default: defaultValue, required, options: options && Object.keys(options) },
        ]),
      ),
      outputs: task.outputVariables.map((output) => output.name),
    },
  ]),
);
writeFileSync(join(root, 'tests', 'contract', 'inputs.lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
format('tests/contract/inputs.lock.json');
