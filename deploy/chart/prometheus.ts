/** What Prometheus makes of figures, without running one: by the program beside this, which is its storage, engine and rules. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownProgram } from '../../e2e/cluster/binaries/own-program.ts';

export const prometheus = () =>
  ownProgram(join(import.meta.dirname, 'prometheus'), { purpose: 'evaluate alerts', cold: 'a minute and a half' });

type Labels = Readonly<Record<string, string>>;

/** What is scraped. */
export interface Target {
  readonly labels: Labels;
  /** in the order of time, in seconds; an empty text: it did not answer */
  readonly said: readonly { readonly at: number; readonly text: string }[];
}

export interface Question {
  readonly targets: readonly Target[];
  readonly expressions?: readonly string[];
  /** the spec of a PrometheusRule */
  readonly rules?: unknown;
  /** the end, in seconds */
  readonly at: number;
}

export interface Alert {
  readonly state: 'pending' | 'firing';
  readonly labels: Labels;
  readonly annotations: Labels;
  /** it holds, in seconds */
  readonly since: number;
  /** when it began to fire */
  readonly fired?: number;
}

export interface Answer {
  /** of each expression at the end */
  readonly expressions: readonly {
    readonly error?: string;
    readonly values: readonly { readonly labels: Labels; readonly value: string }[];
  }[];
  /** that are up at the end */
  readonly alerts: readonly Alert[];
  /** why the rules are refused, all of them */
  readonly problems: readonly string[];
}

/** Between two scrapes, and two evaluations of the rules: what Prometheus' operator takes where nobody says otherwise. */
export const EVERY = 30;

/** Rejects with what the figures lack. */
export async function ask(program: string, { expressions = [], rules = null, ...rest }: Question): Promise<Answer> {
  const run = promisify(execFile)(program, [], { maxBuffer: 1e8 });
  run.child.stdin?.end(JSON.stringify({ expressions, rules, every: EVERY, ...rest }));
  return JSON.parse((await run).stdout) as Answer;
}
