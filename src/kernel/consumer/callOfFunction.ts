import { KernelError } from '../compiled.ts';
import { activeChildren, type CDefinition, type Defined, identifierIn } from '../slice/definitions.ts';
import type { Node } from '../slice/parser.ts';

/** How the consumer's function is called, as C. */
export interface CallText {
  readonly text: string;
  readonly ring: 'gfn-ring' | 'dirty-ring';
  readonly hasMax: boolean;
  readonly hasOneSlot: boolean;
  /** Whether its index of the next entry is that of QEMU's CPUState. */
  readonly hasVmmFetch: boolean;
}

interface Parameter {
  /** As it is declared. */
  readonly text: string;
  /** The type without qualifiers and pointers. */
  readonly type: string;
  readonly pointers: number;
  readonly name: string;
  /** The declaration of what it points to, where that is a function. */
  readonly callback: Node | undefined;
}

const INTEGER =
  /^(?:unsigned|signed|int|long|short|bool|size_t|(?:__)?u?int(?:8|16|32|64)_t|(?:__)?[us](?:8|16|32|64)|unsigned (?:int|long|short)|unsigned long long)$/;
const WORD = /^(?:uint32_t|(?:__)?u32|unsigned|unsigned int|int|int32_t)$/;
/** What an integer is, by its name. The first that matches counts. */
const INTEGERS: readonly (readonly [name: RegExp, argument: string])[] = [
  [/slot|as_id/i, 'gfnring_slots[0].slot'],
  [/page/i, 'gfnring_slots[0].npages'],
  [/max|limit|budget/i, 'max'],
  [/cpu|index|idx|ring_?(?:id|no|nr)/i, 'ring'],
  [/size|entries|count|len|^nr?$|num|mask/i, 'gfnring_rings[ring].size'],
];

/**
 * The call of a harvest, with an argument for each of its parameters. These are known by their
 * types, and integers by their names. Throws `KernelError` for a parameter that is not known.
 */
export function callOfFunction(
  definition: CDefinition,
  definitions: ReadonlyMap<string, CDefinition>,
  defined: Defined,
): CallText {
  const { name, file } = definition;
  const parameters = parametersOf(definition.node, definitions, defined);
  const callbacks: string[] = [];
  const args = parameters.map((parameter) => {
    if (parameter.callback !== undefined) {
      const callback = `gfnring_callback${callbacks.length}`;
      callbacks.push(callbackText(parameter.callback, callback, `${file}: ${name}: ${parameter.text}`));
      return callback;
    }
    const argument = argumentOf(parameter);
    if (argument === undefined)
      throw new KernelError(
        `${file}: ${name} has a parameter '${parameter.text}' that gfnring does not know: write an adapter, a function with known parameters that calls it (docs/consumers.md)`,
      );
    return argument;
  });
  if (!args.some((argument) => /\.entries$|gfnring_cpus/.test(argument)))
    throw new KernelError(`${file}: ${name} has no parameter for the entries of a ring (docs/consumers.md)`);
  const hasBitmap = args.includes('bitmap');
  const lines = [
    ...callbacks,
    `void gfnring_call(u32 ring, u32 max)\n{`,
    ...(hasBitmap ? ['\tunsigned long bitmap[64] = { 0 };'] : []),
    `\t(void)${name}(${args.join(', ')});`,
    ...(hasBitmap
      ? [
          '\tfor (u32 bit = 0; bit < 4096; bit++)',
          '\t\tif (bitmap[bit / 64] >> bit % 64 & 1) consumer_report(gfnring_slots[0].slot, bit);',
        ]
      : []),
    '}',
  ];
  return {
    text: lines.join('\n'),
    ring: args.includes(GFN_LIST) ? 'gfn-ring' : 'dirty-ring',
    hasMax: args.includes('max'),
    hasOneSlot: hasBitmap || args.includes(INTEGERS[0][1]),
    hasVmmFetch: args.some((argument) => argument.includes('gfnring_cpus')),
  };
}

const GFN_LIST = '(struct kvm_dirty_log_list *)gfnring_rings[ring].entries';

/** The argument for a parameter; undefined: it is not known. */
function argumentOf({ type, pointers, name }: Parameter): string | undefined {
  if (pointers === 0) return INTEGER.test(type) ? INTEGERS.find(([of]) => of.test(name))?.[1] : undefined;
  if (pointers > 1) return undefined;
  if (type === 'struct kvm_dirty_log_list') return GFN_LIST;
  if (/dirty_?gfn|entry$/i.test(type)) return '(void *)gfnring_rings[ring].entries';
  if (type === 'KVMState' || type === 'struct KVMState') return '&gfnring_state';
  if (type === 'CPUState' || type === 'struct CPUState') return '&gfnring_cpus[ring]';
  if (/b(?:it)?map/i.test(name) && /^(?:void|unsigned long|uint64_t|u64)$/.test(type)) return 'bitmap';
  if (WORD.test(type) && !/b(?:it)?map/i.test(name)) return '(void *)gfnring_rings[ring].fetch';
  return type === 'void' ? '(void *)0' : undefined;
}

function parametersOf(node: Node, definitions: ReadonlyMap<string, CDefinition>, defined: Defined): Parameter[] {
  const declarator = node.descendantsOfType('function_declarator')[0];
  const list = declarator?.childForFieldName('parameters');
  if (!list) return [];
  return activeChildren(list, defined)
    .filter(({ type, text }) => type === 'parameter_declaration' && text !== 'void')
    .map((parameter) => parameterOf(parameter, definitions));
}

function parameterOf(node: Node, definitions: ReadonlyMap<string, CDefinition>): Parameter {
  const type = node.childForFieldName('type')!;
  const declarator = node.childForFieldName('declarator');
  const alias = definitions.get(type.text);
  const isFunction = declarator?.descendantsOfType(['function_declarator', 'abstract_function_declarator'])[0];
  const aliased = alias?.kind === 'typedef' && alias.node.descendantsOfType('function_declarator').length > 0;
  return {
    text: node.text.replace(/\s+/g, ' '),
    type: type.text.replace(/\s+/g, ' '),
    pointers: (declarator?.text.match(/\*/g) ?? []).length + (declarator?.type === 'array_declarator' ? 1 : 0),
    name: declarator ? (identifierIn(declarator) ?? '') : '',
    callback: isFunction ? node : aliased ? alias.node : undefined,
  };
}

/** A function of that type that reports a page. Its last two or three integers name the page. */
function callbackText(node: Node, name: string, where: string): string {
  const declarator = node.descendantsOfType(['function_declarator', 'abstract_function_declarator'])[0];
  const list = declarator.childForFieldName('parameters')!;
  const types = list.namedChildren.flatMap((child) =>
    child?.type === 'parameter_declaration' && child.text !== 'void' ? [typeText(child)] : [],
  );
  const integers = types.flatMap((type, i) => (type.includes('*') ? [] : [`a${i}`]));
  const page =
    integers.length === 3 ? `(u32)${integers[0]} << 16 | ${integers[1]}, ${integers[2]}` : integers.join(', ');
  if (integers.length !== 2 && integers.length !== 3)
    throw new KernelError(`${where}: a callback takes a slot and an offset, or an address space, a slot and an offset`);
  const result = node.childForFieldName('type')!.text;
  const parameters = types.map((type, i) => `${type} a${i}`).join(', ');
  const answer = result === 'void' ? '' : ' return 0;';
  return `static ${result} ${name}(${parameters}) { consumer_report(${page});${answer} }`;
}

/** The type of a parameter, with its pointers. */
function typeText(parameter: Node): string {
  const declarator = parameter.childForFieldName('declarator');
  const stars = declarator?.text.match(/\*/g)?.join('') ?? '';
  return `${parameter.childForFieldName('type')!.text} ${stars}`.trim();
}
