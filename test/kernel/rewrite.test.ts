import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KernelError } from '../../src/kernel/compiled.ts';
import { AccessOrder, hookAccesses } from '../../src/kernel/ir/rewrite.ts';
import { fenceKind, Kind, kindNames, type RmwOrder, rmwKind } from '../../src/memory/kinds.ts';

const METADATA = `
!1 = !DIFile(filename: "virt/kvm/x.c", directory: "/")
!2 = distinct !DISubprogram(name: "push", scope: !1, file: !1, line: 7)
!3 = distinct !DILexicalBlock(scope: !2, file: !1, line: 8, column: 3)
!9 = !DILocation(line: 12, column: 5, scope: !3)
`;
const rewritten = (...lines: string[]) =>
  hookAccesses(
    ['define void @push(ptr %p, ptr %q) {', '  %own = alloca i32, align 4', ...lines, '}', METADATA].join('\n'),
    [],
  );
const lineOf = (line: string): string => rewritten(`  ${line}, !dbg !9`).ir.split('\n')[2].trim();

describe('an access becomes a call with its width, its order and its site', () => {
  test.each([
    ['%1 = load i32, ptr %p, align 4', `%1 = call i32 @gfnring_load32(i32 1, i32 ${AccessOrder.plain}, ptr %p)`],
    [
      '%1 = load volatile i16, ptr %p, align 2',
      `%1 = call i16 @gfnring_load16(i32 1, i32 ${AccessOrder.once}, ptr %p)`,
    ],
    [
      '%1 = load atomic i32, ptr %p acquire, align 4',
      `%1 = call i32 @gfnring_load32(i32 1, i32 ${AccessOrder.acquire}, ptr %p)`,
    ],
    ['%1 = load i8, ptr %p, align 1', `%1 = call i8 @gfnring_load8(i32 1, i32 ${AccessOrder.plain}, ptr %p)`],
    ['%1 = load ptr, ptr %p, align 8', `%1 = call ptr @gfnring_load_pointer(i32 1, i32 ${AccessOrder.plain}, ptr %p)`],
    ['store i64 %x, ptr %p, align 8', `call void @gfnring_store64(i32 1, i32 ${AccessOrder.plain}, ptr %p, i64 %x)`],
    ['store i16 -1, ptr %p, align 2', `call void @gfnring_store16(i32 1, i32 ${AccessOrder.plain}, ptr %p, i16 -1)`],
    [
      'store volatile i32 1, ptr %p, align 4',
      `call void @gfnring_store32(i32 1, i32 ${AccessOrder.once}, ptr %p, i32 1)`,
    ],
    [
      'store atomic i32 0, ptr %p release, align 4',
      `call void @gfnring_store32(i32 1, i32 ${AccessOrder.release}, ptr %p, i32 0)`,
    ],
    [
      '%1 = load i32, ptr getelementptr inbounds (i8, ptr @g, i64 4), align 4',
      `%1 = call i32 @gfnring_load32(i32 1, i32 ${AccessOrder.plain}, ptr getelementptr inbounds (i8, ptr @g, i64 4))`,
    ],
    [
      'call void @llvm.memcpy.p0.p0.i64(ptr align 8 %p, ptr align 8 %q, i64 16, i1 false)',
      'call void @gfnring_copy(i32 1, ptr %p, ptr %q, i64 16)',
    ],
    [
      'call void @llvm.memset.p0.i64(ptr align 8 %p, i8 0, i64 16, i1 false)',
      'call void @gfnring_fill(i32 1, ptr %p, i8 0, i64 16)',
    ],
    [
      'call void @gfnring_fence(i32 noundef 0, i32 noundef 2)',
      'call void @gfnring_fence(i32 noundef 1, i32 noundef 2)',
    ],
  ])('%s', (line, expected) => {
    expect(lineOf(line)).toBe(`${expected}, !dbg !9`);
    expect(rewritten(`  ${line}, !dbg !9`).sites[1]).toBe('push virt/kvm/x.c:12:5');
  });
});

test("accesses to the function's own stack are not hooked, and each function has its own", () => {
  const { ir, hooked } = rewritten(
    '  store i32 1, ptr %own, align 4',
    '}',
    'define void @other(ptr %own) {',
    '  store i32 1, ptr %own, align 4',
  );
  expect(hooked).toEqual({ store: 1 });
  expect(ir.split('\n')[2]).toBe('  store i32 1, ptr %own, align 4');
  expect(ir.split('\n')[5]).toContain('@gfnring_store32');
});

test('a by-value copy of a stack variable, and a compiler barrier, are no accesses', () => {
  const lines = [
    '  call void @taking(ptr noundef byval(%struct.gfn) align 8 %own)',
    '  call void asm sideeffect "", "~{memory}"()',
  ];
  expect(rewritten(...lines)).toMatchObject({ hooked: {}, unhooked: [] });
});

test('atomics of C11 have their order', () => {
  const hookOf = (line: string): string => rewritten(`  ${line}, !dbg !9`).ir.split('\n').slice(1).join('\n');
  const kindOfLine = (line: string): number => Number(/i32 1, i32 (\d+)/.exec(hookOf(line))![1]);
  expect(kindOfLine('%1 = atomicrmw add ptr %p, i32 1 seq_cst, align 4')).toBe(rmwKind(Kind.fetchAdd, 'seq_cst'));
  expect(kindOfLine('%1 = atomicrmw volatile xchg ptr %p, i32 %v monotonic, align 4')).toBe(
    rmwKind(Kind.xchg, 'relaxed'),
  );
  expect(kindOfLine('fence acq_rel')).toBe(fenceKind('acq_rel'));
  expect(kindOfLine('%1 = load atomic i64, ptr %p seq_cst, align 8')).toBe(AccessOrder.seqCst);
  expect(kindOfLine('store atomic i32 1, ptr %p seq_cst, align 4')).toBe(AccessOrder.seqCst);
  const cmpxchg = '%1 = cmpxchg ptr %p, i16 0, i16 %v acq_rel acquire, align 2';
  expect(kindOfLine(cmpxchg)).toBe(rmwKind(Kind.cmpxchg, 'acq_rel'));
  expect(hookOf(cmpxchg)).toContain('%1 = insertvalue { i16, i1 } %gfn.pair1, i1 %gfn.equal1, 1');
  expect(hookOf('%1 = atomicrmw sub ptr %p, i32 %v acquire, align 4')).toContain('%gfn.neg1 = sub i32 0, %v');
});

describe('instructions that cannot be hooked are rejected with their site', () => {
  test.each([
    '%1 = atomicrmw xor ptr %p, i32 1 seq_cst, align 4',
    '%1 = atomicrmw add ptr %p, i64 1 seq_cst, align 8',
    '%1 = cmpxchg ptr %p, i32 0, i32 1 acq_rel monotonic, align 4',
    'fence syncscope("singlethread") seq_cst',
    '%1 = load i128, ptr %p, align 16',
    'store <2 x i32> %v, ptr %p, align 8',
    '%1 = call i32 @taking(ptr noundef byval(%struct.gfn) align 8 %p)',
    'call void asm sideeffect "sfence", "~{memory}"()',
    'call void @llvm.memmove.p0.p0.i64(ptr align 8 %p, ptr align 8 %q, i64 16, i1 false)',
  ])('%s', (line) => {
    expect(() => lineOf(line)).toThrow(KernelError);
    expect(() => lineOf(line)).toThrow('push virt/kvm/x.c:12:5');
    const text = `define void @push(ptr %p) {\n  ${line}, !dbg !9\n}${METADATA}`;
    expect(hookAccesses(text, ['x.c:12']).ir).toContain(`  ${line}, !dbg !9`);
  });
});

test('members of structs are found, those of nested structs by their path', () => {
  const { info } = rewritten();
  expect(info.membersOf('none')).toBeUndefined();
  const ir = `
!1 = !DICompositeType(tag: DW_TAG_structure_type, name: "ring", size: 192, elements: !2)
!2 = !{!3, !4, !5, !6}
!3 = !DIDerivedType(tag: DW_TAG_member, name: "index", scope: !1, baseType: !7, size: 16)
!4 = !DIDerivedType(tag: DW_TAG_member, name: "lock", scope: !1, baseType: !8, size: 32, offset: 32)
!5 = !DIDerivedType(tag: DW_TAG_member, name: "data", scope: !1, baseType: !9, size: 64, offset: 64)
!6 = !DIDerivedType(tag: DW_TAG_member, name: "in", scope: !1, baseType: !10, size: 64, offset: 128)
!7 = !DIDerivedType(tag: DW_TAG_typedef, name: "u16", baseType: !12)
!8 = !DIDerivedType(tag: DW_TAG_typedef, name: "spinlock_t", baseType: !10)
!9 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !12, size: 64)
!10 = !DICompositeType(tag: DW_TAG_structure_type, name: "inner", size: 32, elements: !11)
!11 = !{!13}
!12 = !DIBasicType(name: "unsigned short", size: 16, encoding: DW_ATE_unsigned)
!13 = !DIDerivedType(tag: DW_TAG_member, name: "word", scope: !10, baseType: !12, size: 16, offset: 16)
`;
  expect(hookAccesses(ir, []).info.membersOf('ring')).toEqual([
    { name: 'index', offset: 0, bytes: 2, is: 'number' },
    { name: 'lock', offset: 4, bytes: 4, is: 'spinlock' },
    { name: 'data', offset: 8, bytes: 8, is: 'pointer' },
    { name: 'in.word', offset: 18, bytes: 2, is: 'number' },
  ]);
});

test('the hooks use the same numbers for kinds of accesses and orders as traces', () => {
  const header = readFileSync('src/kernel/shim/linux/gfnring_hooks.h', 'utf8');
  const numbers = [...header.matchAll(/GFNRING_(\w+) = (\d+)/g)].map(([, name, number]) => [name, Number(number)]);
  const kinds = new Map(kindNames.map((name, kind) => [name.toUpperCase(), kind]));
  const orderOf = (order: RmwOrder): number => rmwKind(Kind.xchg, order) >>> 5;
  for (const order of ['full', 'relaxed', 'acquire', 'release'] as const)
    kinds.set(order.toUpperCase(), orderOf(order));
  expect(numbers).toHaveLength(12);
  for (const [name, number] of numbers) expect([name, kinds.get(name as string)]).toEqual([name, number]);
});
