import type { IncomingMessage } from 'node:http';
import { TaskError } from '../errors';
import type { DevOpsAccess } from './access';
import { buildClient } from './build-client';
import { askDevOps, statusError } from './devops-error';

/** Largest archive, in bytes. What tasks publish is far smaller. */
const MOST_BYTES = 100_000_000;

/**
 * The archive at the address that an artifact names.
 * That pipeline artifacts name a host of `visualstudio.com` which takes the token of the job is [U].
 * @throws TaskError ARTIFACT_UNREADABLE for an address elsewhere or an archive that is too large; what {@link askDevOps} throws
 */
export async function download(access: DevOpsAccess, address: string, what: string): Promise<Buffer> {
  if (!URL.canParse(address) || !mayHaveToken(new URL(address), new URL(access.collectionUrl))) {
    throw new TaskError(
      'ARTIFACT_UNREADABLE',
      `The files of ${what} lie at a host that must not get the token of the job.`,
      {
        where: `The address is ${JSON.stringify(address.split('?')[0])}.`,
        todo: "Download it by the step 'download:' before this one, and pass the path of the file.",
      },
    );
  }
  const client = await buildClient(access, new URL(address).origin);
  return askDevOps(access, `the files of ${what}`, async () => {
    const { message } = await client.http.get(address, { Accept: 'application/zip' });
    const destroy = () => message.destroy();
    access.signal.addEventListener('abort', destroy, { once: true });
    try {
      const bytes = await limited(message, what);
      if (message.statusCode !== 200) {
        throw statusError(access, `the files of ${what}`, message.statusCode ?? 0, saidIn(bytes));
      }
      return bytes;
    } finally {
      access.signal.removeEventListener('abort', destroy);
    }
  });
}

/** The host of the collection, or over TLS a host of Azure DevOps Services where the collection is one. */
function mayHaveToken(address: URL, collection: URL): boolean {
  const ofService = ({ protocol, hostname }: URL) =>
    protocol === 'https:' && (hostname === 'dev.azure.com' || /\.(dev\.azure|visualstudio)\.com$/.test(hostname));
  return address.origin === collection.origin || (ofService(address) && ofService(collection));
}

async function limited(message: IncomingMessage, what: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) {
      message.destroy();
      throw new TaskError(
        'ARTIFACT_UNREADABLE',
        `The archive of ${what} is larger than ${MOST_BYTES / 1_000_000} MB.`,
        {
          todo: "Name the artifact of a DatabricksEvaluateModel step (its input 'publishArtifact'), which holds its files alone.",
        },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function saidIn(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  try {
    const { message } = JSON.parse(text) as { message?: string };
    return message ?? 'an error without words';
  } catch (error) {
    if (error instanceof SyntaxError) {
      return text.trim() === '' ? 'an empty answer' : 'a page in place of an archive';
    }
    throw error;
  }
}
