// The JSON Schema of promotion policies, which editors use, from the shape that the task itself checks by.
// `node --import tsx scripts/schemas.mjs` writes templates/schemas/promotion-policy.schema.json; a test holds it current.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promotionPolicySchemaText } from '../src/evaluation/policy/json-schema.ts';
import { format, root } from './project.mjs';

const file = 'templates/schemas/promotion-policy.schema.json';
writeFileSync(join(root, file), promotionPolicySchemaText());
format(file);
console.log(`written: ${file}`);
