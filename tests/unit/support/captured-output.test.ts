import assert from 'node:assert/strict';
import { leaksIn } from '../../support/captured-output';

describe('the check for secrets in captured output', () => {
  const secret = 's3cr/t+ "ä"-of-a-person';
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  for (const [form, text] of [
    ['as it is', `token ${secret} refused`],
    ['in JSON', JSON.stringify({ token: secret })],
    ['URL-encoded', `?token=${encodeURIComponent(secret)}&x`],
    ['as a field of a form', new URLSearchParams({ token: secret }).toString()],
    ['in base64', `Basic ${base64(secret)}`],
    ['in base64 behind one byte', base64(`:${secret}:more`)],
    ['in base64 behind two bytes', base64(`a:${secret}`)],
    ['in base64 behind a name', base64(`user:${secret}`)],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
  ] as const) {
    it(`finds one ${form}`, () => {
      assert.equal(leaksIn([{ from: 'a step', text }], ['another', secret]).length > 0, true);
    });
  }

  it('finds one line of a secret of several', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----';
    assert.equal(leaksIn([{ from: 'a step', text: 'read hkiG9w0BAQEFAASC' }], [key]).length, 1);
    assert.deepEqual(leaksIn([{ from: 'a step', text: '-----BEGIN KEY-----' }], [key]), []);
  });

  it('finds twelve characters of one, wherever they stand, and no fewer', () => {
    for (let begin = 0; begin + 12 <= secret.length; begin += 1) {
      for (const before of ['', '§', '§§']) {
        const shows = (length: number) =>
          leaksIn([{ from: 'a step', text: `${before}${secret.slice(begin, begin + length)}` }], [secret]).length;
        assert.equal(shows(12), 1, `${before}${begin}`);
        assert.equal(shows(11), 0, `${before}${begin}`);
      }
    }
  });

  it('finds a part of each form', () => {
    for (const form of [
      encodeURIComponent(secret),
      base64(`user:${secret}`).slice(8),
      JSON.stringify(secret).slice(1),
    ]) {
      assert.equal(leaksIn([{ from: 'a step', text: form.slice(2, 18) }], [secret]).length > 0, true, form);
    }
  });

  it('finds tokens that nobody declared', () => {
    const signed = ['{"alg":"RS256"}', '{"sub":"job of a run"}', 'a signature'].map((part) =>
      Buffer.from(part).toString('base64url'),
    );
    for (const token of [`dapi${'0f'.repeat(16)}`, signed.join('.')]) {
      assert.equal(leaksIn([{ from: 'a step', text: `token: ${token}` }], []).length, 1, token);
    }
  });

  it('finds nothing where there is none', () => {
    const text = `s3cr/t ${base64('s3cr/t of somebody else')}`;
    assert.deepEqual(leaksIn([{ from: 'a step', text }], [secret]), []);
  });
});
