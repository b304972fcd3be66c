/**
 * Calico's selectors: labels compared with texts, `has(label)`, `all()` and `global()`, joined by `!`, `&&`, `||` and parentheses.
 * Which nodes they choose is no business of ours; a text that Calico cannot read makes its IPAM give out no address of the pool.
 */

export interface SelectorFault {
  /** of the first character that does not fit, from 1; one past the end where something is missing */
  readonly at: number;
  readonly message: string;
}

/** Why Calico cannot read the text; undefined when it can. A blank text chooses everything. Blanks are spaces and tabs alone. */
export function selectorFault(text: string): SelectorFault | undefined {
  // nearly all of them
  if (text === '' || text === 'all()') return undefined;
  const reader = new Reader(text);
  if (reader.ended()) return undefined;
  const fault = reader.alternatives();
  if (fault !== undefined || reader.ended()) return fault;
  return reader.missing("'&&' or '||' must stand here, or nothing");
}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  ended(): boolean {
    this.take(/[ \t]*/y);
    return this.at === this.text.length;
  }

  missing(message: string): SelectorFault {
    this.ended();
    return { at: this.at + 1, message };
  }

  alternatives(): SelectorFault | undefined {
    do {
      const fault = this.conjunction();
      if (fault !== undefined) return fault;
    } while (this.next(/\|\|/y));
    return undefined;
  }

  private conjunction(): SelectorFault | undefined {
    do {
      const fault = this.term();
      if (fault !== undefined) return fault;
    } while (this.next(/&&/y));
    return undefined;
  }

  private term(): SelectorFault | undefined {
    while (this.next(/!/y));
    if (this.next(/\(/y)) return this.alternatives() ?? this.closed("'('");
    const [call] = ['has(', 'all(', 'global('].filter((one) => this.startsWith(one));
    if (call !== undefined) {
      this.at += call.length;
      if (call === 'has(' && !this.label()) return this.missing("a label must follow 'has('");
      return this.closed(`'${call}'`);
    }
    return this.label() ? this.comparison() : this.missing("a label, 'has(', 'all()' or '(' must stand here");
  }

  private comparison(): SelectorFault | undefined {
    if (this.next(/==|!=|contains|starts[ \t]*with|ends[ \t]*with/y)) {
      return this.literal() ? undefined : this.missing('a text in quotes must stand here');
    }
    if (this.next(/(?:not[ \t]*)?in/y)) return this.set();
    const operators = "'==', '!=', 'in', 'not in', 'contains', 'starts with' or 'ends with'";
    return this.missing(`${operators} must follow a label`);
  }

  private set(): SelectorFault | undefined {
    if (!this.next(/\{/y)) return this.missing("'{' must stand here");
    // a comma may stand after the last one
    while (this.literal() && this.next(/,/y));
    return this.next(/\}/y) ? undefined : this.missing("a text in quotes, ',' or '}' must stand here");
  }

  private closed(opened: string): SelectorFault | undefined {
    return this.next(/\)/y) ? undefined : this.missing(`')' must close ${opened}`);
  }

  private label(): boolean {
    return this.next(/[\w./-]+/y);
  }

  private literal(): boolean {
    return this.next(/"[^"]*"|'[^']*'/y);
  }

  private startsWith(word: string): boolean {
    return !this.ended() && this.text.startsWith(word, this.at);
  }

  private next(token: RegExp): boolean {
    return !this.ended() && this.take(token);
  }

  private take(token: RegExp): boolean {
    token.lastIndex = this.at;
    const [found] = token.exec(this.text) ?? [];
    this.at += found?.length ?? 0;
    return found !== undefined;
  }
}
