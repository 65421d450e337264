// The generated part of docs/scenarios.md, and docs/scenario.schema.json. Both come from the schema
// with which scenario files are read.
import { operations } from '../../dist/actors/operations/registry.js';
import { roles } from '../../dist/actors/roles/registry.js';
import { roleNames } from '../../dist/actors/vmView.js';
import { scenarioJsonSchema } from '../../dist/scenario/vmSchema.js';

const START = '<!-- npm run docs writes from here on -->\n';

const schema = scenarioJsonSchema();
const resolved = (node) => (node.$ref === undefined ? node : schema.definitions[node.$ref.split('/').at(-1)]);

export const schemaText = () => `${JSON.stringify(schema, null, 2)}\n`;

/**
 * `text` with its generated part replaced. Throws if the line that starts this part is not there
 * exactly once.
 */
export function withReference(text) {
  const [head, ...more] = text.split(START);
  if (more.length !== 1) throw new Error(`docs/scenarios.md has ${more.length} lines ${START.trim()}: must have one`);
  return `${head}${START}${referenceText()}`;
}

const referenceText = () => `
| field of a VM | value | meaning |
| --- | --- | --- |
${rowsOf(schema.definitions.vm)}

| role | what the actor is |
| --- | --- |
${roleNames.map((name) => `| \`${name}\` | ${roles[name].about} |`).join('\n')}

| operation | roles | what it does | fields |
| --- | --- | --- | --- |
${operations.map(operationRow).join('\n')}
`;

/** One table row for each field. The fields of an element of `list` are called `list[].field`. */
function rowsOf(node, prefix = '') {
  const { properties = {}, required = [] } = node;
  return Object.entries(properties)
    .flatMap(([name, property]) => {
      const path = `${prefix}${name}`;
      const value = `${typeOf(property)}${required.includes(name) ? '' : ', optional'}`;
      const row = `| \`${path}\` | ${value} | ${property.description.replaceAll('|', '\\|')} |`;
      const inner =
        property.type === 'array' ? rowsOf(resolved(property.items), `${path}[].`) : rowsOf(property, `${path}.`);
      return inner === '' ? [row] : [row, inner];
    })
    .join('\n');
}

function operationRow({ name, roles: performers, about }) {
  const { properties } = schema.definitions.operation.oneOf.find(
    ({
      properties: {
        do: { const: other },
      },
    }) => other === name,
  );
  const fields = Object.entries(properties)
    .filter(([field]) => field !== 'do')
    .map(([field, property]) => `\`${field}\`: ${property.description} (${typeOf(property)})`);
  return `| \`${name}\` | ${performers.join(', ')} | ${about} | ${fields.join('; ')} |`;
}

export function typeOf(node) {
  // Of two lists of names, the second has old ones.
  if (node.anyOf !== undefined)
    return node.anyOf[0].enum === undefined ? 'number, or text of digits' : typeOf(node.anyOf[0]);
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(', ');
  switch (node.type) {
    case 'array':
      return `list of ${node.minItems} to ${node.maxItems}`;
    case 'integer':
      return `${node.minimum} to ${node.maximum}`;
    case 'boolean':
      return '`true` or `false`';
    case 'string':
      return node.pattern === undefined ? 'text' : '64 hex digits';
    default:
      return node.type;
  }
}
