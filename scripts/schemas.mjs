// The JSON Schemas that editors use: of promotion policies from the shape that the task itself checks by, of pipelines from the grammar of
// the expander and the inputs of tasks, of the settings of local runs from the shapes that these are read by. `node --import tsx scripts/schemas.mjs` writes them to templates/schemas; tests hold them current.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineSchemaText } from '../local/pipelines/schema/pipeline-schema.ts';
import { settingsSchemaTexts } from '../local/pipelines/settings/settings-schema.ts';
import { promotionPolicySchemaText } from '../src/evaluation/policy/json-schema.ts';
import { declaredTasks, format, root } from './project.mjs';

const schemas = {
  'templates/schemas/promotion-policy.schema.json': promotionPolicySchemaText(),
  'templates/schemas/pipeline.schema.json': pipelineSchemaText(declaredTasks()),
  ...Object.fromEntries(
    [...settingsSchemaTexts()].map(([name, text]) => [`templates/schemas/${name}.schema.json`, text]),
  ),
};
for (const [file, text] of Object.entries(schemas)) {
  writeFileSync(join(root, file), text);
  format(file);
  console.log(`written: ${file}`);
}
