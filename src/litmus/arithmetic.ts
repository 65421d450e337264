/** The operators of C on signed 32-bit integers. */

export function unaryOperation(op: string, value: number): number {
  if (op === '!') return value === 0 ? 1 : 0;
  return op === '-' ? -value | 0 : ~value;
}

/** Undefined: a division by 0. */
export function binaryOperation(op: string, a: number, b: number): number | undefined {
  switch (op) {
    case '+':
      return (a + b) | 0;
    case '-':
      return (a - b) | 0;
    case '*':
      return Math.imul(a, b);
    case '/':
    case '%':
      return b === 0 ? undefined : (op === '/' ? a / b : a % b) | 0;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    default:
      return compare(op, a, b) ? 1 : 0;
  }
}

function compare(op: string, a: number, b: number): boolean {
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    default:
      return a >= b;
  }
}
