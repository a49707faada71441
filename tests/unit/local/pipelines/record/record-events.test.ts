import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ArtifactExists, LinkLeadsOut, recordEvents } from '../../../../../local/pipelines/record/record-events';
import { RunFolders, writeRun } from '../../../../../local/pipelines/record/run-folders';
import type { JobRecord, RunRecord, StepRecord } from '../../../../../local/pipelines/record/run-record';

const job = { id: 'job-1' } as JobRecord;

describe('recordEvents', () => {
  let runs: RunFolders;
  let folder: string;
  let record: RunRecord;
  let changes: number;
  let work: string;
  let step: StepRecord;

  beforeEach(() => {
    runs = new RunFolders(mkdtempSync(join(tmpdir(), 'runs-')));
    const made = runs.create();
    folder = made.folder;
    record = {
      apiVersion: 'databricks-mlops/run/v1',
      id: made.id,
      number: '1',
      tags: [],
      tests: [],
      artifacts: [],
    } as unknown as RunRecord;
    changes = 0;
    work = mkdtempSync(join(tmpdir(), 'work-'));
    step = { id: 'step-1', attachments: [] } as unknown as StepRecord;
  });

  const events = () =>
    recordEvents({
      run: { record, folder },
      runs,
      watcher: {
        changed: () => {
          changes += 1;
        },
        stepStarted: () => undefined,
        stepFinished: () => undefined,
        line: () => undefined,
        issue: () => undefined,
      },
      manualValidation: async () => 'resumed',
    });

  it('publishes nothing of what a killed process had copied before it recorded the artifact', async () => {
    mkdirSync(join(folder, 'artifacts', 'report'), { recursive: true });
    writeFileSync(join(folder, 'artifacts', 'report', 'of-before.txt'), 'half');
    mkdirSync(join(work, 'out'));
    writeFileSync(join(work, 'out', 'a.txt'), 'whole');
    const artifact = await events().publishArtifact(job, 'pipeline', 'report', join(work, 'out'));
    assert.deepEqual([artifact.files, artifact.bytes], [1, 5]);
    assert.equal(existsSync(join(folder, 'artifacts', 'report', 'of-before.txt')), false);
  });

  it('copies an artifact with what is in it, and never twice under one name', async () => {
    mkdirSync(join(work, 'out', 'deep'), { recursive: true });
    writeFileSync(join(work, 'out', 'deep', 'a.txt'), 'first');
    const artifact = await events().publishArtifact(job, 'pipeline', 'report', join(work, 'out'));
    assert.deepEqual([artifact.files, artifact.bytes, artifact.source, artifact.id], [1, 5, 'job-1', 1]);
    writeFileSync(join(work, 'out', 'deep', 'a.txt'), 'second');
    await assert.rejects(
      events().publishArtifact(job, 'container', 'REPORT', join(work, 'out')),
      (error) => error instanceof ArtifactExists && /REPORT already exists for build 1/.test(error.message),
    );
    assert.equal(readFileSync(join(folder, artifact.folder, 'deep', 'a.txt'), 'utf8'), 'first');
  });

  it('publishes a single file under its own name', async () => {
    writeFileSync(join(work, 'report.json'), '{}');
    const artifact = await events().publishArtifact(job, 'pipeline', 'one', join(work, 'report.json'));
    assert.ok(existsSync(join(folder, artifact.folder, 'report.json')));
  });

  it('refuses links out of a published folder by name, and takes those within it', async () => {
    writeFileSync(join(work, 'secret'), 'outside');
    mkdirSync(join(work, 'out', 'deep'), { recursive: true });
    writeFileSync(join(work, 'out', 'a'), '1');
    symlinkSync('../a', join(work, 'out', 'deep', 'within'));
    const artifact = await events().publishArtifact(job, 'pipeline', 'within', join(work, 'out'));
    assert.equal(readFileSync(join(folder, artifact.folder, 'deep', 'within'), 'utf8'), '1');
    for (const [name, target] of [
      ['relative', '../../secret'],
      ['absolute', join(work, 'secret')],
    ] as const) {
      symlinkSync(target, join(work, 'out', 'deep', name));
      await assert.rejects(
        events().publishArtifact(job, 'pipeline', name, join(work, 'out')),
        (error) => error instanceof LinkLeadsOut && error.message.includes(`deep/${name}`),
      );
      rmSync(join(work, 'out', 'deep', name));
    }
    assert.deepEqual(
      record.artifacts.map(({ name }) => name),
      ['within'],
    );
  });

  it('gives a name to one of two steps that publish at once', async () => {
    mkdirSync(join(work, 'out'));
    writeFileSync(join(work, 'out', 'a'), '1');
    const both = events();
    const published = await Promise.allSettled(
      ['report', 'Report'].map((name) => both.publishArtifact(job, 'pipeline', name, join(work, 'out'))),
    );
    assert.deepEqual(
      published.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
  });

  for (const name of ['..', '.', '...', '../../up', 'a/b', 'C:\\x', 'é ü']) {
    it(`keeps the artifact '${name}' and an attachment of that name inside the folder of the run`, async () => {
      writeFileSync(join(work, 'file'), 'x');
      const artifact = await events().publishArtifact(job, 'pipeline', name, join(work, 'file'));
      const attachment = events().attach(job, step, name, name, join(work, 'file'));
      for (const path of [join(artifact.folder, 'file'), attachment.file]) {
        assert.ok(resolve(folder, path).startsWith(`${join(folder, path.split('/')[0] ?? '')}/`), path);
        assert.ok(existsSync(join(folder, path)), path);
      }
    });
  }

  it('finds the artifacts of this run and of earlier ones, and says which run is not there', async () => {
    const other = runs.create();
    writeRun({
      record: { ...record, id: other.id, artifacts: [{ id: 1, name: 'old', folder: 'artifacts/old' }] } as RunRecord,
      folder: other.folder,
    });
    assert.deepEqual(events().artifacts(undefined), []);
    assert.deepEqual(
      events()
        .artifacts(other.id)
        .map(({ path }) => path),
      [join(other.folder, 'artifacts', 'old')],
    );
    assert.throws(() => events().artifacts('77'), /There is no run 77 in/);
  });

  it('keeps a tag once, in the case of its first use', () => {
    events().addTag('Release');
    events().addTag('release');
    assert.deepEqual(record.tags, ['Release']);
    assert.equal(changes, 1);
  });
});
