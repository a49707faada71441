import type { Workspace } from '../api';
import { textField } from '../request-fields';
import type { Access } from './access';
import type { Rule } from './catalog-rules';
import { ExperimentAccess } from './experiment-access';
import { type Securable, securableOf } from './securables';

/** Who may read and write files of volumes, model versions and experiments, by method and path of the operation. */
export function fileRules(workspace: Workspace): Readonly<Record<string, Rule>> {
  const experiments = new ExperimentAccess(workspace);

  function check(access: Access, path: string, reads: boolean): void {
    requireFile(access, path, reads);
    const experiment = /^\/*WorkspaceInternal\/+Mlflow\/+Artifacts\/+([^/]+)/.exec(path)?.[1];
    if (experiment !== undefined) {
      experiments.require(access, experiment, reads ? 'view' : 'edit');
    }
  }
  const onFile =
    (reads: boolean): Rule =>
    async (call, access) => {
      check(access, call.params.path ?? '', reads);
      return undefined;
    };
  const onNamedFile =
    (reads: boolean): Rule =>
    async (call, access) => {
      check(access, await textField(call, 'path'), reads);
      return undefined;
    };

  return {
    ...Object.fromEntries(
      (['GET', 'HEAD', 'PUT', 'POST', 'DELETE'] as const).flatMap((method): [string, Rule][] => [
        [`${method} /api/2.0/fs/files/*path`, onFile(method === 'GET' || method === 'HEAD')],
        [`${method} /api/2.0/fs/directories/*path`, onFile(method === 'GET' || method === 'HEAD')],
      ]),
    ),
    'POST /api/2.0/fs/create-download-url': onNamedFile(true),
    'POST /api/2.0/fs/create-upload-url': onNamedFile(false),
    'POST /api/2.0/fs/create-upload-part-urls': onNamedFile(false),
    'POST /api/2.0/fs/create-abort-upload-url': onNamedFile(false),
  };
}

/**
 * The right on the volume or model that a file belongs to.
 * @param path of the Files API; what lies in neither wants none of these
 * @throws ApiError 403 PERMISSION_DENIED
 */
export function requireFile(access: Access, path: string, reads: boolean): void {
  const [top, ...levels] = path.split('/').filter((part) => part !== '');
  if (levels.length < 3) {
    return;
  }
  const of = (type: string): Securable => securableOf(type, levels.slice(0, 3).join('.'));
  if (top === 'Volumes') {
    access.require([reads ? 'READ_VOLUME' : 'WRITE_VOLUME'], of('volume'));
  } else if (top === 'Models') {
    access.require(reads ? ['EXECUTE'] : ['CREATE_MODEL_VERSION', 'MANAGE'], of('function'));
  }
}
