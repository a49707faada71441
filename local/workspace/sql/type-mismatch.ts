import { SqlFailure } from './failure';
import type { SqlType } from './sql-type';
import { typeText } from './types';

/** The operands of a binary operator have no type in common. */
export function differentOperands(operator: string, left: SqlType, right: SqlType): SqlFailure {
  return mismatch(
    'BINARY_OP_DIFF_TYPES',
    `The two sides of ${operator} have incompatible types (${typeText(left)} and ${typeText(right)}); cast one of them.`,
  );
}

/** The operands of a binary operator have one type, but none that it takes. */
export function wrongOperands(operator: string, type: SqlType, wanted: string): SqlFailure {
  return mismatch('BINARY_OP_WRONG_TYPE', `${operator} wants ${wanted}, not ${typeText(type)}; cast the values.`);
}

/** Values that have to be of one type, such as those of an array or the results of a CASE, have none in common. */
export function differentData(where: string, types: readonly SqlType[]): SqlFailure {
  return mismatch(
    'DATA_DIFF_TYPES',
    `The values of ${where} must all be of one type, but are ${types.map(typeText).join(', ')}; cast them.`,
  );
}

/** A function or an operator of one operand does not take values of this type. */
export function unexpectedInput(where: string, type: SqlType, wanted: string): SqlFailure {
  return mismatch('UNEXPECTED_INPUT_TYPE', `${where} wants ${wanted}, not ${typeText(type)}; cast the value.`);
}

/** A WHERE whose condition is no condition. */
export function filterNotBoolean(type: SqlType): SqlFailure {
  return mismatch('FILTER_NOT_BOOLEAN', `WHERE wants BOOLEAN, not ${typeText(type)}; compare the value or cast it.`);
}

/** Spark's ways to say that values of one type cannot be cast to another: by another function, by a setting, not at all. */
export type CastAdvice = 'CAST_WITH_FUNC_SUGGESTION' | 'CAST_WITH_CONF_SUGGESTION' | 'CAST_WITHOUT_SUGGESTION';

/** Values of one type cannot be cast to the other. */
export function notCastable(from: SqlType, to: SqlType, advice: CastAdvice): SqlFailure {
  return mismatch(advice, `Cannot cast ${typeText(from)} to ${typeText(to)}.`);
}

/** Spark's conditions of the class DATATYPE_MISMATCH (`error-conditions.json`). */
function mismatch(
  condition:
    | CastAdvice
    | 'BINARY_OP_DIFF_TYPES'
    | 'BINARY_OP_WRONG_TYPE'
    | 'DATA_DIFF_TYPES'
    | 'FILTER_NOT_BOOLEAN'
    | 'UNEXPECTED_INPUT_TYPE',
  sentence: string,
): SqlFailure {
  return new SqlFailure(`DATATYPE_MISMATCH.${condition}`, '42K09', sentence);
}
