import type { Readable } from 'node:stream';
import type { HttpClient } from '../http/client';
import type { CallPlace } from '../http/errors';
import { items, type TokenPage } from '../http/paging';
import { filePath } from '../http/path';
import type { HttpRequest, Upload } from '../http/request';
import { filePathIn, objectIn, objectsIn } from './answer-shape';
import { undefinedIfMissing } from './missing';
import { refusePage } from './refuse-page';

/** An entry of a folder. */
export interface DirectoryEntry {
  /** Absolute path. */
  readonly path: string;
  readonly name: string;
  readonly is_directory?: boolean;
  /** Bytes. */
  readonly file_size?: number;
  readonly last_modified?: number;
}

/** Milliseconds for one upload or download of a file (5 GiB at about 3 MB/s). */
const TRANSFER_MS = 1_800_000;

/** `/api/2.0/fs`: volumes (`/Volumes/…`), files of model versions (`/Models/…`), artifacts of MLflow. */
export class FilesApi {
  constructor(private readonly http: HttpClient) {}

  /** Writes a whole file, replacing what is there. */
  async upload(path: string, content: Uint8Array | Upload): Promise<void> {
    await this.http.request(
      {
        method: 'PUT',
        path: `/api/2.0/fs/files/${filePath(path)}`,
        query: { overwrite: true },
        ...(content instanceof Uint8Array ? { bytes: content } : { upload: content }),
        idempotent: true,
        attemptMs: TRANSFER_MS,
        deadlineMs: 2 * TRANSFER_MS,
        acceptEmpty: true,
      },
      // It answers nothing; a page in its place is no proof that the file is there.
      'json',
    );
  }

  /** Content of a file, or undefined when there is none. */
  async download(path: string): Promise<Buffer | undefined> {
    const request = this.get(path);
    const answer = await undefinedIfMissing(this.http.request<never, 'bytes'>(request, 'bytes'));
    refusePage(answer, path, this.placeOf(request));
    return answer?.body;
  }

  /** Content of a file as a stream; the caller consumes it. */
  async stream(path: string): Promise<Readable> {
    const request = this.get(path);
    const answer = await this.http.request<never, 'stream'>(request, 'stream');
    try {
      refusePage(answer, path, this.placeOf(request));
    } catch (error) {
      answer.body.destroy();
      throw error;
    }
    return answer.body;
  }

  /** Entries directly below a folder. @throws ApiError with `isNotFound` when the folder does not exist; TaskError ANSWER_UNEXPECTED */
  list(path: string): AsyncGenerator<DirectoryEntry> {
    return items(
      (page_token) =>
        this.http.json<TokenPage>({
          method: 'GET',
          path: `/api/2.0/fs/directories/${filePath(path)}`,
          query: { page_token },
          acceptEmpty: true,
        }),
      (page) => {
        const what = `GET /api/2.0/fs/directories/${filePath(path)}`;
        return objectsIn(objectIn(page ?? {}, what), 'contents', what).map(
          (entry) => ({ ...entry, path: filePathIn(entry, 'path', what) }) as DirectoryEntry,
        );
      },
    );
  }

  /** Files below a folder at any depth. @throws ApiError with `isNotFound` when the folder does not exist */
  async *listDeep(path: string): AsyncGenerator<DirectoryEntry> {
    for await (const entry of this.list(path)) {
      if (entry.is_directory === true) {
        yield* this.listDeep(entry.path);
      } else {
        yield entry;
      }
    }
  }

  private get(path: string) {
    return {
      method: 'GET',
      path: `/api/2.0/fs/files/${filePath(path)}`,
      headers: { Accept: '*/*' },
      attemptMs: TRANSFER_MS,
      deadlineMs: 2 * TRANSFER_MS,
    } as const;
  }

  private placeOf({ method, path }: HttpRequest): CallPlace {
    return { method, path, origin: this.http.baseUrl };
  }
}
