import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { FakeHost } from '../../../support/fake-host';
import { report, reportFile, rollbackInputs, step } from '../../../support/promotion-steps';
import { model, Registry } from '../../../support/registry-transport';

describe('DatabricksPromoteModel', () => {
  let registry: Registry;

  beforeEach(async () => {
    registry = new Registry();
    await registry.withVersions(3);
  });

  const aliases = async () => [await registry.alias('champion'), await registry.alias('previous_champion')];
  const promote = (version: string, champion: string, inputs: Record<string, string> = {}, seconds = 0) =>
    step(registry.client(), { version, reportPath: reportFile(report(version, champion)), ...inputs }, seconds);

  /** The error of a step that must leave everything as it is. */
  async function refused(host: FakeHost, before: readonly string[]): Promise<string | undefined> {
    assert.equal(host.result, 'Failed', host.printed);
    assert.deepEqual(await aliases(), before);
    assert.doesNotMatch(host.printed, /\n\s+at /);
    assert.equal(host.outputs.get('result'), 'failed');
    return host.error?.code;
  }

  it('promotes, says so first, writes record, tags and outputs, and takes the alias challenger away', async () => {
    await promote('1', '');
    await registry.client().registeredModels.setAlias(model, 'challenger', '2');
    const sealed = report('2', '1');
    const host = await step(registry.client(), {
      reportPath: reportFile(sealed),
      reportDigest: sealed.digest.toUpperCase(),
    });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.deepEqual(await aliases(), ['2', '1']);
    const { recordPath, ...outputs } = Object.fromEntries(host.outputs);
    assert.deepEqual(outputs, {
      result: 'succeeded',
      modelName: model,
      modelVersion: '2',
      previousVersion: '1',
      changed: 'true',
      artifactName: '',
    });
    const record = JSON.parse(readFileSync(recordPath ?? '', 'utf8'));
    assert.deepEqual(record.champion, { before: '1', after: '2' });
    assert.equal(record.report.digest, sealed.digest);
    assert.match(
      readFileSync(host.summaries[0] ?? '', 'utf8'),
      /^\*\*Promoted main\.default\.price 2; before it was 1\.\*\*/,
    );
    assert.equal(host.attachments[0]?.type, 'databricks-mlops.promotion');
    assert.equal(await registry.tag('2', 'mlops_digest'), sealed.digest);
    assert.match(await registry.tag('2', 'mlops_changed_at'), /^\d+$/);
    assert.equal(await registry.tag('1', 'mlops_state'), 'superseded');
    assert.equal(await registry.alias('challenger'), '');
    assert.equal(host.issues.filter(({ code }) => code === 'NOT_YET_PROVEN').length, 1);
  });

  it('leaves an alias challenger that names another version', async () => {
    await registry.client().registeredModels.setAlias(model, 'challenger', '3');
    await promote('1', '');
    assert.equal(await registry.alias('challenger'), '3');
  });

  it('refuses what the report does not allow', async () => {
    const cases: readonly (readonly [Parameters<typeof report>[2], string])[] = [
      [{ nextAction: 'approve' }, 'APPROVAL_NOT_SUPPORTED'],
      [{ nextAction: 'reject', verdict: 'FAIL' }, 'REPORT_DOES_NOT_ALLOW'],
      [{ nextAction: 'retry', verdict: 'ERROR' }, 'REPORT_DOES_NOT_ALLOW'],
      [{ partial: true }, 'REPORT_DOES_NOT_ALLOW'],
      [{ subject: { model: 'a.b.c', challenger: { version: '1' }, champion: null } }, 'REPORT_OF_ANOTHER_MODEL'],
      [{ subject: { model, challenger: { version: '2' }, champion: null } }, 'VERSION_NOT_OF_REPORT'],
      [{ subject: { model, challenger: { version: '1' }, champion: { version: '1' } } }, 'CHALLENGER_IS_CHAMPION'],
      [{ subject: { model, challenger: { version: '1' }, champion: { version: '2' } } }, 'CHAMPION_CHANGED'],
    ];
    for (const [changes, code] of cases) {
      const reportPath = reportFile(report('1', '', changes));
      const host = await step(registry.client(), { version: '1', reportPath });
      assert.equal(await refused(host, ['', '']), code, JSON.stringify(changes));
    }
  });

  it('refuses a report that is changed, old, of the future, or none', async () => {
    const sealed = report('1', '');
    const host = (json: string, inputs: Record<string, string> = {}) =>
      step(registry.client(), { version: '1', reportPath: reportFile({ json }), ...inputs });
    assert.equal(
      await refused(await host(sealed.json, { reportDigest: 'a'.repeat(64) }), ['', '']),
      'REPORT_DIGEST_DIFFERS',
    );
    assert.equal(await refused(await host(sealed.json.replace('"pass":1', '"pass":2')), ['', '']), 'REPORT_INVALID');
    assert.equal(await refused(await host('{}'), ['', '']), 'REPORT_INVALID');
    assert.equal(await refused(await host('null'), ['', '']), 'REPORT_INVALID');
    assert.equal(await refused(await host('<html>'), ['', '']), 'REPORT_INVALID');
    assert.equal(await refused(await host(sealed.json, { maxReportAgeHours: '0.1' }), ['', '']), 'REPORT_TOO_OLD');
    const future = report('1', '', {}, '2024-01-01T00:00:00.000Z').json;
    assert.equal(await refused(await host(future), ['', '']), 'REPORT_TOO_OLD');
    const nowhere = await step(registry.client(), { version: '1', reportPath: '/nonexistent/report.json' });
    assert.equal(await refused(nowhere, ['', '']), 'REPORT_UNREADABLE');
    assert.equal(await refused(await step(registry.client(), { version: '1' }), ['', '']), 'REPORT_REQUIRED');
  });

  it('compares and sets: another champion now is an error', async () => {
    await promote('1', '');
    await promote('3', '1');
    const late = await promote('2', '1');
    assert.equal(await refused(late, ['3', '1']), 'CHAMPION_CHANGED');
    assert.match(late.message, /Version 3 was made champion at 2023-11-14T22:13:20\.000Z\./);
    assert.equal(await refused(await promote('2', '3', { expectedChampion: '1' }), ['3', '1']), 'CHAMPION_CHANGED');
    assert.equal(await refused(await promote('2', '3', { expectedChampion: 'none' }), ['3', '1']), 'CHAMPION_CHANGED');
    assert.equal((await promote('2', '3', { expectedChampion: '3' })).result, 'Succeeded');
  });

  it('refuses versions that are not there or not READY, and empty inputs that choose', async () => {
    assert.equal(await refused(await promote('9', ''), ['', '']), 'VERSION_NOT_FOUND');
    await registry.client().modelVersions.create({ name: model, source: 'runs:/r4/model' });
    assert.equal(await refused(await promote('4', ''), ['', '']), 'VERSION_NOT_READY');
    assert.equal(await refused(await promote('1', '', { version: '' }), ['', '']), 'EMPTY_INPUT');
    assert.equal(await refused(await promote('1', '', { version: '$(x.y)' }), ['', '']), 'UNEXPANDED_MACRO');
    assert.equal(await refused(await promote('1', '', { reason: 'why' }), ['', '']), 'INPUT_NOT_USED');
  });

  it('changes nothing on a dry run', async () => {
    const host = await promote('1', '', { dryRun: 'true' });
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.deepEqual(await aliases(), ['', '']);
    assert.equal(host.outputs.get('changed'), 'false');
    assert.match(host.message, /Dry run: main\.default\.price 1 would be the champion/);
    assert.match(host.printed, /Would be written: alias 'champion' names version 1/);
  });

  it('rolls back once; a second time changes nothing and succeeds', async () => {
    await promote('1', '');
    await promote('2', '1');
    const first = await step(registry.client(), rollbackInputs, 60);
    assert.equal(first.result, 'Succeeded', first.printed);
    assert.deepEqual(await aliases(), ['1', '']);
    assert.equal(first.outputs.get('previousVersion'), '2');
    assert.equal(await registry.tag('2', 'mlops_state'), 'rolled_back');
    const second = await step(registry.client(), rollbackInputs, 120);
    assert.equal(second.result, 'Succeeded', second.printed);
    assert.equal(second.outputs.get('changed'), 'false');
    assert.deepEqual(await aliases(), ['1', '']);
  });

  it('has nothing to roll back to without a predecessor, or when that is the champion', async () => {
    await promote('1', '');
    const missing = await step(registry.client(), rollbackInputs);
    assert.equal(await refused(missing, ['1', '']), 'NO_ROLLBACK_TARGET');
    await registry.client().registeredModels.setAlias(model, 'previous_champion', '1');
    const same = await step(registry.client(), rollbackInputs);
    assert.equal(await refused(same, ['1', '1']), 'NO_ROLLBACK_TARGET');
    await promote('2', '1');
    const other = await step(registry.client(), { ...rollbackInputs, toVersion: '3' });
    assert.equal(await refused(other, ['2', '1']), 'NO_ROLLBACK_TARGET');
    assert.match(other.message, /may name: 1/);
    assert.equal(
      await refused(await step(registry.client(), { ...rollbackInputs, reason: ' ' }), ['2', '1']),
      'REASON_REQUIRED',
    );
  });

  it('does not take a rollback of long ago for the one that is asked for now', async () => {
    await promote('1', '');
    await promote('2', '1', {}, 10);
    await step(registry.client(), rollbackInputs, 20);
    await promote('3', '1', {}, 30);
    await registry.client().registeredModels.deleteAlias(model, 'previous_champion');
    const host = await step(registry.client(), rollbackInputs, 40);
    assert.equal(await refused(host, ['3', '']), 'NO_ROLLBACK_TARGET');
  });

  it('fails closed when the registry does not answer', async () => {
    const host = await step(
      registry.client((index) => (index === 0 ? 'lostBefore' : 'passes')),
      { version: '1', reportPath: reportFile(report('1', '')) },
    );
    assert.equal(await refused(host, ['', '']), 'CONNECTION_LOST');
  });

  it('warns and succeeds when tags cannot be written', async () => {
    const host = await step(
      registry.client((_, request) => (request.path.endsWith('/set-tag') ? 'lostBefore' : 'passes')),
      { version: '1', reportPath: reportFile(report('1', '')) },
    );
    assert.equal(host.result, 'Succeeded', host.printed);
    assert.ok(host.issues.some(({ code }) => code === 'TAGS_NOT_WRITTEN'));
    assert.deepEqual(await aliases(), ['1', '']);
  });

  it('prints no command that a report brings along', async () => {
    const path = reportFile(report('1', ''));
    const hostile = JSON.parse(readFileSync(path, 'utf8'));
    hostile.subject.model = '##vso[task.setvariable variable=x]y';
    const { sealReport } = await import('../../../../src/report/seal-report');
    const { reportId: _, createdAt, provenance, ...content } = hostile;
    writeFileSync(path, sealReport(content, createdAt, provenance).json);
    const host = await step(registry.client(), { version: '1', reportPath: path });
    assert.equal(await refused(host, ['', '']), 'REPORT_OF_ANOTHER_MODEL');
    assert.doesNotMatch(host.printed, /##vso\[/i);
  });
});
