import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Node, Parser } from 'web-tree-sitter';
import { optionalPackage } from '../optionalPackage.ts';

export type { Node } from 'web-tree-sitter';

let parser: Promise<Parser> | undefined;

/** The syntax tree of a C file. Unknown macros do not stop the parser. */
export async function parseC(text: string): Promise<Node> {
  parser ??= loadParser();
  return (await parser).parse(text)!.rootNode;
}

async function loadParser(): Promise<Parser> {
  const { Language, Parser } = await optionalPackage(() => import('web-tree-sitter'));
  const { resolve } = createRequire(import.meta.url);
  const grammar = await optionalPackage(async () => resolve('tree-sitter-c/package.json'));
  await Parser.init();
  const made = new Parser();
  made.setLanguage(await Language.load(join(dirname(grammar), 'tree-sitter-c.wasm')));
  return made;
}
