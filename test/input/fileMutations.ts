import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';

/** Where in a file or a document, from 0 to 1. */
const place = fc.noBias(fc.nat(999_999)).map((n) => n / 1e6);
const DEEP = 100_000;

/** JSON texts that replace a value. */
const VALUES = [
  ...['-5', '0', '1', '-1', '1.5', '-0', '1e9', '4294967296', '9007199254740992', '1e999', '-1e999', 'NaN', '1e-320'],
  ...['null', 'true', 'false', '""', '"0"', '[]', '{}', '[null]', '{"schema":1}', '"__proto__"', '"constructor"'],
  ...[
    '"../../x"',
    '"/dev/zero"',
    '"a/b"',
    '"\\u0000"',
    '"\\u001b[2J\\u0007"',
    '"\\u202e\\u009b"',
    '"\\ud800"',
    '"a\\r\\nb"',
  ],
  ...[
    '"18446744073709551615"',
    '"18446744073709551616"',
    '"0x5,1.2,0"',
    '"999999999x0"',
    '"4294967295x0"',
    '"0x999999999"',
  ],
];
/** Texts that are too long to be shown in a report of fast-check. */
const LONG_VALUES = {
  deepList: () => `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  deepObject: () => `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  longText: () => JSON.stringify('x'.repeat(300_000)),
  longList: () => `[${'1,'.repeat(150_000)}1]`,
  longObjects: () => `[${'{},'.repeat(60_000)}{}]`,
  manyFields: () => `{${Array.from({ length: 30_000 }, (_, i) => `"f${i}":1,`).join('')}"z":1}`,
} as const;

const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(LONG_VALUES) as (keyof typeof LONG_VALUES)[])) },
  { weight: 2, arbitrary: fc.integer({ min: -2, max: 70 }).map(String) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
);
const textOfValue = (text: string): string => (text in LONG_VALUES ? LONG_VALUES[text as 'deepList']() : text);

const ofDocument = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), at: place, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), at: place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('rename' as const),
      at: place,
      to: fc.constantFrom('x', '', '__proto__', '\u001b'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('copy' as const), at: place, from: place }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('repeat' as const), at: place, times: fc.constantFrom(2, 40, 2000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('add' as const), at: place, value }) },
);
const ofBytes = fc.oneof(
  fc.record({ do: fc.constant('truncate' as const), at: place }),
  fc.record({ do: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
  fc.record({
    do: fc.constant('put' as const),
    at: place,
    bytes: fc.uint8Array({ maxLength: 4 }).map((bytes) => [...bytes]),
  }),
  fc.record({ do: fc.constant('cut' as const), at: place, length: fc.nat(40) }),
  fc.record({ do: fc.constant('double' as const), at: place, length: fc.nat(2000) }),
);
const FILES = [
  'bom',
  'empty',
  'link',
  'loop',
  'fifo',
  'folder',
  'zero',
  'utf16',
  'sparse',
  'missing',
  'null',
  'crlf',
] as const;
const ofFile = fc.record({ do: fc.constantFrom(...FILES) });

export type DocumentMutation = typeof ofDocument extends fc.Arbitrary<infer T> ? T : never;
export type ByteMutation = typeof ofBytes extends fc.Arbitrary<infer T> ? T : never;
export interface FileMutation {
  readonly do: (typeof FILES)[number];
}
/** What is done to a file: to its document, then to its bytes, then to the file itself. */
export interface Mutation {
  readonly document: readonly DocumentMutation[];
  readonly bytes: readonly ByteMutation[];
  readonly file: readonly FileMutation[];
}

const none = fc.constant([]);
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ document: fc.array(ofDocument, { minLength: 1, maxLength: 3 }), bytes: none, file: none }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ document: none, bytes: fc.array(ofBytes, { minLength: 1, maxLength: 3 }), file: none }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ document: none, bytes: none, file: fc.array(ofFile, { minLength: 1, maxLength: 1 }) }),
  },
);

type Json = null | boolean | number | string | Json[] | { [field: string]: Json };
interface Slot {
  readonly of: Json[] | { [field: string]: Json };
  readonly key: string | number;
}

const slotsOf = (json: Json, slots: Slot[] = []): Slot[] => {
  if (typeof json !== 'object' || json === null) return slots;
  for (const key of Object.keys(json)) {
    slots.push({ of: json, key: Array.isArray(json) ? Number(key) : key });
    slotsOf((json as Record<string, Json>)[key], slots);
  }
  return slots;
};

/** Larger texts are not made: their size alone refuses them, and smaller ones show that. */
const LENGTH_MAX = 2 ** 27;

/** The text of a document after its mutations. */
export function mutateDocument(document: unknown, mutations: readonly DocumentMutation[]): string {
  const root = { document: structuredClone(document) as Json };
  const texts: string[] = [];
  const marked = (text: string): string => `@${texts.push(textOfValue(text)) - 1}@`;
  for (const change of mutations) {
    const slots = slotsOf(root);
    const slot = slots[Math.floor(change.at * slots.length)];
    if (slot !== undefined) applyTo(slot, change, slots, marked);
  }
  const text = JSON.stringify(root.document) ?? '';
  const marks = [...text.matchAll(/"@(\d+)@"/g)];
  const length = marks.reduce((sum, [, i]) => sum + texts[Number(i)].length, text.length);
  // A mark that is repeated may stand for more than a string can hold. Then it is the value.
  return length > LENGTH_MAX ? text : text.replace(/"@(\d+)@"/g, (_, i) => texts[Number(i)]);
}

function applyTo(
  { of, key }: Slot,
  change: DocumentMutation,
  slots: readonly Slot[],
  marked: (text: string) => string,
): void {
  const fields = of as Record<string | number, Json>;
  const old = fields[key];
  switch (change.do) {
    case 'set':
      fields[key] = marked(change.value);
      break;
    case 'remove':
      if (Array.isArray(of)) of.splice(Number(key), 1);
      else delete fields[key];
      break;
    case 'rename':
      delete fields[key];
      Object.defineProperty(fields, change.to, { value: old, enumerable: true, configurable: true, writable: true });
      break;
    case 'copy': {
      const from = slots[Math.floor(change.from * slots.length)];
      fields[key] = structuredClone((from.of as typeof fields)[from.key]);
      break;
    }
    case 'repeat':
      if (Array.isArray(of)) of.push(...Array.from({ length: change.times }, () => structuredClone(old)));
      else fields[key] = Array.from({ length: change.times }, () => structuredClone(old));
      break;
    case 'add':
      if (Array.isArray(of)) of.push(marked(change.value));
      else fields[`${key}x`] = marked(change.value);
  }
}

export function mutateBytes(bytes: Buffer, mutations: readonly ByteMutation[]): Buffer {
  return mutations.reduce((now, change) => {
    const at = Math.floor(change.at * now.length);
    switch (change.do) {
      case 'truncate':
        return now.subarray(0, at);
      case 'flip': {
        const copy = Buffer.from(now);
        if (at < copy.length) copy[at] ^= 1 << change.bit;
        return copy;
      }
      case 'put':
        return Buffer.concat([now.subarray(0, at), Buffer.from(change.bytes), now.subarray(at)]);
      case 'cut':
        return Buffer.concat([now.subarray(0, at), now.subarray(at + change.length)]);
      default:
        return Buffer.concat([now.subarray(0, at + change.length), now.subarray(at)]);
    }
  }, bytes);
}

/** What is done to the file of a name. */
const CHANGES: Readonly<Record<FileMutation['do'], (file: string) => void>> = {
  bom: (file) => writeFileSync(file, `\ufeff${readFileSync(file)}`),
  empty: (file) => writeFileSync(file, ''),
  null: (file) => writeFileSync(file, Buffer.alloc(1000)),
  crlf: (file) => writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n')),
  utf16: (file) => writeFileSync(file, readFileSync(file, 'utf8'), 'utf16le'),
  sparse: (file) => truncateSync(file, 2 ** 34),
  missing: (file) => rmSync(file),
  link(file) {
    renameSync(file, `${file}.target`);
    symlinkSync(`${file}.target`, file);
  },
  loop: (file) => replace(file, () => symlinkSync(file, file)),
  zero: (file) => replace(file, () => symlinkSync('/dev/zero', file)),
  folder: (file) => replace(file, () => mkdirSync(file)),
  fifo: (file) => replace(file, () => execFileSync('mkfifo', [file])),
};

function replace(file: string, create: () => void): void {
  rmSync(file);
  create();
}

export const mutateFile = (file: string, mutation: FileMutation): void => CHANGES[mutation.do](file);
