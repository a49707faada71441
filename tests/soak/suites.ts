import type fc from 'fast-check';
import { inputMapsAreReadOrRefused } from '../properties/input-maps';
import { killedProcessesEndRight } from '../properties/killed-processes';
import { neutralTextRunsNothing } from '../properties/neutral-text';
import { editedPipelinesExpandOrAreRefused } from '../properties/pipeline-edits';
import { expressionsReadBack, expressionTextIsReadOrRefused } from '../properties/pipeline-expression';
import { policyTextIsReadOrRefused } from '../properties/policy-text';
import { sqlStatementsEnd } from '../properties/sql-statements';

/** Properties that `npm test` checks on fixed seeds and a soak on as many cases as wanted. */
export const SUITES: Readonly<Record<string, fc.IRawProperty<unknown>>> = {
  'neutral-text': neutralTextRunsNothing as fc.IRawProperty<unknown>,
  'input-maps': inputMapsAreReadOrRefused as fc.IRawProperty<unknown>,
  'killed-processes': killedProcessesEndRight as fc.IRawProperty<unknown>,
  'policy-text': policyTextIsReadOrRefused as fc.IRawProperty<unknown>,
  'sql-statements': sqlStatementsEnd as fc.IRawProperty<unknown>,
  'pipeline-edits': editedPipelinesExpandOrAreRefused as fc.IRawProperty<unknown>,
  'pipeline-expressions': expressionsReadBack as fc.IRawProperty<unknown>,
  'pipeline-expression-texts': expressionTextIsReadOrRefused as fc.IRawProperty<unknown>,
};
