import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runHere, temporaryFolder } from '../commandLine.ts';

const { folder } = temporaryFolder();
const LONG = { timeout: 600_000 };

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
const gfnring = (consumer: string, harvest: string, ...args: string[]) =>
  runHere('.', 'kernel', '--consumer', consumer, '--harvest', harvest, '--dir', folder, ...args);
const report = async (consumer: string, harvest: string, ...args: string[]) =>
  JSON.parse((await gfnring(consumer, harvest, '--json', ...args)).stdout);

/** An entry is taken by a cmpxchg, read, and given back by an atomicrmw behind a fence. */
const IR = `target datalayout = "e-m:e-i64:64-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
declare void @_ZN4core9panicking5panic17h0E(ptr, i64)
define void @harvest(ptr noundef %ring, i32 noundef %size, ptr noundef %next, ptr noundef %report) unnamed_addr #0 {
start:
  %empty = icmp eq i32 %size, 0
  br i1 %empty, label %none, label %loop
none:
  call void @_ZN4core9panicking5panic17h0E(ptr null, i64 0)
  unreachable
loop:
  %index = load i32, ptr %next, align 4
  %i = urem i32 %index, %size
  %entry = getelementptr inbounds [16 x i8], ptr %ring, i32 %i
  %flags = load atomic i32, ptr %entry acquire, align 4
  %dirty = icmp eq i32 %flags, 1
  br i1 %dirty, label %taken, label %done
taken:
  %pair = cmpxchg ptr %entry, i32 1, i32 1 acquire acquire, align 4
  %slot.at = getelementptr inbounds i8, ptr %entry, i64 4
  %slot = load i32, ptr %slot.at, align 4
  %offset.at = getelementptr inbounds i8, ptr %entry, i64 8
  %offset = load i64, ptr %offset.at, align 8
  fence release
  %old = atomicrmw xchg ptr %entry, i32 2 monotonic, align 4
  tail call void %report(i32 %slot, i64 %offset)
  %more = add i32 %index, 1
  store i32 %more, ptr %next, align 4
  br label %loop
done:
  ret void
}
attributes #0 = { nounwind uwtable "target-cpu"="x86-64" }
`;

describe('LLVM IR', () => {
  test('its atomics are hooked, and it is proved', LONG, async () => {
    const { outcome, consumer } = await report(file('right.ll', IR), 'harvest', 'overtaken', 'dirty-again');
    expect([outcome, consumer.hooked]).toEqual(['passed', { load: 4, rmw: 2, fence: 1, store: 1 }]);
    const path = file('right.ll', IR);
    expect((await report(path, 'harvest', 'handed-over', '--memory-model', 'rc11')).outcome).toBe('passed');
  });

  const long = test.skipIf(process.env.GFNRING_LONG === undefined);
  long('without debug information a trace has its own lines (GFNRING_LONG)', LONG, async () => {
    const at = '  %slot.at = ';
    const wrong = IR.replace(at, `  store atomic i32 2, ptr %entry release, align 4\n${at}`);
    const { status, stdout } = await gfnring(file('wrong.ll', wrong), 'harvest', 'overtaken');
    expect([status, stdout]).toEqual([1, expect.stringMatching(/harvest wrong\.ll:23:1/)]);
  });

  test('an adapter in C calls a function of another form', LONG, async () => {
    const other = IR.replace('(ptr noundef %ring, i32 noundef %size', '(i8 %vmm, ptr noundef %ring, i32 noundef %size');
    const adapter = file(
      'adapter.c',
      `void harvest(u8 vmm, void *ring, u32 size, u32 *next, void *report);
       void adapted(struct kvm_dirty_gfn *ring, u32 size, u32 *next) { harvest(0, ring, size, next, (void *)consumer_report); }`,
    );
    const path = file('other.ll', other);
    expect((await report(path, 'adapted', 'dirty-again', '--adapter', adapter)).outcome).toBe('passed');
    const { status, stderr } = await gfnring(path, 'harvest', '--quiet');
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^gfnring: other\.ll: harvest\(i8, ptr, i32, ptr, ptr\) is not known\..*\n$/),
    ]);
  });

  test.each([
    ['C', 'int main(void) { return 0; }', /it is no LLVM IR in text form/],
    [
      'pointers with types',
      IR.replace('load i32, ptr %next', 'load i32, i32* %next').replace('(ptr noundef %ring', '(i32* noundef %ring'),
      /LLVM 15 or newer/,
    ],
    [
      'code that unwinds',
      IR.replace('  ret void', '  invoke void @f() to label %done unwind label %none'),
      /panic=abort/,
    ],
    ['addresses of 32 bits', IR.replace('x86_64-', 'i686-'), /pointers have 32 bits/],
    [
      'another function',
      IR.replace('@harvest(', '@other('),
      /bad\.ll defines no function harvest: it has other\. In Rust/,
    ],
    [
      'an access that cannot be hooked',
      IR.replace('atomicrmw xchg', 'atomicrmw umax'),
      /cannot be hooked.*harvest bad\.ll:28:1: .*umax/,
    ],
    ['an error', IR.replace('ret void', 'ret nothing'), /^gfnring: bad\.ll: error: /],
    [
      'an unknown function',
      IR.replace('  ret void', '  call void @elsewhere()\n  ret void').replace(
        'define ',
        'declare void @elsewhere()\ndefine ',
      ),
      /it calls elsewhere/,
    ],
  ])('%s ends in one line and status 2', LONG, async (_, text, message) => {
    const { status, stdout, stderr } = await gfnring(file('bad.ll', text), 'harvest', '--quiet');
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

const RUST = `#![no_std]
use core::sync::atomic::{AtomicU32, Ordering};
#[repr(C)] pub struct Entry { flags: AtomicU32, slot: u32, offset: u64 }
#[no_mangle]
pub unsafe extern "C" fn harvest(entries: *const Entry, size: u32, next: &mut u32, report: extern "C" fn(u32, u64)) {
    let entries = core::slice::from_raw_parts(entries, size as usize);
    while entries[(*next % size) as usize].flags.load(Ordering::Acquire) == 1 {
        let entry = &entries[(*next % size) as usize];
        report(entry.slot, entry.offset);
        entry.flags.store(2, Ordering::Release);
        *next = next.wrapping_add(1);
    }
}
#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
`;
const rustc = (...args: string[]) => spawnSync('rustc', args, { encoding: 'utf8', cwd: folder });
/** LLVM of rustc 1.82 and later has the features that these tests use. */
const hasRust = /^rustc 1\.(?:8[2-9]|9\d|\d{3})/.test(rustc('--version').stdout ?? '');

describe.skipIf(!hasRust)('Rust', () => {
  const compiled = (name: string, text: string, level: string): string => {
    file(`${name}.rs`, text);
    const options = ['--edition', '2021', '--crate-type', 'lib', '--emit=llvm-ir', '-g', '-C', 'panic=abort'];
    const { status, stderr } = rustc(...options, '-C', `opt-level=${level}`, '-o', `${name}.ll`, `${name}.rs`);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    return join(folder, `${name}.ll`);
  };

  test.each(['0', '3'])('is proved, and a relaxed load is found under rc11, at level %s', LONG, async (level) => {
    const right = compiled(`right${level}`, RUST, level);
    expect((await report(right, 'harvest', 'dirty-again', '--memory-model', 'rc11')).outcome).toBe('passed');
    const relaxed = compiled(`relaxed${level}`, RUST.replace('Ordering::Acquire', 'Ordering::Relaxed'), level);
    const { status, stdout } = await gfnring(relaxed, 'harvest', 'dirty-again', '--memory-model', 'rc11');
    expect([status, stdout]).toEqual([1, expect.stringMatching(/harvest relaxed\d\.rs:7:\d+/)]);
  });
});
