import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ApiError, type Metastore } from '../../../../../local/workspace/api';
import { openLmdbStore } from '../../../../../local/workspace/lmdb-store';
import { aliasesOf, deleteAlias, setAlias, versionByAlias } from '../../../../../local/workspace/unity-catalog/aliases';
import { createModel, getModel } from '../../../../../local/workspace/unity-catalog/models';
import { metastoreId } from '../../../../../local/workspace/unity-catalog/namespaces';
import {
  createVersion,
  deleteModel,
  deleteVersion,
  finalizeVersion,
  listVersions,
  type NewVersion,
} from '../../../../../local/workspace/unity-catalog/versions';

const author = { owner: 'ada', now: 1 };
const given: NewVersion = {
  source: 'models:/m-1',
  runId: '',
  runExperimentId: '',
  runWorkspaceId: '',
  modelId: '',
  modelParams: [],
  modelMetrics: [],
  dependencies: [],
  comment: '',
  tags: [],
};

/** What a model should be: the versions that live, with their status, and where the aliases point. */
interface Expected {
  last: number;
  readonly versions: Map<number, string>;
  readonly aliases: Map<string, number>;
}

type Step = (metastore: Metastore, name: string, expected: Expected) => void;

const version = fc.integer({ min: 1, max: 6 });
const alias = fc.constantFrom('champion', 'challenger', 'previous_champion');

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>((metastore, name, expected) => {
    const made = createVersion(metastore, name, given, author);
    expected.last += 1;
    assert.equal(made.version, expected.last);
    expected.versions.set(made.version, 'PENDING_REGISTRATION');
  }),
  version.map<Step>((number) => (metastore, name, expected) => {
    needs(expected.versions.has(number), () => finalizeVersion(metastore, name, number, author));
    if (expected.versions.has(number)) {
      expected.versions.set(number, 'READY');
    }
  }),
  fc.tuple(alias, version).map<Step>(([label, number]) => (metastore, name, expected) => {
    needs(expected.versions.has(number), () => setAlias(metastore, name, label, number, author));
    if (expected.versions.has(number)) {
      expected.aliases.set(label, number);
    }
  }),
  alias.map<Step>((label) => (metastore, name, expected) => {
    needs(expected.aliases.delete(label), () => deleteAlias(metastore, name, label, author));
  }),
  version.map<Step>((number) => (metastore, name, expected) => {
    needs(expected.versions.delete(number), () => deleteVersion(metastore, name, number));
    for (const [label, target] of expected.aliases) {
      if (target === number) {
        expected.aliases.delete(label);
      }
    }
  }),
);

/** The step works when it may, and else is a 404 that changes nothing. */
function needs(possible: boolean, step: () => unknown): void {
  if (possible) {
    step();
    return;
  }
  assert.throws(step, (error) => error instanceof ApiError && error.status === 404);
}

describe('versions and aliases of a registered model', () => {
  let folder: string;
  let data: ReturnType<typeof openLmdbStore>;
  let metastore: Metastore;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'metastore-'));
    data = openLmdbStore(join(folder, 'store'));
    metastore = { store: data.scope('metastore'), folder };
    metastoreId(metastore, 1);
  });

  after(async () => {
    await data.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('stay what they should be under any order of changes', () => {
    const name = 'dev.default.fraud';
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 25 }), (all) => {
        createModel(metastore, name, { comment: '', tags: [] }, author);
        const expected: Expected = { last: 0, versions: new Map(), aliases: new Map() };
        try {
          for (const step of all) {
            step(metastore, name, expected);
            const found = listVersions(metastore, name);
            assert.deepEqual(new Map(found.map((one) => [one.version, one.status])), expected.versions);
            const model = getModel(metastore, name);
            assert.deepEqual(new Map(model.aliases.map((one) => [one.alias, one.version])), expected.aliases);
            for (const [label, number] of expected.aliases) {
              assert.equal(versionByAlias(metastore, name, label).version, number);
              assert.ok(aliasesOf(model, number).some((one) => one.alias === label));
            }
          }
        } finally {
          deleteModel(metastore, name);
        }
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('know no model of an unknown catalog or schema, and no second model of one name in any case', () => {
    const create = (name: string) => createModel(metastore, name, { comment: '', tags: [] }, author);
    assert.throws(() => create('nowhere.default.m'), { errorCode: 'CATALOG_DOES_NOT_EXIST', status: 404 });
    assert.throws(() => create('dev.nowhere.m'), { errorCode: 'SCHEMA_DOES_NOT_EXIST', status: 404 });
    assert.throws(() => create('dev.m'), { errorCode: 'INVALID_PARAMETER_VALUE', status: 400 });
    assert.equal(create('Dev.Default.Churn').fullName, 'dev.default.churn');
    assert.throws(() => create('dev.default.churn'), {
      errorCode: 'RESOURCE_ALREADY_EXISTS',
      message: "Routine or Model 'dev.default.churn' already exists",
    });
  });

  it('have no alias that MLflow reserves', () => {
    createModel(metastore, 'dev.default.reserved', { comment: '', tags: [] }, author);
    createVersion(metastore, 'dev.default.reserved', given, author);
    for (const name of ['latest', 'v1', '3', 'a b', '']) {
      assert.throws(() => setAlias(metastore, 'dev.default.reserved', name, 1, author), /Invalid alias/, name);
    }
  });
});
