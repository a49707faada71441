import type { DeclaredInput } from '../support/declared';

/** What is wrong with a `visibleRule`, one sentence each; none when it holds. */
export function visibleRuleFaults(rule: string, inputs: readonly DeclaredInput[]): string[] {
  const faults: string[] = [];
  if (rule.includes('&&') && rule.includes('||')) {
    faults.push(`'${rule}' mixes && and ||, whose precedence is not documented`);
  }
  for (const term of rule.split(/&&|\|\|/)) {
    const match = /^\s*([A-Za-z][A-Za-z0-9]*)\s*(==|!=|=|EndsWith|NotEndsWith)\s*(.*?)\s*$/.exec(term);
    if (match === null) {
      faults.push(`'${term}' is not 'input operator value'`);
      continue;
    }
    const input = inputs.find((candidate) => candidate.name === match[1]);
    if (input === undefined) {
      faults.push(`'${rule}' names the input '${match[1]}', which is not declared`);
    } else if (input.options !== undefined && !Object.hasOwn(input.options, match[3] ?? '')) {
      faults.push(`'${rule}' compares '${input.name}' with '${match[3]}', which is no option`);
    }
  }
  return faults;
}
