import { createRequire } from 'node:module';
import type * as zod from 'zod';
import { BadInput } from './badInput.ts';
import { SCHEMA } from './schema.ts';
import { show } from './show.ts';

export type Schema<T = unknown> = zod.ZodType<T>;
/** The fields of an object, by name. */
export type Shape = Readonly<Record<string, Schema>>;
/** The fields' values. Nothing that was read from a file is changed afterwards. */
export type FieldsOf<S extends Shape> = keyof S extends never ? unknown : DeepReadonly<zod.infer<zod.ZodObject<S>>>;
export type FieldTypes = ReturnType<typeof fieldTypesOf>;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** `$schema` is for editors. */
const isForPeople = (field: string): boolean => !field.startsWith('$');

/** The types of fields. Each carries the words that follow a wrong value: `must be …`. */
function fieldTypesOf(z: typeof zod.z) {
  const must = (what: string) => ({ error: `must be ${what}` });
  return {
    text: () => z.string(must('a text')).min(1, must('a text')),
    flag: () => z.boolean(must('true or false')),
    wholeNumber(least: number, most: number) {
      const error = must(`a whole number from ${least} to ${most}`);
      return z.int(error).min(least, error).max(most, error);
    },
    /** A number of so many bits. From 2^53 on it must be a text of digits. */
    unsigned(bits: number) {
      const error = must(`a whole number below 2^${bits}, or one in a text`);
      const digits = /^\d{1,20}$/;
      // Also asked of values that are of neither type.
      const fits = (value: number | string) => digits.test(`${value}`) && BigInt(value) >> BigInt(bits) === 0n;
      return z.union([z.int().min(0), z.string().regex(digits)], error).refine(fits, error);
    },
    oneOf: <const T extends readonly string[]>(values: T) => z.enum(values, must(`one of ${values.join(', ')}`)),
    /** The same; some values have old names. */
    oneOfRenamed: <const T extends readonly string[]>(values: T, oldNames: Readonly<Record<string, T[number]>>) =>
      z.union(
        [z.enum(values), z.enum(Object.keys(oldNames)).transform((name): T[number] => oldNames[name])],
        must(`one of ${values.join(', ')}`),
      ),
    oneNumberOf: <const T extends readonly number[]>(values: T) =>
      z.literal(values, must(`one of ${values.join(', ')}`)),
    pattern: (pattern: RegExp, what: string) => z.string(must('a text')).regex(pattern, must(what)),
    constant: <const T extends string | number | boolean>(value: T) => z.literal(value, must(JSON.stringify(value))),
    version: <const V extends number = typeof SCHEMA>(version: V = SCHEMA as V) =>
      z.literal(version, { error: `this gfnring reads ${version}` }),
    /** Text that another parser reads. It may be empty. */
    unparsed: () => z.string(must('a text')),
    /** An object that another parser reads. */
    unread: () => z.record(z.string(), z.unknown(), must('an object')),
    /** A field that may be missing, and means `value` then. */
    withDefault: <T extends boolean>(schema: zod.ZodType<T>, value: T) => z._default(schema, value as never),
    /** An object with any fields, whose names and values are of these types. */
    table: <S extends Schema>(name: zod.ZodString, value: S) => z.record(name, value, must('an object')),
    list<S extends Schema>(element: S, least: number, most: number) {
      const size = { error: `must have from ${least} to ${most}` };
      return z.array(element, must('a list')).min(least, size).max(most, size);
    },
    pair: <A extends Schema, B extends Schema>(a: A, b: B) =>
      z.tuple([a, b], { error: ({ code }) => (code === 'invalid_type' ? 'must be a list' : 'must have 2') }),
    /** An object with these fields and no others. */
    fields: <S extends Shape>(shape: S) =>
      z.strictObject(shape, {
        error: ({ code }) =>
          code === 'unrecognized_keys'
            ? `there is no such field, only ${Object.keys(shape).filter(isForPeople).join(', ')}`
            : 'must be an object',
      }),
    /** An object with these fields. Others are dropped: a newer version may have written them. */
    openFields: <S extends Shape>(shape: S) => z.object(shape, must('an object')),
    /** One of several objects. The field `key` says which. */
    variants: (key: string, names: readonly string[], variants: readonly zod.ZodObject[]): Schema =>
      z.discriminatedUnion(key, variants as [zod.ZodObject], {
        error: ({ code }) => (code === 'invalid_union' ? `must be one of ${names.join(', ')}` : 'must be an object'),
      }),
    /**
     * A field that may be missing. Its type has no `undefined`, because JSON has none; a program
     * that passes one means the same as a missing field.
     */
    optional: <S extends Schema>(schema: S) => z.optional(schema) as unknown as zod.ZodExactOptional<S>,
    anyOf: <V extends readonly Schema[]>(schemas: V) => z.union(schemas),
    toJsonSchema: (schema: Schema): object => z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }),
  };
}

let loaded: FieldTypes | undefined;

/**
 * The types of fields. The first call loads zod, which takes 30 to 60 ms. No command that reads no
 * JSON waits for that, so nothing may call this while modules are loaded.
 */
export function fieldTypes(): FieldTypes {
  loaded ??= fieldTypesOf((createRequire(import.meta.url)('zod') as typeof zod).z);
  return loaded;
}

/** An object from a file or an API call, of any shape. */
export type UnreadFields = Readonly<Record<string, unknown>>;

export function readObject(value: unknown, where: string): UnreadFields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as UnreadFields;
  throw new BadInput(`${where} is ${show(value)}: must be an object`);
}

/**
 * Throws `BadInput` where `value` is no object of this version. Asked before all other fields:
 * those of a newer version are not known.
 */
export function checkVersion(value: unknown, where: string, version: number = SCHEMA): void {
  const { schema } = readObject(value, where);
  if (schema === version) return;
  const newer = Number.isInteger(schema) && Number(schema) > version ? ', written by a newer gfnring' : '';
  throw new BadInput(`${where}.schema is ${show(schema)}${newer}: this gfnring reads ${version}`);
}

/** Throws `BadInput` where a number is outside of limits that depend on other fields. */
export function checkWholeNumber(value: unknown, where: string, least: number, most: number): void {
  if (!(typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most))
    throw new BadInput(`${where} is ${show(value)}: must be a whole number from ${least} to ${most}`);
}

/** Throws `BadInput` where `value` is none of those that are allowed. */
export function checkOneOf(value: unknown, allowed: readonly string[], where: string): void {
  if (!(typeof value === 'string' && allowed.includes(value)))
    throw new BadInput(`${where} is ${show(value)}: must be one of ${allowed.join(', ')}`);
}

/** A schema that is built at its first use. */
export function lazySchema<S>(build: (t: FieldTypes) => S): () => S {
  let schema: S | undefined;
  return () => {
    schema ??= build(fieldTypes());
    return schema;
  };
}

/**
 * Reads `value`. Throws `BadInput` with the path of the first field that is wrong; `where` is the
 * path of `value`.
 */
export function readFields<T>(schema: Schema<T>, value: unknown, where: string): T {
  const { success, data, error } = schema.safeParse(value, { reportInput: true });
  if (success) return data;
  // An unknown field is a misspelt one, which explains that another is missing.
  const { issues } = error;
  throw new BadInput(describeIssue(issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0], where));
}

function describeIssue(issue: zod.core.$ZodIssue, where: string): string {
  const { path, message } = issue;
  const place = path.reduce<string>(
    (of, key) => (typeof key === 'number' ? `${of}[${key}]` : `${of}.${String(key)}`),
    where,
  );
  if (issue.code === 'unrecognized_keys') return `${place}.${issue.keys[0]}: ${message}`;
  let input = issue.input as unknown;
  // Of an unknown variant zod reports the object, with the path of the field.
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined)
    input = (input as Record<string, unknown>)[issue.discriminator];
  const isLength = issue.code === 'too_small' || issue.code === 'too_big';
  if (isLength && Array.isArray(input)) return `${place} has ${input.length} elements: ${message}`;
  return `${place} is ${show(input)}: ${message}`;
}
