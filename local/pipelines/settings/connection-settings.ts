import type { SettingsFinding } from './settings-file';
import type { ConnectionKeys } from './settings-shapes';

/** Where a secret is taken from. */
export interface SecretSource {
  /** Name of an environment variable of this machine. */
  readonly env: string;
}

/** What a service connection leads to, in one of its three forms. */
export type ConnectionSettings =
  | { readonly workspace: string }
  | { readonly url: string; readonly token: SecretSource }
  | { readonly url: string; readonly applicationId: string; readonly secret: SecretSource };

/** The form that the keys of a connection make; `undefined` when they make none. */
export function connectionForm(keys: ConnectionKeys): ConnectionSettings | undefined {
  const { workspace, url, token, applicationId, secret } = keys;
  switch (Object.keys(keys).sort().join()) {
    case 'workspace':
      return workspace === undefined ? undefined : { workspace };
    case 'token,url':
      return url === undefined || token === undefined ? undefined : { url, token };
    case 'applicationId,secret,url':
      return url === undefined || applicationId === undefined || secret === undefined
        ? undefined
        : { url, applicationId, secret };
    default:
      return undefined;
  }
}

/** A connection whose keys do not go together, or whose address is none. */
export function connectionFindings(name: string, keys: ConnectionKeys): readonly SettingsFinding[] {
  const path = ['connections', name];
  const form = connectionForm(keys);
  if (form === undefined) {
    const given = Object.keys(keys).join(', ') || 'nothing';
    return [
      {
        path,
        what: `Connection '${name}' has ${given}, which does not go together.`,
        todo: 'Write workspace, or url and token, or url, applicationId and secret.',
      },
    ];
  }
  return 'url' in form && !/^https?:\/\/[^\s/]+/.test(form.url)
    ? [
        {
          path: [...path, 'url'],
          what: `The url of connection '${name}' is no address of a workspace.`,
          todo: 'Write such as https://adb-1234567890123456.7.azuredatabricks.net.',
        },
      ]
    : [];
}
