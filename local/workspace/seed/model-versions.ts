import type { Call, Operation, Reply } from '../api';
import { type Fields, objectList, optionalInteger, optionalObject, optionalText, requiredText } from '../fields';
import type { Tokens } from '../tokens';
import { setAlias } from '../unity-catalog/aliases';
import { createModel } from '../unity-catalog/models';
import { authorOf } from '../unity-catalog/requests';
import { tagsOf } from '../unity-catalog/tags';
import { createVersion, finalizeVersion, type NewVersion } from '../unity-catalog/versions';
import { seedControlPath } from './control-path';
import { natural, refuseTooMany } from './counts';

/** Registered models with READY versions in numbers, without files: for clients that are tried on full lists. */
export function seedModelVersions(tokens: Tokens): Operation {
  return seedControlPath(
    '/local/seed/models',
    '`models[]` (`full_name`, `comment`, `tags`, `aliases[]`, `versions` with `count`, `source`, `run_id`, `comment`, `tags`) as new models with READY versions, without files',
    tokens,
    seed,
  );
}

async function seed(call: Call): Promise<Reply> {
  const seeds = objectList(await call.json(), 'models').map((fields) => readSeed(call, fields));
  const total = seeds.reduce((sum, { count }) => sum + 1 + count, 0);
  refuseTooMany(total, 'models and versions');
  const { metastore } = call.workspace;
  const author = authorOf(call);
  metastore.store.transaction(() => {
    for (const { fullName, count, version, aliases, ...model } of seeds) {
      createModel(metastore, fullName, model, author);
      for (let number = 1; number <= count; number += 1) {
        createVersion(metastore, fullName, version, author);
        finalizeVersion(metastore, fullName, number, author);
      }
      for (const alias of aliases) {
        setAlias(metastore, fullName, alias.name, alias.version, author);
      }
    }
  });
  return { json: { models: seeds.length, versions: total - seeds.length } };
}

function readSeed(call: Call, fields: Fields) {
  const versions = optionalObject(fields, 'versions') ?? {};
  const count = natural(versions, 'count', 0);
  const runId = optionalText(versions, 'run_id') ?? '';
  const version: NewVersion = {
    source: optionalText(versions, 'source') ?? 'dbfs:/seeded',
    runId,
    runExperimentId: '',
    runWorkspaceId: runId === '' ? '' : call.workspace.id,
    modelId: '',
    modelParams: [],
    modelMetrics: [],
    dependencies: [],
    comment: optionalText(versions, 'comment') ?? '',
    tags: tagsOf(versions, 'tags'),
  };
  return {
    fullName: requiredText(fields, 'full_name'),
    comment: optionalText(fields, 'comment') ?? '',
    tags: tagsOf(fields, 'tags'),
    aliases: objectList(fields, 'aliases').map((alias) => ({
      name: requiredText(alias, 'alias_name'),
      version: optionalInteger(alias, 'version_num') ?? count,
    })),
    count,
    version,
  };
}
