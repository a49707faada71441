/**
 * Result of a condition task (Jobs API `condition_task`): equality compares text, order compares numbers.
 * @throws Error for an unknown operator, or an order of what are not numbers
 */
export function conditionHolds(op: string, left: string, right: string): boolean {
  switch (op) {
    case 'EQUAL_TO':
      return left === right;
    case 'NOT_EQUAL':
      return left !== right;
    case 'GREATER_THAN':
      return number(left) > number(right);
    case 'GREATER_THAN_OR_EQUAL':
      return number(left) >= number(right);
    case 'LESS_THAN':
      return number(left) < number(right);
    case 'LESS_THAN_OR_EQUAL':
      return number(left) <= number(right);
    default:
      throw new Error(`The condition has the unknown operator '${op}'.`);
  }
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new Error(`The condition compares '${text}', which is not a number.`);
  }
  return value;
}
