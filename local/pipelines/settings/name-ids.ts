import { createHash } from 'node:crypto';

/** Namespace of the ids that names of this machine get: UUIDv5 of the URL namespace and the project's home. */
const NAMESPACE = '5f1c6b2e-2f0b-5d8e-9c55-7a2f6f1a4c10';

/**
 * The id of something that on this machine has only a name: a UUID of version 5 (RFC 9562, 5.5), so that it is the same in every process.
 * @param kind keeps a connection and an environment of one name apart
 */
export function idOfName(kind: 'connection' | 'person' | 'project' | 'organization', name: string): string {
  const digest = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(kind === 'connection' ? name : `${kind}:${name}`)
    .digest();
  digest.writeUInt8(((digest[6] ?? 0) & 0x0f) | 0x50, 6);
  digest.writeUInt8(((digest[8] ?? 0) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** A positive number of at most nine digits for what Azure DevOps counts: pipelines, environments. */
export function numberOfName(kind: 'pipeline' | 'environment', name: string): string {
  const digest = createHash('sha256').update(`${kind}:${name}`).digest();
  return String((digest.readUInt32BE(0) % 999_999_999) + 1);
}
