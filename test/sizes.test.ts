import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Node, Project, SyntaxKind, ts } from 'ts-morph';
import { expect, test } from 'vitest';

/** Limits for all code that we write, without exceptions. */
const LINES_MAX = 350;
const FUNCTION_LINES_MAX = 70;
const COMMENT_COLUMNS_MAX = 100;

const ROOTS = ['src', 'selftest', 'test', 'properties', 'bench', 'scripts', 'examples'];
const project = new Project({ skipAddingFilesFromTsConfig: true, compilerOptions: { allowJs: true } });
const sources = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => join(root, file))
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.includes('node_modules'))
    .map((file) => ({ file, source: project.addSourceFileAtPath(file) })),
);

test('the checks see the code', () => {
  expect(sources.length).toBeGreaterThan(500);
});

test(`no file has more than ${LINES_MAX} lines`, () => {
  const sizes = sources.map(({ file, source }) => [file, source.getFullText().trimEnd().split('\n').length] as const);
  expect(sizes.filter(([, lines]) => lines > LINES_MAX)).toEqual([]);
});

test(`no function has more than ${FUNCTION_LINES_MAX} lines`, () => {
  const long: string[] = [];
  for (const { file, source } of sources.filter(({ source }) => source.getEndLineNumber() > FUNCTION_LINES_MAX)) {
    const { compilerNode } = source;
    const lineAt = (position: number): number => compilerNode.getLineAndCharacterOfPosition(position).line + 1;
    // Nodes of the compiler: wrapping each one takes seconds.
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node)) {
        const first = lineAt(node.getStart(compilerNode));
        const lines = lineAt(node.getEnd()) - first + 1;
        if (lines > FUNCTION_LINES_MAX) long.push(`${file}:${first} has ${lines}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(compilerNode);
  }
  expect(long).toEqual([]);
});

test(`no comment goes beyond column ${COMMENT_COLUMNS_MAX}`, () => {
  const wide: string[] = [];
  for (const { file, source } of sources) {
    const lines = source.getFullText().split('\n');
    for (const [i, line] of lines.entries())
      if (
        line.length > COMMENT_COLUMNS_MAX &&
        /^\s*(\/\*|\* |\/\/)|[;,{})\]] \/\/ /.test(line) &&
        !/https?:\/\/\S{40}/.test(line)
      )
        wide.push(`${file}:${i + 1}`);
  }
  expect(wide).toEqual([]);
});

test('no exported name exists twice in src', () => {
  const files = new Map<string, string[]>();
  for (const { file, source } of sources) {
    if (!file.startsWith('src/') || file === 'src/index.ts') continue;
    for (const statement of source.getStatements()) {
      if (!Node.isExportable(statement) && !Node.isVariableStatement(statement)) continue;
      if (!statement.hasModifier(SyntaxKind.ExportKeyword) || statement.hasModifier(SyntaxKind.DefaultKeyword))
        continue;
      const declared = Node.isVariableStatement(statement) ? statement.getDeclarations() : [statement];
      for (const name of new Set(declared.flatMap((one) => ('getName' in one ? (one.getName() ?? []) : []))))
        files.set(name, [...(files.get(name) ?? []), file]);
    }
  }
  expect(files.size).toBeGreaterThan(1000);
  const twice = [...files].filter(([, where]) => new Set(where).size > 1);
  expect(twice).toEqual([]);
});
