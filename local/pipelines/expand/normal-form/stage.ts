import type { MappingNode } from '../nodes';
import { asList, withFirst, withForms } from './entries';
import { normalPool } from './job';

export function normalStage(stage: MappingNode): MappingNode {
  return withForms(withFirst(stage, 'stage'), { dependsOn: asList, pool: normalPool });
}
