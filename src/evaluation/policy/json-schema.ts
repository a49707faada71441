import * as z from 'zod/mini';
import { policySchema } from './schema';

/** The JSON Schema (draft 2020-12) of a promotion policy, as the text of `templates/schemas/promotion-policy.schema.json`. */
export function promotionPolicySchemaText(): string {
  const { $schema, ...shape } = z.toJSONSchema(policySchema, { io: 'input', target: 'draft-2020-12' });
  const schema = {
    $schema,
    title: 'PromotionPolicy',
    description: 'What a model version must show before it becomes champion. Used by DatabricksEvaluateModel.',
    ...shape,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
