// The text of docs/api.md, from the compiled declarations of the exports.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Node, Project, ts } from 'ts-morph';
import { fieldTypes } from '../../dist/input/fieldTypes.js';
import { findingSchema } from '../../dist/run/finding.js';
import { benchmarkSchema, inMemorySchema, moduleSchema } from '../../dist/scenario/scenarioRef.js';
import { vmSchema, vmsSchema } from '../../dist/scenario/vmSchema.js';
import { typeOf } from './scenarioFields.mjs';

/** The schemas from which types are derived. Their fields are documented in the schemas. */
const SCHEMAS = {
  VmSpec: vmSchema,
  VmsSpec: vmsSchema,
  Finding: findingSchema,
  ModuleRef: moduleSchema,
  BenchmarkRef: benchmarkSchema,
  InMemoryRef: inMemorySchema,
};

/** The section of each export. An export without a section is an error. */
const GROUPS = {
  'Writing a scenario': ['scenario', 'Names', 'Scenario'],
  'In an operation': ['Memory', 'Cell', 'Cell64', 'Lock', 'check', 'assume'],
  Exploring: ['explore', 'Options', 'Report', 'BadInput'],
  'A virtual machine': ['vm', 'VmDefinition', 'VmHandle', 'UserRing', 'GuestPage', 'compileKernel', 'KernelOfVm'],
  'In vitest': ['GfnringMatchers', 'HoldOptions', 'ExpectedFinding', 'FindingKind', 'watchScenarios'],
  'JavaScript on SharedArrayBuffer': [
    'sharedScenario',
    'SharedDefinition',
    'SharedOperation',
    'SharedResults',
    'choose',
  ],
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = `${root}dist/`;
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** The document, and the names of the exports that have no docstring. */
export function apiText() {
  const exported = new Map();
  const project = new Project({
    // Without TypeScript's own libraries: types are printed as written, not resolved.
    compilerOptions: {
      ...{ noLib: true, types: [], strict: true },
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    },
  });
  for (const { types } of Object.values(manifest.exports))
    for (const [name, [declaration]] of project.addSourceFileAtPath(root + types).getExportedDeclarations())
      exported.set(name, declaration);
  const placed = Object.values(GROUPS).flat();
  const unplaced = [...exported.keys()].filter((name) => !placed.includes(name));
  if (unplaced.length > 0) throw new Error(`bench/docs/api.mjs: GROUPS has no place for ${unplaced.join(', ')}`);
  const others = [...referenced(exported)].sort(([a], [b]) => (a < b ? -1 : 1));
  const headings = headingsOf([...placed.map((name) => [name, exported.get(name)]), ...others]);
  const undocumented = [];
  const groups = Object.entries(GROUPS).map(([title, names]) => {
    const sections = names.map((name) => sectionOf(name, exported.get(name), headings.get(name), undocumented));
    return `## ${title}\n\n${sections.join('\n')}`;
  });
  const text = `# The library

Everything that \`gfnring\`, \`gfnring/vitest\` and \`gfnring/shared\` export. \`npm run docs\` writes this file from the declarations, with what the source says of each.

${Object.entries(GROUPS)
  .map(
    ([title, names]) =>
      `- ${title}: ${names.map((name) => `[\`${name}\`](#${anchorOf(headings.get(name))})`).join(', ')}`,
  )
  .join('\n')}

${groups.join('\n')}
## Types that are not exported

What the above is made of. \`Options['memoryModel']\` names the type of a member.

${others.map(([name, declaration]) => sectionOf(name, declaration, headings.get(name), [])).join('\n')}`;
  return { text, undocumented };
}

/**
 * All declarations of this package that the exports refer to, directly or indirectly, by name. A
 * type that is derived from a schema is left out: docs/scenarios.md documents the schema.
 */
function referenced(exported) {
  const seen = new Set(exported.values());
  const found = new Map();
  const visit = (declaration) => {
    if (namesIn(declaration) !== undefined) return;
    for (const identifier of declaration.getDescendantsOfKind(ts.SyntaxKind.Identifier)) {
      const clause = identifier.getFirstAncestorByKind(ts.SyntaxKind.HeritageClause);
      if (clause !== undefined && isSchemaType(clause)) continue;
      const symbol = identifier.getSymbol();
      for (const other of (symbol?.getAliasedSymbol() ?? symbol)?.getDeclarations() ?? []) {
        if (seen.has(other) || !isOfPackage(other)) continue;
        seen.add(other);
        found.set(other.getName(), other);
        visit(other);
      }
    }
  };
  for (const declaration of exported.values()) visit(declaration);
  return found;
}

/** The names in a type that is one of several texts: `'a' | 'b'`; undefined: it is another type. */
function namesIn(node) {
  const members = Node.isTypeAliasDeclaration(node) ? node.getType().getUnionTypes() : [];
  const areNames = members.length > 0 && members.every((type) => type.isStringLiteral());
  return areNames ? members.map((type) => `'${type.getLiteralValue()}'`).join(' | ') : undefined;
}

const isSchemaType = (node) => /\bFieldsOf</.test(node.getText());

const isOfPackage = (node) =>
  node.getSourceFile().getFilePath().startsWith(dist) &&
  [Node.isInterfaceDeclaration, Node.isTypeAliasDeclaration, Node.isClassDeclaration, Node.isVariableDeclaration].some(
    (is) => is(node),
  );

/**
 * The heading of each declaration. Names that differ only in case would have the same anchor, so
 * the heading of the second includes its kind.
 */
function headingsOf(declarations) {
  const headings = new Map();
  const anchors = new Set();
  for (const [name, declaration] of declarations) {
    const kind = Node.isInterfaceDeclaration(declaration) ? 'interface' : 'type';
    const heading = anchors.has(anchorOf(name)) ? `${name} (${kind})` : name;
    if (anchors.has(anchorOf(heading))) throw new Error(`bench/docs/api.mjs: two sections are called ${heading}`);
    anchors.add(anchorOf(heading));
    headings.set(name, heading);
  }
  return headings;
}

const anchorOf = (heading) => heading.toLowerCase().replaceAll(/[()]/g, '').replaceAll(' ', '-');

function sectionOf(name, declaration, heading, undocumented) {
  const documented = (node, path) => {
    const text = docOf(node);
    if (text === '') undocumented.push(path);
    return text;
  };
  const hasMembers = Node.isInterfaceDeclaration(declaration) || Node.isClassDeclaration(declaration);
  const items = (hasMembers ? membersOf(declaration) : []).map((member) => {
    const text = documented(member, `${name}.${member.getName?.() ?? 'constructor'}`).replaceAll('\n\n', ' ');
    return `- \`${oneLine(signatureOf(member))}\`${text && `: ${text}`}`;
  });
  if (name in SCHEMAS) items.unshift(...fieldsOf(name, declaration, undocumented));
  return [
    `### ${heading}`,
    documented(declaration, name),
    `\`\`\`ts\n${hasMembers ? headOf(declaration) : typeSignatureOf(declaration)}\n\`\`\``,
    items.join('\n'),
  ]
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n');
}

/**
 * The fields of a type that is derived from a schema, except those that its declaration has itself.
 */
function fieldsOf(name, declaration, undocumented) {
  const json = fieldTypes().toJsonSchema(SCHEMAS[name]());
  const schema = json.properties === undefined ? json.definitions[json.$ref.split('/').at(-1)] : json;
  const own = declaration.getMembers().map((member) => member.getName());
  return Object.entries(schema.properties)
    .filter(([field, { description }]) => !own.includes(field) && !description?.endsWith('; not read'))
    .map(([field, property]) => {
      if (property.description === undefined) undocumented.push(`${name}.${field}`);
      const optional = schema.required.includes(field) ? '' : '?';
      return `- \`${field}${optional}\`, ${typeOf(property)}: ${property.description}.`;
    });
}

/** The public members of a declaration, without those of the interfaces that it implements. */
function membersOf(declaration) {
  const interfaces = Node.isClassDeclaration(declaration) ? declaration.getImplements() : [];
  const inherited = interfaces.flatMap((of) => of.getType().getProperties()).map((property) => property.getName());
  return declaration
    .getMembers()
    .filter((member) => !member.getText().startsWith('#') && !inherited.includes(member.getName?.()));
}

/** The docstring of a declaration, with one line per paragraph. */
function docOf(node) {
  const owner = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node;
  const description = owner.getJsDocs?.().at(-1)?.getDescription() ?? '';
  return description.trim().split('\n\n').map(oneLine).join('\n\n');
}

/** The text of a declaration without `export` and `declare`. */
const signatureOf = (node) =>
  (Node.isVariableDeclaration(node) ? `const ${node.getText()}` : node.getText())
    .replace(/^(export |declare )+/, '')
    .replace(/;$/, '')
    .replace(/^( {4})+/gm, (indent) => indent.slice(indent.length / 2));

/** As `signatureOf`. A list of names is printed, not the expression that it is derived from. */
function typeSignatureOf(node) {
  const names = namesIn(node);
  return names === undefined ? signatureOf(node) : `type ${node.getName()} = ${names}`;
}

/** The first line of an interface or a class. */
function headOf(node) {
  const head = oneLine(signatureOf(node).slice(0, signatureOf(node).search(/ \{$/m)));
  return isSchemaType(node) ? head.replace(/ extends .*/, '') : head;
}

const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
