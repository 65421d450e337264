import type { ExecutionTrie } from './executionTrie.ts';
import { baseKind, Kind, unknownKind } from './kinds.ts';

/** A value of 64 bits from its lower and upper word. */
export const joinWords = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);

export const lowWord = (value: bigint): number => Number(value & 0xffff_ffffn);
export const highWord = (value: bigint): number => Number((value >> 32n) & 0xffff_ffffn);

/** `rmwResult` for a cell of 64 bits that held (low, high), by the access of a node of the trie. */
export function wideRmwResult(kind: number, low: number, high: number, tree: ExecutionTrie, node: number): bigint {
  const old = joinWords(low, high);
  const operand = joinWords(tree.operand[node], tree.operandHigh[node]);
  const rmw = baseKind(kind);
  switch (rmw) {
    case Kind.xchg:
      return operand;
    case Kind.cmpxchg:
      return tree.expects(node, low, high) ? operand : old;
    case Kind.fetchAdd:
      return BigInt.asUintN(64, old + operand);
    case Kind.fetchSub:
      return BigInt.asUintN(64, old - operand);
    case Kind.fetchAnd:
      return old & operand;
    case Kind.fetchOr:
      return old | operand;
    case Kind.fetchXor:
      return old ^ operand;
    default:
      throw unknownKind(rmw satisfies never);
  }
}
