import { buffer } from 'node:stream/consumers';
import JSZip from 'jszip';

/** Files of a zip by their names, as text. */
export async function unzip(stream: NodeJS.ReadableStream): Promise<Record<string, string>> {
  const zip = await JSZip.loadAsync(await buffer(stream));
  const files = Object.values(zip.files).filter(({ dir }) => !dir);
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.name, await file.async('text')] as const)),
  );
}
