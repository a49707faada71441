import type { ModelFacts } from '../model-facts';
import type { ComplianceRule } from '../policy/schema';
import type { CheckResult } from '../report-types';

/**
 * Judges what the model must come with.
 * @param facts `undefined` when no registry was asked: the checks are then SKIPPED, which makes the report partial
 */
export function judgeCompliance(rules: readonly ComplianceRule[], facts: ModelFacts | undefined): CheckResult[] {
  return rules.map((rule) => {
    const base = { id: rule.id, category: 'compliance', severity: rule.severity } as const;
    if (facts === undefined) {
      return { ...base, verdict: 'SKIPPED', message: 'The registry was not asked, because there is no connection.' };
    }
    const lacking = lackingOf(rule, facts);
    return lacking === undefined
      ? { ...base, verdict: 'PASS', message: satisfied(rule) }
      : { ...base, verdict: 'FAIL', message: lacking };
  });
}

function lackingOf(rule: ComplianceRule, facts: ModelFacts): string | undefined {
  switch (rule.check) {
    case 'description': {
      const length = [...facts.description.trim()].length;
      return length >= rule.minLength
        ? undefined
        : `The version's description has ${length} of at least ${rule.minLength} characters.`;
    }
    case 'signature': {
      const { signature } = facts;
      const missing = rule.require.filter((part) => signature?.[part] !== true);
      if (missing.length === 0) {
        return undefined;
      }
      return signature === undefined
        ? 'The model was logged without a signature.'
        : `The model's signature has no ${missing.join(' and no ')}.`;
    }
    case 'tags': {
      const faults = Object.entries(rule.required).flatMap(([tag, pattern]) => {
        if (!Object.hasOwn(facts.tags, tag)) {
          return [`tag ${tag} is missing`];
        }
        return new RegExp(`^(?:${pattern})$`, 'u').test(facts.tags[tag] ?? '')
          ? []
          : [`the value of tag ${tag} does not match ${pattern}`];
      });
      return faults.length === 0 ? undefined : `${faults.join('; ')}.`.replace(/^./, (letter) => letter.toUpperCase());
    }
  }
}

function satisfied(rule: ComplianceRule): string {
  switch (rule.check) {
    case 'description':
      return `The version's description has at least ${rule.minLength} characters.`;
    case 'signature':
      return `The model's signature has ${rule.require.join(' and ')}.`;
    case 'tags':
      return `The tags ${Object.keys(rule.required).join(', ')} are set as required.`;
  }
}
