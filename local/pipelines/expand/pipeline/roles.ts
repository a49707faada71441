import { ExpandError } from '../expand-error';
import { checkShape } from '../grammar/check-shape';
import { type MappingEntry, type MappingNode, mapping, type Node, type SequenceNode } from '../nodes';
import { normalJob } from '../normal-form/job';
import { normalStage } from '../normal-form/stage';
import { normalStep } from '../normal-form/step';
import { type ListRole, type Pending, type Scope, withInnerVariables } from '../scope';
import { expandNode, resolve, walkMapping } from '../walk';
import { expandList, type ItemRole } from './expand-list';
import { expandVariables } from './variables';

const STEPS: ItemRole = {
  open: (scope) => scope,
  value: (_key, value) => expandNode(value),
  close: (item) => {
    checkShape(item, 'step');
    return normalStep(item);
  },
};

const JOBS: ItemRole = {
  open: withInnerVariables,
  value: (key, value, scope) => {
    switch (key.text) {
      case 'variables':
        return expandVariables(value, scope);
      case 'steps':
        return expandRole('steps', value, scope);
      case 'strategy':
        return expandStrategy(value, scope);
      default:
        return expandNode(value);
    }
  },
  close: (item) => {
    checkShape(item, 'job');
    return normalJob(item);
  },
};

const STAGES: ItemRole = {
  open: withInnerVariables,
  value: (key, value, scope) => {
    switch (key.text) {
      case 'variables':
        return expandVariables(value, scope);
      case 'jobs':
        return expandRole('jobs', value, scope);
      default:
        return expandNode(value);
    }
  },
  close: (item) => {
    checkShape(item, 'stage');
    return normalStage(item);
  },
};

/** Expands a list by what its items are. @throws ExpandError */
export function expandRole(role: ListRole, pending: Pending, around: Scope): SequenceNode {
  switch (role) {
    case 'stages':
      return expandList(role, STAGES, pending, around);
    case 'jobs':
      return expandList(role, JOBS, pending, around);
    case 'steps':
      return expandList(role, STEPS, pending, around);
    case 'variables':
      return expandVariables(pending, around);
  }
}

/** Hooks of a deployment hold lists of steps, at any depth of the strategy; a matrix is data. */
function expandStrategy(pending: Pending, around: Scope): Node {
  const { node, scope } = resolve(pending);
  if (node.kind !== 'mapping') {
    throw new ExpandError(
      'PIPELINE_SHAPE',
      'strategy is no mapping.',
      node.at,
      'Write matrix, parallel, runOnce, rolling or canary below it.',
    );
  }
  return expandHooks({ node, scope }, around);
}

function expandHooks({ node, scope }: Pending<MappingNode>, around: Scope): MappingNode {
  const entries: MappingEntry[] = [];
  walkMapping({ node, scope }, ({ key, value }) => entries.push({ key, value: expandHook(key.text, value, around) }));
  return mapping(entries, node.at);
}

const HOOKS = [
  'runOnce',
  'rolling',
  'canary',
  'preDeploy',
  'deploy',
  'routeTraffic',
  'postRouteTraffic',
  'on',
  'failure',
  'success',
];

function expandHook(key: string, value: Pending, around: Scope): Node {
  if (key === 'steps') {
    return expandRole('steps', value, value.scope ?? around);
  }
  const resolved = resolve(value);
  return HOOKS.includes(key) && resolved.node.kind === 'mapping'
    ? expandHooks({ node: resolved.node, scope: resolved.scope }, around)
    : expandNode(resolved);
}
