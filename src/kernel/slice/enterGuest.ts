import type { Node } from './parser.ts';

const CHECKS = ['kvm_dirty_ring_check_request', 'kvm_dirty_ring_soft_full'];

/**
 * vcpu_enter_guest of x86, cut down to the statement that checks the ring and the conditions
 * around it, as a function of its own. It returns 0 where the vCPU must exit to userspace, and 1
 * where it enters the guest. Undefined: there is no such statement.
 */
export function sliceOfEnterGuest(
  root: Node,
  path: string,
): { readonly text: string; readonly node: Node } | undefined {
  const call = root
    .descendantsOfType('call_expression')
    .find((node) => CHECKS.includes(node.childForFieldName('function')?.text ?? ''));
  const check = call && enclosingIfs(call)[0];
  if (check === undefined) return undefined;
  const outer = enclosingIfs(check);
  const opened = outer
    .reverse()
    .map((node) => `${place(node, path)}if ${node.childForFieldName('condition')!.text} {\n`);
  const text = [
    'static int vcpu_enter_guest(struct kvm_vcpu *vcpu)\n{\n\tint r = 1;\n',
    ...opened,
    `${place(check, path)}${check.text}\n`,
    '}\n'.repeat(opened.length),
    '\tgoto out;\nout:\n\treturn r;\n}\n',
  ];
  return { text: text.join(''), node: check };
}

/** A line directive for the start of `node`. */
export const place = ({ startPosition }: Node, path: string): string => `\n#line ${startPosition.row + 1} "${path}"\n`;

/** The if statements around `node`, the innermost first. */
function enclosingIfs(node: Node): Node[] {
  const found: Node[] = [];
  for (let at = node.parent; at !== null && at.type !== 'function_definition'; at = at.parent)
    if (at.type === 'if_statement') found.push(at);
  return found;
}
