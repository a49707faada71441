import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOWNLOAD_TASK, PUBLISH_TASK } from '../../../../../local/pipelines/expand/normal-form/step';
import type { ArtifactRecord } from '../../../../../local/pipelines/record/run-record';
import { runTestJob, scriptStep, taskStep } from '../../../../support/agent-job';

/** An artifact of a run, with its files on disk. */
function artifact(name: string, files: readonly string[]): ArtifactRecord & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'artifact-'));
  for (const file of files) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), `${name}/${file}`);
  }
  return { id: 1, name, kind: 'pipeline', folder: '', source: '', files: files.length, bytes: 1, path };
}

describe('artifacts', () => {
  const model = artifact('model', ['a.txt', 'sub/b.bin']);
  const report = artifact('report', ['r.json']);
  const events = {
    artifacts: (run: string | undefined) => {
      if (run !== undefined && run !== '12') {
        throw new RangeError('runs are numbered from 1 to 12.');
      }
      return run === '12' ? [report] : [model, report];
    },
  };
  const downloaded = async (task: string, inputs: Readonly<Record<string, string>>) => {
    const job = await runTestJob({
      events,
      steps: [
        taskStep(task, inputs, { name: 'it' }),
        scriptStep(': 1\ncd $(Pipeline.Workspace); find . -name "*.*" -type f | sort | sed "s/^/f:/"'),
      ],
    });
    assert.equal(job.outcome.result, 'succeeded', job.step('it').message);
    return job.lines.filter((line) => line.startsWith('f:')).map((line) => line.slice(4));
  };

  it('are published by task and short form', async () => {
    const job = await runTestJob({
      steps: [
        scriptStep('mkdir out; echo 1 > out/f'),
        taskStep(PUBLISH_TASK, { path: 'out', artifactName: 'one' }),
        taskStep('PublishPipelineArtifact@1', { targetPath: 'out/f', artifact: 'two' }),
        taskStep('PublishBuildArtifacts@1', { PathtoPublish: 'out' }),
      ],
    });
    const folder = join(job.folder, 'work', '1', 's', 'out');
    assert.deepEqual(job.calls, [
      ['publishArtifact', 'pipeline', 'one', folder],
      ['publishArtifact', 'pipeline', 'two', join(folder, 'f')],
      ['publishArtifact', 'container', 'drop', folder],
    ]);
  });

  for (const [inputs, expected] of [
    [{ path: 'missing', artifactName: 'x' }, /'.*missing' does not exist/],
    [{ path: '.', artifactName: 'a/b' }, /cannot name an artifact/],
  ] as const) {
    it(`are refused with ${JSON.stringify(inputs)}`, async () => {
      const job = await runTestJob({ steps: [taskStep(PUBLISH_TASK, inputs, { name: 'it' })] });
      assert.match(job.step('it').message, expected);
    });
  }

  for (const [task, inputs, expected] of [
    [DOWNLOAD_TASK, { alias: 'current' }, ['model/a.txt', 'model/sub/b.bin', 'report/r.json']],
    [DOWNLOAD_TASK, { alias: 'current', artifact: 'report' }, ['report/r.json']],
    [DOWNLOAD_TASK, { alias: 'current', patterns: '**/*.json' }, ['report/r.json']],
    ['DownloadPipelineArtifact@2', {}, ['model/a.txt', 'model/sub/b.bin', 'report/r.json']],
    ['DownloadPipelineArtifact@2', { artifact: 'model' }, ['a.txt', 'sub/b.bin']],
    [
      'DownloadPipelineArtifact@2',
      { artifact: 'model', path: '$(Pipeline.Workspace)/here' },
      ['here/a.txt', 'here/sub/b.bin'],
    ],
    ['DownloadPipelineArtifact@2', { artifact: 'model', patterns: '**\n!sub/**' }, ['a.txt']],
    ['DownloadPipelineArtifact@2', { source: 'specific', runVersion: 'specific', runId: '12' }, ['report/r.json']],
    ['DownloadBuildArtifacts@1', { artifactName: 'report' }, ['a/report/r.json']],
  ] as const) {
    it(`are downloaded by ${task.length > 30 ? 'download' : task} with ${JSON.stringify(inputs)}`, async () => {
      assert.deepEqual(await downloaded(task, inputs), expected);
    });
  }

  for (const [inputs, expected] of [
    [{ artifact: 'other' }, /no artifact 'other'. It has: model, report/],
    [{ source: 'specific', runVersion: 'specific', runId: '13' }, /There is no run '13' on this machine/],
    [{ source: 'specific', runVersion: 'latest' }, /set runVersion .* to specific/],
  ] as const) {
    it(`are not downloaded with ${JSON.stringify(inputs)}`, async () => {
      const job = await runTestJob({ events, steps: [taskStep('DownloadPipelineArtifact@2', inputs, { name: 'it' })] });
      assert.match(job.step('it').message, expected);
    });
  }

  it('are there in the hook deploy of a deployment job, without being asked for', async () => {
    const job = await runTestJob({
      events,
      checksOut: true,
      deployment: true,
      record: { hook: 'deploy' },
      steps: [scriptStep(': 1')],
    });
    assert.equal(readFileSync(join(job.folder, 'work', '1', 'model', 'a.txt'), 'utf8'), 'model/a.txt');
    const other = await runTestJob({
      events,
      checksOut: true,
      deployment: true,
      record: { hook: 'preDeploy' },
      steps: [scriptStep(': 1')],
    });
    assert.equal(existsSync(join(other.folder, 'work', '1', 'model')), false);
  });

  it('keep their links when they are downloaded', async () => {
    const linked = artifact('linked', ['data/v1.csv']);
    symlinkSync('v1.csv', join(linked.path, 'data', 'latest.csv'));
    symlinkSync('data', join(linked.path, 'current'));
    const job = await runTestJob({
      events: { artifacts: () => [linked] },
      steps: [
        taskStep('DownloadPipelineArtifact@2', { artifact: 'linked' }, { name: 'it' }),
        scriptStep(': 1\ncd $(Pipeline.Workspace); cat data/latest.csv; echo; cat current/v1.csv; echo'),
      ],
    });
    assert.equal(job.outcome.result, 'succeeded', job.step('it').message);
    assert.equal(job.lines.filter((line) => line === 'linked/data/v1.csv').length, 2, job.lines.join('\n'));
    assert.ok(
      job.lines.includes(`Downloaded 3 files of artifact 'linked' to ${join(job.folder, 'work', '1')}.`),
      job.lines.join('\n'),
    );
  });
});
