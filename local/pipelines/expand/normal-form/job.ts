import type { MappingNode, Node } from '../nodes';
import { asList, asMappingUnder, withFirst, withForms } from './entries';

/** A job in the one form that each of its keys has after expansion; strategies stay as they are, their legs come only in the run. */
export function normalJob(job: MappingNode): MappingNode {
  const kind = job.entries.some(({ key }) => key.text === 'deployment') ? 'deployment' : 'job';
  return withForms(withFirst(job, kind), {
    dependsOn: asList,
    environment: asMappingUnder('name'),
    pool: normalPool,
    container: normalContainer,
    services: (services) =>
      services.kind === 'mapping'
        ? withForms(services, Object.fromEntries(services.entries.map(({ key }) => [key.text, normalContainer])))
        : services,
  });
}

/** A name of a pool is short for its `name`; `server` is no pool but the place of jobs without agent. */
export function normalPool(pool: Node): Node {
  return pool.kind === 'scalar' && pool.text.toLowerCase() === 'server' ? pool : asMappingUnder('name')(pool);
}

/** [U] Only aliases were seen in a preview; a text with a colon or slash is taken for an image. */
function normalContainer(container: Node): Node {
  return container.kind === 'scalar' && container.text === ''
    ? container
    : asMappingUnder(container.kind === 'scalar' && /[:/]/.test(container.text) ? 'image' : 'alias')(container);
}
