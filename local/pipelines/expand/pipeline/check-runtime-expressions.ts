import { expressionError } from '../expressions/in-template';
import { parseExpression } from '../expressions/parser';
import { type ExpressionSlot, runtimeVocabulary } from '../expressions/vocabulary';
import { entryValue, type MappingNode, type Node, type ScalarNode } from '../nodes';
import { mappingsUnder } from './mappings-under';

/**
 * Reads every condition and `$[ ]` of an expanded pipeline, so that a typing error shows before the run. They are not evaluated and stay as they are.
 * @throws ExpandError PIPELINE_EXPRESSION
 */
export function checkRuntimeExpressions(pipeline: MappingNode): void {
  checkVariables(pipeline);
  for (const stage of mappingsUnder(pipeline, 'stages')) {
    checkCondition(stage, 'condition');
    checkVariables(stage);
    for (const job of mappingsUnder(stage, 'jobs')) {
      checkCondition(job, 'condition');
      checkVariables(job);
      checkSteps(job);
      const strategy = entryValue(job, 'strategy');
      if (strategy !== undefined) {
        checkStepsBelow(strategy);
      }
    }
  }
}

function checkStepsBelow(node: Node): void {
  if (node.kind === 'mapping') {
    checkSteps(node);
    for (const { key, value } of node.entries) {
      if (key.text !== 'matrix' && key.text !== 'steps') {
        checkStepsBelow(value);
      }
    }
  }
}

function checkSteps(owner: MappingNode): void {
  for (const step of mappingsUnder(owner, 'steps')) {
    checkCondition(step, 'stepCondition');
  }
}

function checkCondition(owner: MappingNode, slot: ExpressionSlot): void {
  const condition = entryValue(owner, 'condition');
  if (condition?.kind === 'scalar' && condition.text.trim() !== '') {
    check(condition, condition.text, slot);
  }
}

function checkVariables(owner: MappingNode): void {
  for (const variable of mappingsUnder(owner, 'variables')) {
    const value = entryValue(variable, 'value');
    const [, source] = value?.kind === 'scalar' ? (/^\s*\$\[([\s\S]*)\]\s*$/.exec(value.text) ?? []) : [];
    if (value?.kind === 'scalar' && source !== undefined) {
      check(value, source, 'runtimeVariable');
    }
  }
}

function check(node: ScalarNode, source: string, slot: ExpressionSlot): void {
  try {
    parseExpression(source, runtimeVocabulary(slot));
  } catch (error) {
    throw expressionError(error, source, node.at);
  }
}
