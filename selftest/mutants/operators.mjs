/**
 * The mutation operators. Stryker does not serve: its operators know nothing of accesses, locks and
 * orders, and it runs test suites, not searches. No operator weakens an ordering: `npm run
 * barriers` does that.
 */
import { parse } from 'acorn';
import { ancestor } from 'acorn-walk';

/** The operators, and what each does. */
export const operators = {
  drop: 'removes a call, an assignment, a break or a continue',
  zero: 'replaces a read by 0',
  unlocked: 'removes a lock and its unlock',
  swap: 'swaps two adjacent statements that access memory',
  twice: 'executes a statement that accesses memory twice',
  again: 'reads a value again where it is used a second time',
  bound: 'moves a bound by one',
  condition: 'replaces a condition by true or false',
  operand: 'keeps one side of an and, an or, or a `??`',
  mask: 'removes a mask, a modulus, a minimum or a width',
  arithmetic: 'swaps plus and minus, or left and right shift',
  number: 'changes a number by one, or negates a boolean',
  return: 'returns zero',
};

const FENCES = ['rmb', 'wmb', 'mb'];
const READS = ['read', 'read64', 'load', 'load64', 'loadAcquire'];
const BOUNDS = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const ARITHMETIC = { '+': '-', '-': '+', '<<': '>>', '>>': '<<' };
/** Calls that cut a number to what it may be. */
const CUTS = ['u16', 'BigInt.asUintN', 'BigInt.asIntN', 'Math.min', 'Math.max', 'Math.ceil', 'Math.floor'];
/**
 * How many characters around a change are shown, at least and at most; and at most of the change.
 */
const LEAST = 12;
const AROUND = 48;
const SHOWN = 100;

/**
 * The mutants of a compiled module, in the order of the text: `operator`, the function `inside`
 * which they are, `what` in words, and the edit: `from` at `at` becomes `to`. No two have the same
 * text, and all parse.
 */
export function mutantsOf(text) {
  const found = [];
  const tools = toolsFor(text, found);
  ancestor(parsed(text), { ...statementVisitors(tools), ...conditionVisitors(tools), ...expressionVisitors(tools) });
  return distinct(text, found);
}

/** What visitors use to add a mutant to `found`. */
function toolsFor(text, found) {
  const source = ({ start, end }) => text.slice(start, end);
  const edited = ({ start, end }, to) => ({ start, end, to });

  function add(operator, ancestors, edits, what) {
    const [first, last] = [edits[0], edits.at(-1)];
    const to = edits.map((edit, i) => edit.to + text.slice(edit.end, edits[i + 1]?.start ?? edit.end)).join('');
    found.push({
      operator,
      inside: functionOf(ancestors),
      what,
      at: first.start,
      from: text.slice(first.start, last.end),
      to,
    });
  }
  /** A part of an expression becomes something else. */
  function change(operator, ancestors, edit) {
    const shown = around(text, edit, ancestors);
    const before = plain(source(shown));
    const after = plain(text.slice(shown.start, edit.start) + edit.to + text.slice(edit.end, shown.end));
    add(operator, ancestors, [edit], `${before} → ${after}`);
  }
  const becomes = (operator, node, ancestors, to) => change(operator, ancestors, edited(node, to));
  /** A test that is always so, or never. */
  function decided(test, ancestors, values = ['true', 'false']) {
    // One side alone is another operator's.
    const other = { '&&': 'true', '||': 'false' }[test.operator];
    for (const value of values.filter((one) => one !== other))
      add('condition', ancestors, [edited(test, value)], `${plain(source(test))} → ${value}`);
  }
  return { text, source, edited, add, change, becomes, decided };
}

/** Mutants of statements. */
function statementVisitors({ source, edited, add, becomes }) {
  return {
    ExpressionStatement(node, _, ancestors) {
      const { expression } = node;
      if (isLocking(expression) || isAccess(expression, FENCES)) return;
      const parent = ancestors.at(-2);
      // That the condition is never so is the same.
      if (parent.type !== 'IfStatement' || parent.alternate !== null)
        add('drop', ancestors, [edited(node, ';')], plain(source(node)));
      if (touches(expression))
        add('twice', ancestors, [edited(node, `{ ${source(node)} ${source(node)} }`)], plain(source(node)));
    },
    BreakStatement(node, _, ancestors) {
      if (ancestors.at(-2).type === 'BlockStatement') add('drop', ancestors, [edited(node, ';')], plain(source(node)));
    },
    BlockStatement(node, _, ancestors) {
      node.body.forEach((statement, i) => {
        if (isLocking(statement.expression, 'lock')) {
          const locks = [statement, ...node.body.slice(i + 1).flatMap((next) => unlocksIn(next, statement))];
          add(
            'unlocked',
            ancestors,
            locks.map((lock) => edited(lock, ';')),
            plain(source(statement)),
          );
        }
        const next = node.body[i + 1];
        if (next === undefined || !isMovable(statement) || !isMovable(next) || uses(next, namesIn(statement))) return;
        const edits = [edited(statement, source(next)), edited(next, source(statement))];
        add('swap', ancestors, edits, `${plain(source(statement))} ⇄ ${plain(source(next))}`);
      });
    },
    VariableDeclarator(node, _, ancestors) {
      if (node.init === null || node.id.type !== 'Identifier' || !isRead(node.init)) return;
      // The first use may as well be the read itself.
      for (const { use, path } of usesOf(ancestors.at(-3), node.id.name, node.end).slice(1))
        becomes('again', use, [...ancestors.slice(0, -3), ...path], `(${source(node.init)})`);
    },
    ReturnStatement(node, _, ancestors) {
      const { argument } = node;
      if (argument?.type === 'Identifier' && COUNTS.includes(argument.name))
        becomes('return', argument, ancestors, '0');
    },
  };
}

/** Mutants of conditions. */
function conditionVisitors({ source, becomes, decided }) {
  return {
    IfStatement: (node, _, ancestors) => decided(node.test, ancestors),
    ConditionalExpression: (node, _, ancestors) => decided(node.test, ancestors),
    WhileStatement: (node, _, ancestors) => decided(node.test, ancestors, ['false']),
    LogicalExpression(node, _, ancestors) {
      for (const side of [node.left, node.right]) becomes('operand', node, ancestors, `(${source(side)})`);
    },
  };
}

/** Mutants of expressions. */
function expressionVisitors({ text, source, edited, change, becomes }) {
  return {
    CallExpression(node, _, ancestors) {
      if (isAccess(node, READS) && !isCompared(ancestors.at(-2)))
        becomes('zero', node, ancestors, nameOf(node).endsWith('64') ? '0n' : '0');
      if (!CUTS.includes(source(node.callee))) return;
      const kept = source(node.callee).startsWith('BigInt') ? node.arguments.slice(1) : node.arguments;
      for (const argument of kept) becomes('mask', node, ancestors, `(${source(argument)})`);
    },
    BinaryExpression(node, _, ancestors) {
      const { operator, left, right } = node;
      const between = text.slice(left.end, right.start);
      const sign = (by) => edited({ start: left.end, end: right.start }, between.replace(operator, by));
      if (operator in BOUNDS) change('bound', ancestors, sign(BOUNDS[operator]));
      if (operator in ARITHMETIC && !isLaidOut(ancestors)) change('arithmetic', ancestors, sign(ARITHMETIC[operator]));
      if (['&', '|', '%', '>>>'].includes(operator)) becomes('mask', node, ancestors, source(left));
    },
    UnaryExpression(node, _, ancestors) {
      const { operator, argument } = node;
      if (operator === '!' && !ancestors.some((outer) => testOf(outer)))
        becomes('condition', node, ancestors, source(argument));
      if (operator === '~') becomes('mask', node, ancestors, source(argument));
      if (operator === '-' && !isError(argument)) becomes('arithmetic', node, ancestors, source(argument));
      if (operator === '-' && isError(argument)) becomes('return', node, ancestors, '0');
    },
    Literal(node, _, ancestors) {
      const parent = ancestors.at(-2);
      if (typeof node.value === 'boolean') becomes('number', node, ancestors, String(!node.value));
      if (!/^(number|bigint)$/.test(typeof node.value) || isLaidOut(ancestors) || parent.type === 'AssignmentPattern')
        return;
      const value = BigInt(node.value) + (smaller(node, parent) ? -1n : 1n);
      if (
        value >= 0n &&
        !isCompared(parent) &&
        !(['>>>', ...Object.keys(ARITHMETIC)].includes(parent.operator) && node.bigint === undefined)
      )
        becomes('number', node, ancestors, node.bigint === undefined ? String(value) : `${value}n`);
    },
  };
}

/** Mutants whose text parses and differs from all others, in the order of the text. */
function distinct(text, found) {
  const seen = new Set([plain(text, Infinity)]);
  const order = Object.keys(operators);
  return found
    .sort((a, b) => a.at - b.at || order.indexOf(a.operator) - order.indexOf(b.operator))
    .filter(({ operator, inside }) => !(isBefore(inside) && OF_OTHERS.includes(operator)))
    .filter((mutant) => {
      const result = applied(text, mutant);
      const known = seen.has(plain(result, Infinity));
      seen.add(plain(result, Infinity));
      return !known && parses(result);
    });
}

/** Before anything runs there is nobody to see in which order, and how often, things were done. */
const isBefore = (inside) => ['constructor', 'init'].includes(inside);
const OF_OTHERS = ['swap', 'twice', 'again'];

export const applied = (text, { at, from, to }) => text.slice(0, at) + to + text.slice(at + from.length);

/** Names of what functions return that is a number. */
const COUNTS = ['count', 'result', 'cleared', 'error'];

const parsed = (text) => parse(text, { ecmaVersion: 'latest', sourceType: 'module' });
function parses(text) {
  try {
    parsed(text);
    return true;
  } catch {
    return false;
  }
}

const nameOf = ({ callee }) => callee.property?.name ?? callee.name;
const isAccess = (node, names) =>
  node?.type === 'CallExpression' && node.callee.object?.name === 'mem' && names.includes(nameOf(node));
const isLocking = (node, ...names) => isAccess(node, names.length > 0 ? names : ['lock', 'unlock']);
const isRead = (node) => contains(node, (inner) => isAccess(inner, READS));
const touches = (node) => contains(node, ({ type, name }) => type === 'Identifier' && name === 'mem');
const isError = ({ name }) => /^E[A-Z]+$/.test(name ?? '');
const testOf = (node) => node?.test;
/** Where cells lie is no matter of accesses. */
const isLaidOut = (ancestors) =>
  ancestors.some((node) => node.type === 'CallExpression' && node.callee.object?.name === 'layout');
const MOVABLE = ['ExpressionStatement', 'VariableDeclaration', 'IfStatement', 'ForStatement', 'ForOfStatement'];
const isMovable = (node) => MOVABLE.includes(node.type) && touches(node);
/** Whether it asks for one value: that it is so, or is not, is another operator's. */
const isCompared = ({ operator }) => ['===', '!=='].includes(operator);
/** Whether the larger number is what `bound` makes of the comparison. */
const smaller = (node, { operator, left, right }) =>
  (['<', '>='].includes(operator) && right === node) || (['>', '<='].includes(operator) && left === node);

/** Whether a node is such, or has one inside. */
function contains(node, is) {
  let found = false;
  const visit = (inner) => {
    found ||= is(inner);
  };
  ancestor(node, { CallExpression: visit, Identifier: visit });
  return found;
}

/** The names that a statement declares. */
function namesIn({ declarations = [] }) {
  return declarations.flatMap(({ id }) =>
    id.type === 'ObjectPattern' ? id.properties.map(({ value }) => value.name) : [id.name],
  );
}
const uses = (node, names) => contains(node, ({ type, name }) => type === 'Identifier' && names.includes(name));

/** Where a block uses a name behind `after`, each with the nodes around it. */
function usesOf(block, name, after) {
  const found = [];
  ancestor(block, {
    Identifier(node, _, path) {
      const shorthand = path.at(-2)?.type === 'Property';
      if (node.name === name && node.start > after && !shorthand) found.push({ use: node, path: [...path] });
    },
  });
  return found;
}

/** The statements in a node that give a lock back. */
function unlocksIn(node, { expression: { arguments: taken } }) {
  const found = [];
  const lock = ({ property, name }) => property?.name ?? name;
  ancestor(node, {
    ExpressionStatement(inner) {
      if (isLocking(inner.expression, 'unlock') && lock(inner.expression.arguments[0]) === lock(taken[0]))
        found.push(inner);
    },
  });
  return found;
}

/** The function or method that nodes lie in, the outermost; outside of all, the variable. */
function functionOf(ancestors) {
  const names = ancestors.flatMap((node) => {
    if (node.type === 'FunctionDeclaration') return [node.id.name];
    if (node.type === 'MethodDefinition') return [node.key.name];
    return node.type === 'VariableDeclaration' ? [node.declarations[0].id.name ?? ''] : [];
  });
  return names[0] ?? '';
}

/** The largest part of the text around an edit that is short. */
function around(text, edit, ancestors) {
  let shown = edit;
  for (const outer of [...ancestors].reverse()) {
    if (outer.start > edit.start || outer.end < edit.end) continue;
    if (/^(BlockStatement|Program|ClassBody)$/.test(outer.type)) break;
    if (shown.end - shown.start > LEAST && plain(text.slice(outer.start, outer.end)).length > AROUND) break;
    shown = outer;
  }
  return shown;
}

/** On one line, without comments, and not too long. */
function plain(text, most = SHOWN) {
  const line = text
    .replace(/\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
