import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, PEM, and the files that hold them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A private certificate authority, by the `openssl` of this machine. */
export interface Authority extends Certificate {
  /**
   * Issues a certificate.
   * @param names `IP:127.0.0.1`, `DNS:workspace.example`
   * @param passphrase encrypts the key file
   */
  issue(subject: string, names: readonly string[], passphrase?: string): Certificate;
  /** Removes all files. */
  remove(): void;
}

/** Makes an authority with keys of its own; everything it issues is valid for two days. */
export function privateAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string): Certificate => ({
    cert: readFileSync(file(`${name}.pem`), 'utf8'),
    key: readFileSync(file(`${name}.key`), 'utf8'),
    certFile: file(`${name}.pem`),
    keyFile: file(`${name}.key`),
  });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Private authority',
  );
  let issued = 0;
  return {
    ...read('ca'),
    issue(subject, names, passphrase) {
      const name = `issued-${++issued}`;
      openssl('req', '-new', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`);
      writeFileSync(file(`${name}.ext`), names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`);
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
      openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-days', '2', '-out', `${name}.pem`);
      if (passphrase !== undefined) {
        const encrypted = ['-topk8', '-v2', 'aes256', '-passout', `pass:${passphrase}`];
        openssl('pkcs8', ...encrypted, '-in', `${name}.key`, '-out', `${name}.encrypted`);
        writeFileSync(file(`${name}.key`), readFileSync(file(`${name}.encrypted`)));
      }
      return read(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
