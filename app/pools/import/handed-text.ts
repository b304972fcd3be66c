/** Text dropped on another page, taken over by the import page. */
let handed: string | null = null;

export function handOver(text: string): void {
  handed = text;
}

export function takeOver(): string | null {
  const text = handed;
  handed = null;
  return text;
}
