/** Undoes in reverse order; everything is tried, the first failure is thrown at the end. */
export async function unwind(steps: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw failures[0];
  }
}
