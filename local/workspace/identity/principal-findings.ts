import { sameName } from '../../../src/databricks/grants';
import { nearestName } from '../../../src/nearest-name';
import { APPLICABLE, spelled } from '../grants/applicable-privileges';
import { type PrincipalSettings, SYSTEM_GROUPS } from './principal-settings';

/** What is wrong at a place of the file, and what to do. */
export interface PrincipalFinding {
  readonly path: (string | number)[];
  readonly what: string;
  readonly todo: string;
}

/** What can be named after `on`, with the kind of its rights and the number of its names. */
const GRANTED_ON = {
  metastore: { kind: 'METASTORE', levels: 0, example: 'metastore' },
  catalog: { kind: 'CATALOG', levels: 1, example: 'catalog dev' },
  schema: { kind: 'SCHEMA', levels: 2, example: 'schema dev.default' },
  table: { kind: 'TABLE', levels: 3, example: 'table dev.default.trips' },
  volume: { kind: 'VOLUME', levels: 3, example: 'volume dev.default.files' },
  model: { kind: 'FUNCTION', levels: 3, example: 'model dev.default.fares' },
} as const;
type GrantedOn = (typeof GRANTED_ON)[keyof typeof GRANTED_ON];

/**
 * What the shape alone cannot say: names that are there twice, groups and grantees that nobody describes, rights that do not exist.
 * @param environment where the tokens are; two principals with the same one are refused
 */
export function principalFindings(
  settings: PrincipalSettings,
  environment: Readonly<Record<string, string | undefined>> = {},
): readonly PrincipalFinding[] {
  return [
    ...namedTwice(settings),
    ...unknownNames(settings),
    ...sameTokens(settings, environment),
    ...settings.grants.flatMap((grant, index) => grantFindings(grant, ['grants', index])),
  ];
}

function namedTwice({ users, servicePrincipals, groups }: PrincipalSettings): readonly PrincipalFinding[] {
  const names = [
    ...users.map(({ userName }) => userName),
    ...servicePrincipals.map(({ applicationId }) => applicationId),
    ...groups.map(({ displayName }) => displayName),
  ];
  const twice = names.find((name, index) => names.findIndex((other) => sameName(name, other)) !== index);
  return twice === undefined
    ? []
    : [{ path: ['users'], what: `'${twice}' is there twice.`, todo: 'Describe each principal once.' }];
}

function unknownNames(settings: PrincipalSettings): readonly PrincipalFinding[] {
  const groups = [...settings.groups.map(({ displayName }) => displayName), ...SYSTEM_GROUPS];
  const members = [
    ...settings.users.map(({ userName, displayName }) => ({ name: userName, displayName, field: 'userName' })),
    ...settings.servicePrincipals.map(({ applicationId, displayName }) => ({
      name: applicationId,
      displayName,
      field: 'applicationId',
    })),
  ];
  const everybody = [...members.map(({ name }) => name), ...groups];
  const unknown = (list: readonly string[], known: readonly string[], path: (string | number)[]) =>
    list.flatMap((name, index): PrincipalFinding[] =>
      known.some((one) => (known === groups ? one === name : sameName(one, name)))
        ? []
        : [{ path: [...path, index], what: `Nobody is called '${name}'.`, todo: meant(name, known) }],
    );

  function meant(name: string, known: readonly string[]): string {
    const shown = members.find(({ displayName }) => displayName !== undefined && sameName(displayName, name));
    if (shown !== undefined && known === everybody) {
      return `'${name}' is a displayName; use its ${shown.field}, ${shown.name}.`;
    }
    const near = nearestName(name, known);
    const where = known === everybody ? 'users, servicePrincipals or groups' : 'groups';
    return `${near === undefined ? '' : `Did you mean '${near}'? `}Describe it under ${where}, or use one of ${SYSTEM_GROUPS.join(', ')}.`;
  }

  return [
    ...(['users', 'servicePrincipals', 'groups'] as const).flatMap((list) =>
      settings[list].flatMap((one, index) => unknown(one.groups, groups, [list, index, 'groups'])),
    ),
    ...(['grants', 'warehouse'] as const).flatMap((list) =>
      settings[list].flatMap(({ to }, index) => unknown(to, everybody, [list, index, 'to'])),
    ),
    ...settings.servicePrincipals.flatMap(({ users }, index) =>
      unknown(users, everybody, ['servicePrincipals', index, 'users']),
    ),
  ];
}

/** A token says who sends a request: of two principals with the same one, the workspace could know only one. */
function sameTokens(
  settings: PrincipalSettings,
  environment: Readonly<Record<string, string | undefined>>,
): readonly PrincipalFinding[] {
  const owners = (['users', 'servicePrincipals'] as const).flatMap((list) =>
    settings[list].flatMap((one, index) =>
      one.token === undefined
        ? []
        : [
            {
              path: [list, index, 'token'],
              name: 'userName' in one ? one.userName : one.applicationId,
              variable: one.token.env,
              text: environment[one.token.env],
            },
          ],
    ),
  );
  return owners.flatMap((owner, index) => {
    const other = owners
      .slice(0, index)
      .find(({ variable, text }) => variable === owner.variable || (text !== undefined && text === owner.text));
    return other === undefined
      ? []
      : [
          {
            path: owner.path,
            what: `'${owner.name}' has the same token as '${other.name}'${other.variable === owner.variable ? '' : ` (${owner.variable} and ${other.variable} hold the same text)`}.`,
            todo: 'Give each principal a token of its own, in a variable of its own: the token alone says who sends a request.',
          },
        ];
  });
}

function grantFindings(
  { on, privileges }: PrincipalSettings['grants'][number],
  path: (string | number)[],
): readonly PrincipalFinding[] {
  const [word = '', name = '', ...more] = on.split(' ');
  const target = Object.hasOwn(GRANTED_ON, word) ? GRANTED_ON[word as keyof typeof GRANTED_ON] : undefined;
  const levels = name === '' ? 0 : name.split('.').length;
  if (target === undefined || target.levels !== levels || more.length > 0 || /[/\\]|^\.|\.\.|\.$/.test(name)) {
    return [
      {
        path: [...path, 'on'],
        what: `'${on}' names nothing that rights can be granted on.`,
        todo: meantOn(word, name),
      },
    ];
  }
  return privileges.flatMap((privilege, index) =>
    APPLICABLE[target.kind].includes(spelled(privilege))
      ? []
      : [
          {
            path: [...path, 'privileges', index],
            what: `There is no privilege '${privilege}' on a ${word}.`,
            todo: meantPrivilege(privilege, target),
          },
        ],
  );
}

function meantOn(word: string, name: string): string {
  const near = nearestName(word, Object.keys(GRANTED_ON)) as keyof typeof GRANTED_ON | undefined;
  if (near === undefined) {
    return `Write one of ${Object.values(GRANTED_ON)
      .map(({ example }) => `'${example}'`)
      .join(', ')}, with names of yours.`;
  }
  const { levels, example } = GRANTED_ON[near];
  const right = levels > 0 && name.split('.').length === levels && !name.split('.').includes('');
  return right && near !== word ? `Did you mean '${near} ${name}'?` : `Write it like '${example}'.`;
}

function meantPrivilege(privilege: string, { kind }: GrantedOn): string {
  const known = APPLICABLE[kind].map((one) => one.replaceAll('_', ' '));
  const near = nearestName(privilege.replaceAll('_', ' '), known);
  return `${near === undefined ? '' : `Did you mean '${near}'? `}There are ${known.join(', ')}.`;
}
