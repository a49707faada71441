import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expandPipeline } from '../../local/pipelines/expand/pipeline/expand-pipeline';
import { printPipeline } from '../../local/pipelines/expand/print';
import { repositoryFolders } from '../../local/pipelines/repository-folders';
import { OCCASIONS, PROJECT } from '../support/templates';

const CONSUMERS = ['batch', 'online', 'several-models', 'several-environments', 'role-connections'];

describe('five repositories that pin the templates at a tag', () => {
  let folder: string;
  let templates: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pinned-'));
    templates = join(folder, 'templates-repository');
    cpSync(join(PROJECT, 'templates'), join(templates, 'templates'), { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    release('v0.1.0');
    for (const name of CONSUMERS) {
      mkdirSync(join(folder, name));
      cpSync(join(PROJECT, `samples/pipelines/${name}.yml`), join(folder, name, 'azure-pipelines.yml'));
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function git(...args: readonly string[]): void {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@contoso.com', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...identity, ...args], { cwd: templates, stdio: 'pipe' });
  }

  function release(tag: string): void {
    git('add', '--all');
    git('commit', '--quiet', '--message', `Release ${tag}`);
    git('tag', tag);
  }

  function expansions(): readonly string[] {
    return CONSUMERS.flatMap((name) =>
      [OCCASIONS.release, OCCASIONS.pullRequest].map((variables) =>
        printPipeline(
          expandPipeline({
            file: 'azure-pipelines.yml',
            source: repositoryFolders(
              new Map([
                ['self', join(folder, name)],
                ['mlops', templates],
              ]),
              (sentence) => assert.fail(sentence),
            ),
            variables: new Map(Object.entries(variables)),
          }),
        ),
      ),
    );
  }

  it('expand the same after a new version of the templates, until they move to its tag', () => {
    const before = expansions();
    const train = join(templates, 'templates/jobs/train.yml');
    writeFileSync(train, readFileSync(train, 'utf8').replace('displayName: Train', 'displayName: Train anew'));
    release('v0.2.0');
    rmSync(join(templates, 'templates/stages'), { recursive: true });
    assert.deepEqual(expansions(), before);

    const consumer = join(folder, 'batch', 'azure-pipelines.yml');
    writeFileSync(consumer, readFileSync(consumer, 'utf8').replace('refs/tags/v0.1.0', 'refs/tags/v0.2.0'));
    const own = 2;
    const moved = expansions();
    assert.deepEqual(moved.slice(own), before.slice(own));
    const trains = moved.slice(0, own).filter((text) => text.includes('stage: train_'));
    assert.ok(trains.length > 0);
    for (const text of trains) {
      assert.match(text, /Train anew/);
    }
  });
});
