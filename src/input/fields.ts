import { BadInput } from './badInput.ts';
import { SCHEMA } from './schema.ts';

/** Fields of JSON that anyone may have written; all throw `BadInput` with the path of the field that is wrong. */
export type Fields = Readonly<Record<string, unknown>>;

export function version(fields: Fields, where: string): void {
  if (fields.schema === SCHEMA) return;
  const what = typeof fields.schema === 'number' && fields.schema > SCHEMA ? ', written by a newer gfnring' : '';
  throw new BadInput(`${where}.schema is ${show(fields.schema)}${what}: this gfnring reads ${SCHEMA}`);
}

export function object(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new BadInput(`${where} is ${show(value)}: must be an object`);
}

/** A field that nobody knows is one that somebody misspelt. */
export function only(fields: Fields, names: readonly string[], where: string): void {
  const other = Object.keys(fields).find((name) => !names.includes(name));
  if (other !== undefined) throw new BadInput(`${where}.${other}: there is no such field, only ${names.join(', ')}`);
}

export function array(value: unknown, where: string, least: number, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadInput(`${where} is ${show(value)}: must be a list`);
  if (value.length >= least && value.length <= most) return value;
  throw new BadInput(`${where} has ${value.length} elements: must have from ${least} to ${most}`);
}

export function string(value: unknown, where: string): string {
  if (typeof value === 'string' && value.length > 0) return value;
  throw new BadInput(`${where} is ${show(value)}: must be a text`);
}

export function boolean(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new BadInput(`${where} is ${show(value)}: must be true or false`);
}

export function wholeNumber(value: unknown, where: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new BadInput(`${where} is ${show(value)}: must be a whole number from ${least} to ${most}`);
}

export function unsigned(value: unknown, bits: number, where: string): number | string {
  const digits = typeof value === 'string' ? /^\d{1,20}$/.test(value) : Number.isSafeInteger(value);
  if (digits && BigInt(value as string) >= 0n && BigInt(value as string) >> BigInt(bits) === 0n)
    return value as number | string;
  throw new BadInput(`${where} is ${show(value)}: must be a whole number below 2^${bits}, or one in a text`);
}

export function oneOf(value: unknown, allowed: readonly string[], where: string): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw new BadInput(`${where} is ${show(value)}: must be one of ${allowed.join(', ')}`);
}

export function show(value: unknown): string {
  const text =
    typeof value === 'function'
      ? 'a function'
      : (JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v)) ?? 'missing');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
