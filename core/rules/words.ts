/** A line of `iptables-save` or `ipset save` as words: quotes and backslashes inside them undone. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let open = false; // inside quotes
  let started = false;
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    if (open && c === '\\' && i + 1 < line.length) word += line.charAt(++i);
    else if (c === '"') {
      open = !open;
      started = true;
    } else if (!open && (c === ' ' || c === '\t')) {
      if (started) words.push(word);
      word = '';
      started = false;
    } else {
      word += c;
      started = true;
    }
  }
  if (started) words.push(word);
  return words;
}
