/**
 * A program with orders of C11, and an end of it: the values of all registers, thread by thread.
 */
export interface C11Row {
  readonly name: string;
  readonly text: string;
  readonly values: readonly number[];
  /** Whether RC11 allows the end. */
  readonly isAllowed: boolean;
}

const row = (name: string, text: string, values: readonly number[], isAllowed: boolean): C11Row => {
  return { name, text, values, isAllowed };
};

/**
 * The first names are those of figures in Lahav, Vafeiadis, Kang, Hur, Dreyer, PLDI 2017; others
 * are classic tests with orders of C11.
 */
export const C11_SUITE: readonly C11Row[] = [
  row('SB', 'sc x=1; sc r0=y | sc y=1; sc r0=x', [0, 0], false),
  row('SB, one load is acquire', 'sc x=1; sc r0=y | sc y=1; acq r0=x', [0, 0], true),
  row('SB, a fence in one thread', 'x=1; mb; r0=y | sc y=1; sc r0=x', [0, 0], false),
  row('SB, exchanges', 'r0=xchg.seq_cst x 1; sc r1=y | r0=xchg.seq_cst y 1; sc r1=x', [0, 0, 0, 0], false),
  row('SB, exchanges of acq_rel', 'r0=xchg.acq_rel x 1; sc r1=y | r0=xchg.acq_rel y 1; sc r1=x', [0, 0, 0, 0], true),
  row('SB, fences of acq_rel', 'x=1; fence acq_rel; r0=y | y=1; mb; r0=x', [0, 0], true),
  row('IRIW', 'sc x=1 | sc r0=x; sc r1=y | sc r0=y; sc r1=x | sc y=1', [1, 0, 1, 0], false),
  row('IRIW-acq-sc', 'sc x=1 | acq r0=x; sc r1=y | acq r0=y; sc r1=x | sc y=1', [1, 0, 1, 0], true),
  // The paper allows it; GenMC, which takes a read-modify-write for two events, does not.
  row('Z6.U', 'sc x=1; rel y=1 | r0=add.seq_cst y 1; r1=y | sc y=3; sc r0=x', [1, 3, 0], false),
  row('Z6.U, a load', 'sc x=1; rel y=1 | sc r0=y | sc y=3; sc r1=x', [1, 0], true),
  row('RWC+syncs', 'x=1 | r0=x; mb; r1=y | y=1; mb; r0=x', [1, 0, 0], false),
  row('RWC, accesses and a fence', 'sc x=1 | acq r0=x; sc r1=y | y=1; mb; r0=x', [1, 0, 0], true),
  row('a fence between accesses', 'sc x=1; rel y=1 | acq r0=y; mb; r1=z | sc z=1; sc r0=x', [1, 0, 0], false),
  row('2+2W, read', 'sc x=1; sc y=2; sc r0=y | sc y=1; sc x=2; sc r0=x', [1, 1], false),
  row('S, read', 'sc x=2; sc y=1 | sc r0=y; sc x=1; sc r1=x', [1, 2], false),
  row('MP by fences', 'x=1; fence release; y=1 | r0=y; fence acquire; r1=x', [1, 0], false),
  row('MP by a release fence alone', 'x=1; fence release; y=1 | r0=y; r1=x', [1, 0], true),
  row('MP through a relaxed exchange', 'x=1; rel y=1 | r0=add.relaxed y 1 | acq r0=y; r1=x', [1, 2, 0], false),
  row('MP through an acquire exchange', 'x=1; rel y=1 | r0=add.acquire y 1; r1=x', [1, 0], false),
  row('MP through a release exchange', 'x=1; r0=xchg.release y 1 | acq r0=y; r1=x', [0, 1, 0], false),
  row('MP, cmpxchg fails with acquire', 'x=1; rel y=1 | r0=cmpxchg.acq_rel y 2 3; r1=x', [1, 0], false),
  row('MP, cmpxchg fails without', 'x=1; rel y=1 | r0=cmpxchg.release y 2 3; r1=x', [1, 0], true),
];
