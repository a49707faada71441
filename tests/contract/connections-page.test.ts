import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { trustInDatabricks, trustInEntra } from '../../src/connection/assertion';
import { profileOf } from '../../src/connection/profile';
import { workspaceUrl } from '../../src/connection/workspace-url';

const page = readFileSync('docs/connections.md', 'utf8');
const codes = new Set([...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code]) => code ?? ''));

describe('docs/connections.md', () => {
  it('explains every error that signing in can end with', () => {
    const raised = readdirSync('src/connection').flatMap((file) =>
      [...readFileSync(`src/connection/${file}`, 'utf8').matchAll(/TaskError\(\s*'([A-Z_]+)'/g)].map(
        ([, code]) => code ?? '',
      ),
    );
    assert.ok(raised.length > 10);
    assert.deepEqual(
      [...new Set(raised)].filter((code) => !codes.has(code)),
      [],
    );
  });

  it('names no error that does not exist', () => {
    const known = readFileSync('docs/errors.md', 'utf8');
    const settings = /^(DATABRICKS|HTTPS|NO|SSL)_/;
    assert.deepEqual(
      [...codes].filter((code) => !settings.test(code) && !known.includes(`| \`${code}\` |`)),
      [],
    );
  });

  it('shows profiles and addresses that are read as it says', () => {
    const file = /```ini\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const url = (name: string) => workspaceUrl(profileOf(file, name, 'the page')['host'] ?? '', name);
    assert.equal(url('dev'), 'https://adb-1234567890123456.7.azuredatabricks.net');
    assert.equal(url('staging'), 'https://adb-2345678901234567.8.azuredatabricks.net');
    assert.deepEqual(Object.keys(profileOf(file, 'prod', 'the page')), ['host']);
    assert.equal(url('local'), 'http://127.0.0.1:8787');
    assert.equal(workspaceUrl('localhost:8787', 'the page'), 'https://localhost:8787');
    assert.throws(() => workspaceUrl('http://adb-1234567890123456.7.azuredatabricks.net', 'the page'), {
      code: 'WORKSPACE_URL_INVALID',
    });
  });

  it('shows the commands that the errors give', () => {
    const claims = {
      issuer: 'https://vstoken.dev.azure.com/<organisation id>',
      subject: 'sc://<organisation>/<project>/<connection>',
      audiences: ['api://AzureADTokenExchange'],
      expiresAt: undefined,
    };
    const words = (text: string) => text.replace(/\\\n/g, '').replace(/\s+/g, ' ');
    const policy = /`(databricks account service-principal-federation-policy [^`]*)`/.exec(
      trustInDatabricks(claims, '<application id>'),
    )?.[1];
    assert.ok(words(page).includes((policy ?? 'none').replace('<id>', '<numeric id>')), policy);
    const entra = { ...claims, issuer: '<issuer>', subject: '<subject>' };
    const credential = /`(az ad app [^`]*)`/.exec(trustInEntra(entra, 'app'))?.[1];
    assert.ok(words(page).includes((credential ?? 'none').replace('--id app', '--id <application id>')), credential);
  });
});
