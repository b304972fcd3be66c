/** A 64-bit counter in JSON: a number, or its decimal text above 2^53, where numbers would lose packets. */
export type Counter = number | string;

export function counterOf(digits: string): Counter {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : digits;
}
