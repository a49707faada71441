// The variant of the extension that can be installed beside the released one: every id that an organisation must hold once is another.
import { createHash } from 'node:crypto';

/** Namespace of the task ids of the variant: the UUIDv5 of the extension's id in the URL namespace of RFC 9562. */
const URL_NAMESPACE = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
const SUFFIX = '-dev';
const TITLE_SUFFIX = ' (development)';

/** A name-based UUID, version 5 (RFC 9562, 5.5). */
export function uuidV5(name, namespace) {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const NAMESPACE = uuidV5('azure-databricks-mlops/development', URL_NAMESPACE);

/** The manifest with its own extension id, name and connection types; always private. */
export function developmentManifest(manifest) {
  return {
    ...manifest,
    id: manifest.id + SUFFIX,
    name: manifest.name + TITLE_SUFFIX,
    galleryFlags: ['Preview'],
    contributions: manifest.contributions.map((contribution) =>
      contribution.type === 'ms.vss-endpoint.service-endpoint-type'
        ? {
            ...contribution,
            properties: {
              ...contribution.properties,
              name: contribution.properties.name + SUFFIX,
              displayName: contribution.properties.displayName + TITLE_SUFFIX,
            },
          }
        : contribution,
    ),
  };
}

/**
 * The task with its own id, name and connection type, so that a pipeline of an organisation that has both extensions says which it means.
 * `friendlyName` keeps within the 40 characters that tfx allows.
 */
export function developmentTask(task, connectionTypes) {
  return {
    ...task,
    id: uuidV5(task.id, NAMESPACE),
    name: task.name + SUFFIX,
    friendlyName: `${task.friendlyName.slice(0, 40 - 6)} (dev)`,
    inputs: task.inputs.map((input) => {
      const [prefix, type] = input.type.split(':');
      return connectionTypes.includes(type) ? { ...input, type: `${prefix}:${type}${SUFFIX}` } : input;
    }),
  };
}
