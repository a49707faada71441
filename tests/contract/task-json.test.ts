import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import {
  connectionType,
  readManifest,
  readTask,
  readTasks,
  readText,
  root,
  taskFolders,
  taskNames,
} from '../support/declared';
import { visibleRuleFaults } from './visible-rule';

const validate = new Ajv({ allErrors: true, strictRequired: false, strictTypes: false }).compile(
  JSON.parse(readText('tests', 'contract', 'task-schema.json')),
);

/** The same three inputs, spelled alike, in every task that talks to a workspace (contract 0.2). */
const CONNECTION_INPUTS = ['databricksConnection', 'azureSubscription', 'workspaceUrl'];

describe('task.json', () => {
  it('lies in every task folder, beside its icon and its code', () => {
    for (const folder of taskFolders()) {
      for (const file of ['task.json', 'icon.png', 'main.ts', 'inputs.ts', 'run.ts']) {
        assert.ok(existsSync(join(root, 'tasks', folder, file)), `tasks/${folder}/${file} is missing`);
      }
    }
  });

  it('is contributed by the manifest, task by task', () => {
    const contributed = readManifest()
      .contributions.filter((contribution) => contribution.type === 'ms.vss-distributed-task.task')
      .map((contribution) => contribution.properties.name);
    assert.deepEqual(
      contributed.toSorted(),
      taskFolders().map((name) => `tasks/${name}`),
    );
  });

  it('has an id that no other task has', () => {
    const ids = readTasks().map((task) => task.id);
    assert.equal(new Set(ids).size, ids.length, ids.join(', '));
  });

  it('carries the version of the package behind its major', () => {
    const [, minor, patch] = (JSON.parse(readText('package.json')) as { version: string }).version
      .split('.')
      .map(Number);
    for (const task of readTasks()) {
      assert.deepEqual(
        [task.version.Minor, task.version.Patch],
        [minor, patch],
        `${task.name}: run scripts/version.mjs`,
      );
    }
  });

  it('says the same about the connection, and the same author, in every task', () => {
    const said = readTasks().map((task) => ({
      author: task.author,
      connection: task.inputs.slice(0, 3).map(({ name, label, helpMarkDown }) => ({ name, label, helpMarkDown })),
    }));
    for (const other of said) {
      assert.deepEqual(other, said[0]);
    }
  });

  for (const folder of taskNames()) {
    describe(folder, () => {
      const task = readTask(folder);
      const names = task.inputs.map((input) => input.name);

      it('is valid by the schema, without byte order mark', () => {
        assert.ok(validate(task), JSON.stringify(validate.errors, null, 1));
        assert.notEqual(readFileSync(join(root, 'tasks', folder, 'task.json'))[0], 0xef);
        assert.equal(task.name, folder);
      });

      it('names every input and alias once', () => {
        const all = task.inputs
          .flatMap((input) => [input.name, ...(input.aliases ?? [])])
          .map((name) => name.toLowerCase());
        assert.equal(new Set(all).size, all.length, all.join(', '));
      });

      it('takes the connection as every other task does', () => {
        assert.deepEqual(names.slice(0, 3), CONNECTION_INPUTS);
        assert.equal(task.inputs[0]?.type, 'connectedService:databricks-mlops');
        assert.deepEqual(task.inputs[0]?.aliases, ['connection']);
        assert.equal(task.inputs[1]?.type, 'connectedService:AzureRM');
      });

      it('resolves instanceNameFormat, groups, rules and bindings', () => {
        for (const [, name] of task.instanceNameFormat.matchAll(/\$\(([^)]+)\)/g)) {
          assert.ok(names.includes(name ?? ''), `instanceNameFormat: no input '${name}'`);
        }
        const groups = (task.groups ?? []).map((group) => group.name);
        for (const input of task.inputs) {
          assert.ok(
            input.groupName === undefined || groups.includes(input.groupName),
            `${input.name}: no group '${input.groupName}'`,
          );
        }
        const used = new Set(task.inputs.map((input) => input.groupName));
        assert.deepEqual(
          groups.filter((group) => !used.has(group)),
          [],
          'groups without inputs',
        );
        const rules = [...task.inputs, ...(task.groups ?? [])].flatMap(({ visibleRule }) =>
          visibleRule === undefined ? [] : [visibleRule],
        );
        assert.deepEqual(
          rules.flatMap((rule) => visibleRuleFaults(rule, task.inputs)),
          [],
        );
      });

      it('offers pickers only from data sources that the connection has', () => {
        const sources = connectionType().dataSources.map((source) => source.name);
        for (const binding of task.dataSourceBindings ?? []) {
          const target = task.inputs.find((input) => input.name === binding.target);
          assert.equal(target?.type, 'pickList', `${binding.target} must be a pickList`);
          assert.equal(target?.properties?.EditableOptions, 'True', `${binding.target} must take any text`);
          assert.equal(binding.endpointId, '$(databricksConnection)');
          assert.ok(sources.includes(binding.dataSourceName), `no data source '${binding.dataSourceName}'`);
        }
      });

      it('lets a variable stand in every choice', () => {
        const closed = task.inputs.filter(
          ({ type, properties }) => type === 'pickList' && properties?.EditableOptions !== 'True',
        );
        assert.deepEqual(
          closed.map((input) => input.name),
          [],
        );
      });

      it('takes choices from its options only', () => {
        for (const input of task.inputs.filter(
          (candidate) => candidate.options !== undefined && candidate.defaultValue !== undefined,
        )) {
          assert.ok(
            Object.hasOwn(input.options ?? {}, String(input.defaultValue)),
            `${input.name}: the default is no option`,
          );
        }
      });

      it('may set its outputs and nothing else, and always has "result"', () => {
        const outputs = task.outputVariables.map((output) => output.name);
        assert.deepEqual(task.restrictions.settableVariables.allowed, outputs);
        assert.equal(outputs[0], 'result');
        assert.equal(names.includes('publishArtifact'), outputs.includes('artifactName'));
      });

      it('has every input and output in docs/contract.md', () => {
        const text = readText('docs', 'contract.md');
        const section = text.split(/^## /m).find((part) => part.includes(`\`${folder}@1\``)) ?? '';
        const shared = text.split(/^## /m).find((part) => part.startsWith('0. ')) ?? '';
        const missing = [...names, ...task.outputVariables.map((output) => output.name)].filter(
          (name) => !section.includes(`\`${name}\``) && !shared.includes(`\`${name}\``),
        );
        assert.deepEqual(missing, []);
        const rows = [...section.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(
          (row) => (row[1] ?? '').match(/\w+/g) ?? [],
        );
        assert.ok(rows.length > 0 || names.length === CONNECTION_INPUTS.length);
        assert.deepEqual(
          rows.filter((name) => !names.includes(name)),
          [],
          'documented but not declared',
        );
      });
    });
  }
});
