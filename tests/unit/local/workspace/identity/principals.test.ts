import assert from 'node:assert/strict';
import { administrator, numericId, systemUser } from '../../../../../local/workspace/identity/principals';

describe('the administrator of a workspace', () => {
  it('is the user of the system', () => {
    assert.deepEqual(administrator('ada'), {
      id: numericId('user:ada'),
      userName: 'ada@localhost',
      displayName: 'ada',
      kind: 'user',
    });
  });

  it('has a name also in a container whose user is only a number', () => {
    const unlisted = () => {
      throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
    };
    assert.match(systemUser(unlisted), /^user-\d+$/);
    assert.throws(
      () =>
        systemUser(() => {
          throw new TypeError('a defect');
        }),
      TypeError,
    );
  });

  it('keeps its id, of 16 digits', () => {
    assert.equal(numericId('user:ada'), numericId('user:ada'));
    assert.notEqual(numericId('user:ada'), numericId('user:bob'));
    assert.match(numericId('user:ada'), /^[1-9]\d{15}$/);
  });
});
