import type { HttpClient } from '../http/client';
import { filePath } from '../http/path';
import { withTextIds } from './ids';
import { undefinedIfMissing } from './missing';
import { refusePage } from './refuse-page';

/** An object of the workspace's file tree. */
export interface WorkspaceObject {
  readonly path: string;
  /** `NOTEBOOK`, `DIRECTORY`, `FILE`, `LIBRARY`, `REPO`, `DASHBOARD` */
  readonly object_type: string;
  readonly object_id?: string;
  readonly language?: string;
  readonly size?: number;
  readonly created_at?: number;
  readonly modified_at?: number;
}

/** `/api/2.0/workspace` and `/api/2.0/workspace-files` */
export class WorkspaceFilesApi {
  constructor(private readonly http: HttpClient) {}

  /** Creates a folder and those above it; one that exists is left as it is. */
  async mkdirs(path: string): Promise<void> {
    await this.http.json({
      method: 'POST',
      path: '/api/2.0/workspace/mkdirs',
      body: { path },
      acceptEmpty: true,
      idempotent: true,
    });
  }

  async status(path: string): Promise<WorkspaceObject | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json({ method: 'GET', path: '/api/2.0/workspace/get-status', query: { path } }),
    );
    return answer === undefined ? undefined : withTextIds<WorkspaceObject>(answer);
  }

  /** Entries of a folder, or undefined when it does not exist. */
  async list(path: string): Promise<readonly WorkspaceObject[] | undefined> {
    const answer = await undefinedIfMissing(
      this.http.json<{ objects?: readonly unknown[] }>({
        method: 'GET',
        path: '/api/2.0/workspace/list',
        query: { path },
      }),
    );
    return answer === undefined ? undefined : withTextIds<readonly WorkspaceObject[]>(answer.objects ?? []);
  }

  /** Content of a file, or undefined when there is none. */
  async read(path: string): Promise<Buffer | undefined> {
    const query = { path, format: 'SOURCE', direct_download: true };
    const request = { method: 'GET', path: '/api/2.0/workspace/export', query, headers: { Accept: '*/*' } } as const;
    const answer = await undefinedIfMissing(this.http.request<never, 'bytes'>(request, 'bytes'));
    refusePage(answer, path, { method: request.method, path: request.path, origin: this.http.baseUrl });
    return answer?.body;
  }

  /** Writes a whole file, replacing what is there; its folder must exist. */
  async write(path: string, content: Uint8Array): Promise<void> {
    const request = {
      method: 'POST',
      path: `/api/2.0/workspace-files/import-file/${filePath(path)}`,
      query: { overwrite: true },
      bytes: content,
      idempotent: true,
    } as const;
    // What it answers is not said; a page in its place is no proof that the file is there.
    const answer = await this.http.request(request, 'text');
    refusePage(answer, '', { method: request.method, path: request.path, origin: this.http.baseUrl });
  }

  async delete(path: string, recursive = false): Promise<void> {
    const body = { path, recursive };
    await undefinedIfMissing(
      this.http.json({ method: 'POST', path: '/api/2.0/workspace/delete', body, acceptEmpty: true, idempotent: true }),
    );
  }
}
