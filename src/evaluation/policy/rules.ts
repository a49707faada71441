import { didYouMean } from '../../nearest-name';
import { labelText } from '../labels';
import { METRIC_FACTS, metricsOf } from '../metrics/metric-facts';
import type { Path } from './policy-text';
import { DEFAULT_CONFIDENCE, DEFAULT_ITERATIONS, type MetricName, type Policy } from './schema';
import { pathText, shown } from './sentences';

/** What a rule finds: where, what is wrong, what to do. */
export interface RuleFinding {
  readonly path: Path;
  readonly what: string;
  readonly todo: string;
}

/** Tail draws of an interval below which a percentile is mostly noise. */
const MIN_TAIL_DRAWS = 2;

/** The rules that hold between keys, which a JSON Schema cannot express. All findings at once. */
export function checkRules(policy: Policy): RuleFinding[] {
  return [
    ...judgesSomething(policy),
    ...uniqueIds(policy),
    ...model(policy),
    ...policy.thresholds.flatMap((_, index) => threshold(policy, index)),
    ...comparisons(policy),
    ...tagPatterns(policy),
  ];
}

function judgesSomething(policy: Policy): RuleFinding[] {
  if (policy.thresholds.length > 0 || policy.champion !== undefined) {
    return [];
  }
  return [
    {
      path: [],
      what: 'The policy has neither thresholds nor a champion comparison, so every model would pass.',
      todo: 'Add thresholds or champion.',
    },
  ];
}

/** The id of a threshold, `threshold.<metric>` unless it is given. */
export function thresholdId(rule: { readonly id?: string | undefined; readonly metric: MetricName }): string {
  return rule.id ?? `threshold.${rule.metric}`;
}

/** The id of the primary comparison, `champion.<metric>` unless it is given. */
export function primaryId(rule: { readonly id?: string | undefined; readonly metric: MetricName }): string {
  return rule.id ?? `champion.${rule.metric}`;
}

/** The id of a guardrail, `guardrail.<metric>` unless it is given. */
export function guardrailId(rule: { readonly id?: string | undefined; readonly metric: MetricName }): string {
  return rule.id ?? `guardrail.${rule.metric}`;
}

function uniqueIds(policy: Policy): RuleFinding[] {
  const ids: { readonly id: string; readonly path: Path }[] = [
    ...policy.compliance.map((rule, index) => ({ id: rule.id, path: ['compliance', index] })),
    ...policy.thresholds.map((rule, index) => ({ id: thresholdId(rule), path: ['thresholds', index] })),
    ...(policy.champion === undefined
      ? []
      : [{ id: primaryId(policy.champion.primary), path: ['champion', 'primary'] }]),
    ...(policy.champion?.guardrails ?? []).map((rule, index) => ({
      id: guardrailId(rule),
      path: ['champion', 'guardrails', index],
    })),
  ];
  const seen = new Set<string>(['data']);
  const findings: RuleFinding[] = [];
  for (const { id, path } of ids) {
    if (seen.has(id)) {
      const what =
        id === 'data' ? 'The id data is taken by the check of the prediction data.' : `Two checks have the id ${id}.`;
      findings.push({ path, what, todo: 'Give this one an id of its own.' });
    }
    seen.add(id);
  }
  return findings;
}

function model(policy: Policy): RuleFinding[] {
  const findings: RuleFinding[] = [];
  const { model: columns } = policy;
  if (columns.versionColumns === 'none' && policy.metadata.preset !== 'minimal') {
    findings.push({
      path: ['model', 'versionColumns'],
      what: 'versionColumns: none lets predictions of any version count, which only preset minimal allows.',
      todo: 'Name the two columns, or set metadata.preset to minimal.',
    });
  }
  findings.push(...distinctColumns(policy));
  if (columns.problem === 'classification') {
    const labels = columns.classes.map(labelText);
    const double = labels.findIndex((label, index) => labels.indexOf(label) !== index);
    if (double >= 0) {
      findings.push({
        path: ['model', 'classes', double],
        what: `The class ${shown(columns.classes[double])} stands twice in model.classes.`,
        todo: 'Name each class once.',
      });
    }
    if (columns.threshold !== undefined && columns.classes.length !== 2) {
      findings.push({
        path: ['model', 'threshold'],
        what: 'A threshold makes labels only where there are two classes.',
        todo: 'Remove model.threshold, or name two classes.',
      });
    }
  }
  return findings;
}

function distinctColumns(policy: Policy): RuleFinding[] {
  const { model: columns } = policy;
  const named: [Path, string][] = [
    [['model', 'idColumn'], columns.idColumn],
    [['model', 'target'], columns.target],
    [['model', 'columns', 'challenger'], columns.columns.challenger],
    [['model', 'columns', 'champion'], columns.columns.champion],
  ];
  if (columns.problem === 'classification') {
    named.push(
      [['model', 'probaColumns', 'challenger'], columns.probaColumns.challenger],
      [['model', 'probaColumns', 'champion'], columns.probaColumns.champion],
    );
  }
  if (columns.versionColumns !== 'none') {
    named.push(
      [['model', 'versionColumns', 'challenger'], columns.versionColumns.challenger],
      [['model', 'versionColumns', 'champion'], columns.versionColumns.champion],
    );
  }
  if (columns.weightColumn !== 'none') {
    named.push([['model', 'weightColumn'], columns.weightColumn]);
  }
  const first = new Map<string, Path>();
  return named.flatMap(([path, name]) => {
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, path);
      return [];
    }
    return [
      {
        path,
        what: `The column ${shown(name)} is named by ${pathText(other)} and by ${pathText(path)}.`,
        todo: 'Name a column of its own for each.',
      },
    ];
  });
}

function metricKnown(policy: Policy, metric: MetricName, path: Path): RuleFinding[] {
  const known = metricsOf(policy.model.problem);
  if (known.includes(metric)) {
    return [];
  }
  return [
    {
      path: [...path, 'metric'],
      what: `${metric} is no metric of a ${policy.model.problem} model.`,
      todo: `${didYouMean(metric, known)} Use one of ${known.join(', ')}.`.trimStart(),
    },
  ];
}

function threshold(policy: Policy, index: number): RuleFinding[] {
  const rule = policy.thresholds[index] as Policy['thresholds'][number];
  const path: Path = ['thresholds', index];
  const findings = metricKnown(policy, rule.metric, path);
  const facts = METRIC_FACTS[rule.metric];
  if (rule.direction !== facts.direction) {
    findings.push({
      path: [...path, 'direction'],
      what: `The direction of ${rule.metric} is ${facts.direction}, not ${rule.direction}.`,
      todo: `Write direction: ${facts.direction}.`,
    });
    return findings;
  }
  const never = (key: string, limit: number) =>
    findings.push({
      path: [...path, key],
      what: `${rule.metric} can never reach ${key}: ${limit}.`,
      todo: `${rule.metric} lies ${facts.range}.`,
    });
  const always = (key: string, limit: number) =>
    findings.push({
      path: [...path, key],
      what: `${key}: ${limit} lets every model pass.`,
      todo: `${rule.metric} lies ${facts.range}.`,
    });
  if (rule.direction === 'lower' && rule.max < facts.lowest) {
    never('max', rule.max);
  }
  if (rule.direction === 'higher' && rule.min > facts.highest) {
    never('min', rule.min);
  }
  if (rule.direction === 'higher' && rule.min <= facts.lowest) {
    always('min', rule.min);
  }
  if (rule.useBound === undefined) {
    for (const key of ['confidence', 'iterations'] as const) {
      if (rule[key] !== undefined) {
        findings.push({
          path: [...path, key],
          what: `${key} has no effect without useBound.`,
          todo: `Add useBound, or remove ${key}.`,
        });
      }
    }
  } else {
    findings.push(...tailDraws(path, rule.confidence ?? DEFAULT_CONFIDENCE, rule.iterations ?? DEFAULT_ITERATIONS));
  }
  return findings;
}

function comparisons(policy: Policy): RuleFinding[] {
  const { champion } = policy;
  if (champion === undefined) {
    return [];
  }
  const rules = [
    { path: ['champion', 'primary'] as Path, rule: champion.primary },
    ...champion.guardrails.map((rule, index) => ({ path: ['champion', 'guardrails', index] as Path, rule })),
  ];
  return rules.flatMap(({ path, rule }) => {
    const findings = metricKnown(policy, rule.metric, path);
    const facts = METRIC_FACTS[rule.metric];
    if (facts.direction === 'zero') {
      findings.push({
        path: [...path, 'metric'],
        what: `${rule.metric} has no better direction, so two models cannot be compared by it.`,
        todo: 'Use it under thresholds, with maxAbs.',
      });
    }
    const span = facts.highest - facts.lowest;
    const key = rule.hypothesis === 'superior' ? 'minImprovement' : 'margin';
    const amount = rule.hypothesis === 'superior' ? rule.minImprovement : rule.margin;
    if (amount >= span) {
      const effect =
        rule.hypothesis === 'superior' ? 'no model can ever improve by that much' : 'every model would pass';
      findings.push({
        path: [...path, key],
        what: `${key}: ${amount} is impossible for ${rule.metric}: ${effect}.`,
        todo: `${rule.metric} lies ${facts.range}.`,
      });
    }
    findings.push(...tailDraws(path, rule.confidence, rule.iterations));
    return findings;
  });
}

/** Beyond the interval's ends there must lie some resamples, otherwise its ends are the extremes of a lottery. */
function tailDraws(path: Path, confidence: number, iterations: number): RuleFinding[] {
  const draws = (iterations * (1 - confidence)) / 2;
  if (draws >= MIN_TAIL_DRAWS) {
    return [];
  }
  const needed = Math.ceil((2 * MIN_TAIL_DRAWS) / (1 - confidence));
  return [
    {
      path,
      what: `${iterations} iterations are too few for a confidence of ${confidence}.`,
      todo: `Ask for at least ${needed} iterations or a lower confidence.`,
    },
  ];
}

function tagPatterns(policy: Policy): RuleFinding[] {
  return policy.compliance.flatMap((rule, index) => {
    if (rule.check !== 'tags') {
      return [];
    }
    return Object.entries(rule.required).flatMap(([tag, pattern]) => {
      try {
        new RegExp(`^(?:${pattern})$`, 'u');
        return [];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return [
          {
            path: ['compliance', index, 'required', tag],
            what: `The pattern of tag ${tag} is no regular expression: ${reason}.`,
            todo: 'Correct the pattern; it must match the whole value.',
          },
        ];
      }
    });
  });
}
