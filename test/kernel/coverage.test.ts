import { expect, test } from 'vitest';
import type { CompiledKernel } from '../../src/kernel/compiled.ts';
import { hookAccesses } from '../../src/kernel/ir/rewrite.ts';
import { reachedPoints } from '../../src/kernel/run/reachedPoints.ts';
import { unreachedOf } from '../../src/kernel/run/unreached.ts';

/** `if (n == 1) x = 1; return;`, where n == 1 is in line 10; a header; and a WARN_ON. */
const IR = `define void @push(ptr %x, i32 %n) !dbg !2 {
entry:
  %c = icmp eq i32 %n, 1, !dbg !10
  br i1 %c, label %if.then, label %if.end, !dbg !10

if.then:                                          ; preds = %entry
  store i32 1, ptr %x, align 4, !dbg !11
  br label %if.end, !dbg !11

if.end:                                           ; preds = %if.then, %entry
  %w = icmp eq i32 %n, 2, !dbg !12
  br i1 %w, label %warn, label %done, !dbg !12

warn:
  call void @gfnring_warn(i32 noundef 0), !dbg !12
  br label %done, !dbg !12

done:
  ret void, !dbg !13
}
define void @ours(i32 %n) !dbg !4 {
  ret void, !dbg !14
}
!1 = !DIFile(filename: "virt/kvm/x.c", directory: "/")
!2 = distinct !DISubprogram(name: "push", scope: !1, file: !1, line: 7)
!3 = !DIFile(filename: "gfnring-shim/x.h", directory: "/")
!4 = distinct !DISubprogram(name: "ours", scope: !3, file: !3, line: 7)
!10 = !DILocation(line: 10, column: 5, scope: !2)
!11 = !DILocation(line: 11, column: 5, scope: !2)
!12 = !DILocation(line: 12, column: 5, scope: !2)
!13 = !DILocation(line: 13, column: 1, scope: !2)
!14 = !DILocation(line: 14, column: 1, scope: !4)
`;
const { ir, coverage } = hookAccesses(IR, [], undefined, (file) => !file.startsWith('gfnring-'));
const place = (line: number): string => `virt/kvm/x.c:${line}`;

/** What is not reached if only `points` are. */
const unreachedWith = (...points: number[]) => {
  const compiled = { key: `test ${points}`, coverage } as CompiledKernel;
  for (const point of points) reachedPoints(compiled)[point] = 1;
  return unreachedOf(compiled);
};

test('each block has a point at its end, and a condition has two', () => {
  const calls = ir.split('\n').filter((line) => line.includes('gfn.arm') || line.includes('@gfnring_reach'));
  expect(calls).toEqual([
    '  %gfn.arm0 = select i1 %c, i32 0, i32 1',
    '  call void @gfnring_reach(i32 %gfn.arm0)',
    '  call void @gfnring_reach(i32 2)',
    '  %gfn.arm3 = select i1 %w, i32 3, i32 4',
    '  call void @gfnring_reach(i32 %gfn.arm3)',
    '  call void @gfnring_reach(i32 5)',
    '  call void @gfnring_reach(i32 6)',
    'declare void @gfnring_reach(i32)',
  ]);
  expect(coverage?.points).toBe(7);
});

test('our own headers, and a failed WARN_ON, are not counted', () => {
  expect(coverage?.blocks.flatMap(({ places }) => places)).toEqual([10, 11, 12, 13].map(place));
  expect(coverage?.arms.map(({ point }) => point)).toEqual([0, 1, 4]);
});

test('without the option, nothing is put in', () => {
  const plain = hookAccesses(IR, []);
  expect(plain.coverage).toBeUndefined();
  expect(plain.ir).not.toContain('call void @gfnring_reach');
});

test('lines that no block reached are listed, and not the branch that leads to them', () => {
  const { lines, branches, counts } = unreachedWith(1, 4, 6);
  expect([lines, branches, counts]).toEqual([{ 'virt/kvm/x.c': [11] }, [], { lines: 4, reached: 3 }]);
});

test('a branch that is never taken is listed where its lines are reached otherwise', () => {
  const { lines, branches } = unreachedWith(0, 2, 4, 6);
  expect([lines, branches]).toEqual([{}, [{ place: `push ${place(10)}:5`, to: place(12) }]]);
});

test('where all is reached, nothing is listed', () => {
  const { lines, branches } = unreachedWith(0, 1, 2, 4, 6);
  expect([lines, branches]).toEqual([{}, []]);
});
