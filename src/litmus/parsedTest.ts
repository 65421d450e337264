import type { Initial } from './initial.ts';
import type { Condition, FinalPlace, Statement, Verdict } from './syntax.ts';

/** A test as it is written, before its names are looked up. */
export interface ParsedTest {
  readonly name: string;
  readonly stated: Verdict | null;
  readonly initial: Initial;
  readonly threads: readonly WrittenThread[];
  readonly condition: Condition;
  readonly filter: Condition | null;
  readonly locations: readonly FinalPlace[];
}

export interface WrittenThread {
  readonly number: number;
  readonly parameters: readonly { readonly name: string; readonly lock: boolean }[];
  readonly body: readonly Statement[];
}
