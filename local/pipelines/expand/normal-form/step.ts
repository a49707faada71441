import { COMMON_STEP_KEYS } from '../grammar/steps';
import { type MappingEntry, type MappingNode, mapping, type ScalarNode, textScalar } from '../nodes';
import { withFirst } from './entries';

/** A step that is short for a task. */
interface Shortcut {
  readonly task: string;
  /** Name of the input that takes the shortcut's own value. */
  readonly input: string;
  /** Inputs that come before it. */
  readonly before?: Readonly<Record<string, string>>;
  readonly after?: Readonly<Record<string, string>>;
  /** Keys of the shortcut whose input has another name. */
  readonly renamed?: Readonly<Record<string, string>>;
}

/** Ids of the tasks that are part of the agent: they have no name. */
export const CHECKOUT_TASK = '6d15af64-176c-496d-b583-fd2ae21d4df4@1';
export const DOWNLOAD_TASK = '30f35852-3f7e-4c0c-9a88-e127b4f97211@1';
export const PUBLISH_TASK = 'ecdc45f6-832d-4ad9-b52b-ee49e94659be@1';

const INLINE = { targetType: 'inline' };

/** Source: what the preview of a run gives for each. [U]: downloadBuild, getPackage and reviewApp, which need resources of their own. */
export const SHORTCUTS: Readonly<Record<string, Shortcut>> = {
  script: { task: 'CmdLine@2', input: 'script' },
  bash: { task: 'Bash@3', input: 'script', before: INLINE },
  powershell: { task: 'PowerShell@2', input: 'script', before: INLINE },
  pwsh: { task: 'PowerShell@2', input: 'script', before: INLINE, after: { pwsh: 'true' } },
  checkout: { task: CHECKOUT_TASK, input: 'repository' },
  publish: { task: PUBLISH_TASK, input: 'path', renamed: { artifact: 'artifactName' } },
  download: { task: DOWNLOAD_TASK, input: 'alias' },
};

/** The task that a step is short for: `task`, the keys that every step has, then `inputs`. A step that is a task already stays as it is. */
export function normalStep(step: MappingNode): MappingNode {
  const own = step.entries.find(({ key }) => Object.hasOwn(SHORTCUTS, key.text));
  const shortcut = own === undefined ? undefined : SHORTCUTS[own.key.text];
  const isTask = step.entries.some(({ key }) => key.text === 'task');
  if (own === undefined || shortcut === undefined || isTask) {
    return withFirst(step, 'task');
  }
  const fixed = (inputs: Readonly<Record<string, string>> = {}) =>
    Object.entries(inputs).map(([key, value]) => entry(key, textScalar(value, own.key.at), own.key));
  const others = step.entries.filter((candidate) => candidate !== own);
  const inputs = [
    ...fixed(shortcut.before),
    entry(shortcut.input, own.value, own.key),
    ...fixed(shortcut.after),
    ...others
      .filter(({ key }) => !COMMON_STEP_KEYS.has(key.text))
      .map(({ key, value }) => entry(shortcut.renamed?.[key.text] ?? key.text, value, key)),
  ];
  const common = others.filter(({ key }) => COMMON_STEP_KEYS.has(key.text));
  return mapping(
    [
      entry('task', textScalar(shortcut.task, own.key.at), own.key),
      ...common,
      ...neverRuns(own, common),
      entry('inputs', mapping(inputs, step.at), own.key),
    ],
    step.at,
  );
}

/** `checkout: none` stays a step, with a condition that never holds. */
function neverRuns(own: MappingEntry, common: readonly MappingEntry[]): readonly MappingEntry[] {
  const none = own.key.text === 'checkout' && own.value.kind === 'scalar' && own.value.text === 'none';
  return none && !common.some(({ key }) => key.text === 'condition')
    ? [entry('condition', textScalar('false', own.value.at), own.key)]
    : [];
}

function entry(key: string, value: MappingEntry['value'], at: ScalarNode): MappingEntry {
  return { key: textScalar(key, at.at), value };
}
