/** What the bar says of what nothing keeps from being saved. Pure. */
export function readyWords(warnings: number): string {
  if (warnings === 0) return 'Ready to save.';
  const them = warnings === 1 ? 'the warning' : `the ${warnings.toLocaleString('en-US')} warnings`;
  return `Can be saved. See ${them} above first.`;
}
