import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { type AnyNode, type Program, parse } from 'acorn';
import { ancestor } from 'acorn-walk';
import { boundIdentifiers, resolveScopes } from '#dist/loops/scopes.js';

/**
 * What a module uses and does not have, as lines. These are identifiers that neither the module nor
 * the global object declares, and imports of a module or name that does not exist. Imports of
 * packages are not checked.
 *
 * @param url where the module is: its relative imports are read from there.
 * @throws SyntaxError if the text is no module.
 */
export function missingNames(source: string, url: URL): string[] {
  const program = parsed(source);
  return [...[...undeclaredNames(program)].map((name) => `${name} is not declared`), ...missingImports(program, url)];
}

const parsed = (source: string): Program => parse(source, { ecmaVersion: 'latest', sourceType: 'module' });

function undeclaredNames(program: Program): Set<string> {
  const { variableOf } = resolveScopes(program);
  const names = new Set<string>();
  const visit = (node: AnyNode, _: unknown, ancestors: readonly AnyNode[]): void => {
    const parent = ancestors.at(-2);
    const declares = parent !== undefined && 'id' in parent && parent.id === node;
    if (node.type !== 'Identifier' || declares || variableOf.has(node)) return;
    if (node.name !== 'arguments' && !(node.name in globalThis)) names.add(node.name);
  };
  // acorn-walk calls an identifier that is assigned to a pattern.
  const visitors = { Identifier: visit, VariablePattern: visit };
  ancestor(program, visitors);
  return names;
}

function missingImports(program: Program, url: URL): string[] {
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ImportDeclaration') return [];
    const from = String(statement.source.value);
    if (!from.startsWith('.'))
      return from.startsWith('node:') && !isBuiltin(from) ? [`there is no module ${from}`] : [];
    const exported = exportsOf(new URL(from, url));
    if (exported === undefined) return [`there is no module ${from}`];
    return statement.specifiers.flatMap((specifier) => {
      const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default';
      if (specifier.type === 'ImportNamespaceSpecifier' || exported.has(name)) return [];
      return [`${from} does not export ${name}`];
    });
  });
}

/** The exports of modules that were read before, by URL. */
const known = new Map<string, ReadonlySet<string> | undefined>();

/** The names that a module of the program exports; undefined: there is no such module. */
function exportsOf(url: URL): ReadonlySet<string> | undefined {
  if (!known.has(url.href))
    known.set(url.href, existsSync(url) ? new Set(exportedNames(parsed(readFileSync(url, 'utf8')), url)) : undefined);
  return known.get(url.href);
}

function exportedNames(program: Program, url: URL): string[] {
  return program.body.flatMap((statement) => {
    if (statement.type === 'ExportDefaultDeclaration') return ['default'];
    if (statement.type === 'ExportAllDeclaration') {
      if (statement.exported) return [nameOf(statement.exported)];
      return [...(exportsOf(new URL(String(statement.source.value), url)) ?? [])];
    }
    if (statement.type !== 'ExportNamedDeclaration') return [];
    const { declaration, specifiers } = statement;
    if (declaration?.type === 'VariableDeclaration')
      return declaration.declarations.flatMap(({ id }) => boundIdentifiers(id).map(({ name }) => name));
    return declaration ? [declaration.id.name] : specifiers.map(({ exported }) => nameOf(exported));
  });
}

const nameOf = (name: { type: 'Identifier'; name: string } | { type: 'Literal'; value?: unknown }): string =>
  name.type === 'Identifier' ? name.name : String(name.value);
