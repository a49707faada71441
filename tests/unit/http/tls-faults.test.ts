import assert from 'node:assert/strict';
import { isTlsFault, tlsFault } from '../../../src/http/tls-faults';

const at = (origin: string) => ({ method: 'GET', path: '/x', origin });
const WORKSPACE = at('https://adb-1.2.azuredatabricks.net');

describe('faults of TLS', () => {
  for (const [code, text, message, todo] of [
    ['EPROTO', 'routines:ssl3_get_record:wrong version number', /speaks plain HTTP/, /only a local workspace/i],
    ['ERR_SSL_WRONG_VERSION_NUMBER', '', /speaks plain HTTP/, /check host and port/i],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', '', /speaks plain HTTP/, /check host and port/i],
    ['CERT_HAS_EXPIRED', '', /has expired/, /renewed.*clock/],
    ['CERT_NOT_YET_VALID', '', /not valid yet/, /clock/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', '', /another name/, /with the name/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', '', /refused the TLS handshake/, /sslclientcert/],
    ['EPROTO', 'ssl3_read_bytes:sslv3 alert handshake failure', /refused the TLS handshake/, /sslclientcert/],
    ['EPROTO', 'unexpected message', /came to nothing/, /host and port/],
    ['SELF_SIGNED_CERT_IN_CHAIN', '', /not trusted/, /'sslcacert'.*SSL_CERT_FILE/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', '', /not trusted/, /'sslcacert'/],
  ] as const) {
    it(`${code} ${text}: ${message.source}`, () => {
      assert.ok(isTlsFault(code));
      const error = tlsFault(code, text, WORKSPACE);
      assert.equal(error.code, 'TLS_FAILED');
      assert.match(error.message, /adb-1\.2\.azuredatabricks\.net/);
      assert.match(error.message, message);
      assert.match(error.options.todo ?? '', todo);
      assert.equal(error.outcomeUnknown, false);
    });
  }

  it('advises http:// for this machine alone', () => {
    const advice = (origin: string) => tlsFault('ERR_SSL_WRONG_VERSION_NUMBER', '', at(origin)).options.todo;
    assert.match(advice('https://localhost:8080') ?? '', /http:\/\/localhost:8080\./);
    assert.match(advice('https://[::1]:8080') ?? '', /http:\/\/\[::1\]:8080\./);
    assert.doesNotMatch(advice('https://10.0.0.7:8080') ?? '', /http:\/\/10/);
  });

  it('leaves other faults alone', () => {
    for (const code of ['ECONNRESET', 'ECONNREFUSED', 'ENOTFOUND', '']) {
      assert.equal(isTlsFault(code), false, code);
    }
  });
});
