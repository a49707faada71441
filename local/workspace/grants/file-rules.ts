import { textField } from '../request-fields';
import type { Access } from './access';
import type { Rule } from './catalog-rules';
import { type Securable, securableOf } from './securables';

/** Who may read and write files of volumes and model versions, by method and path of the operation. */
export const FILE_RULES: Readonly<Record<string, Rule>> = {
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

function onFile(reads: boolean): Rule {
  return async (call, access) => {
    requireFile(access, call.params.path ?? '', reads);
    return undefined;
  };
}

function onNamedFile(reads: boolean): Rule {
  return async (call, access) => {
    requireFile(access, await textField(call, 'path'), reads);
    return undefined;
  };
}

/**
 * The right on the volume or model that a file belongs to.
 * @param path of the Files API; what lies in neither wants none
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
