import { posix } from 'node:path';
import { applyPatch, diffLines, parsePatch, reversePatch, type StructuredPatch } from 'diff';
import { oneLine } from '../../input/oneLine.ts';
import { type ChangedFiles, KernelTree } from '../compile/kernelTree.ts';
import { KernelError } from '../compiled.ts';
import { mailText } from './mailText.ts';

/** A tree after a patch. */
export interface PatchedTree {
  readonly changed: ChangedFiles;
  /**
   * By path, the numbers of the lines that the patch adds, from 1 on; for a file that it deletes,
   * none.
   */
  readonly added: ReadonlyMap<string, ReadonlySet<number>>;
}

/**
 * Applies a unified diff to a tree, in memory. Text around the diff is skipped, as are the headers
 * of mails. A hunk may apply at other lines than it says, if its context is there unchanged. Throws
 * `KernelError`, in one line, for text without a diff, a file that the tree does not have, and a
 * hunk that does not apply.
 *
 * @param name of the patch, for messages.
 */
export function applyToTree(kdir: string, text: string, name: string): PatchedTree {
  const changed = new Map<string, string | null>();
  // A later mail of a series may change what an earlier one has changed.
  const tree = new KernelTree(kdir, changed);
  for (const patch of patchesOf(text, name)) {
    const { from, to } = pathsOf(patch, tree, name);
    if (patch.isBinary) throw new KernelError(`${name}: ${to ?? from} is a binary file, which gfnring does not patch`);
    if (from === undefined && tree.has(to!)) throw new KernelError(`${name}: the tree already has its new file ${to}`);
    const after = applied(from === undefined ? '' : tree.read(from), patch, name, (from ?? to)!);
    if (from !== undefined && from !== to && !patch.isCopy) changed.set(from, null);
    if (to !== undefined) changed.set(to, after);
  }
  const original = new KernelTree(kdir);
  const textBefore = (path: string): string => (original.has(path) ? original.read(path) : '');
  return {
    changed,
    added: new Map([...changed].map(([path, after]) => [path, addedLines(textBefore(path), after ?? '')])),
  };
}

/** The diffs of a text, by file. */
function patchesOf(text: string, name: string): StructuredPatch[] {
  let patches: StructuredPatch[];
  try {
    patches = parsePatch(mailText(text));
  } catch (error) {
    throw new KernelError(`${name} is no unified diff: ${oneLine((error as Error).message)}`);
  }
  // A file whose mode alone changes has no hunks.
  const files = patches.filter(
    ({ hunks, isRename, isCopy, isCreate, isDelete, isBinary }) =>
      hunks.length > 0 || isRename || isCopy || isCreate || isDelete || isBinary,
  );
  if (files.length === 0) throw new KernelError(`${name} has no unified diff`);
  const nameless = files.find(({ oldFileName, newFileName }) => (oldFileName ?? newFileName) === undefined);
  if (nameless !== undefined) throw new KernelError(`${name} has a hunk that names no file`);
  return files;
}

/** The file of a diff before and after; undefined: there is none. */
function pathsOf(
  { oldFileName, newFileName, isCreate, isDelete }: StructuredPatch,
  tree: KernelTree,
  name: string,
): { readonly from?: string; readonly to?: string } {
  const isNew = isCreate || oldFileName === '/dev/null';
  const isGone = isDelete || newFileName === '/dev/null';
  if (isNew) return { to: inTree(newFileName!, name)[0] };
  // Of `diff -u linux.orig/FILE linux/FILE`, both names tell the file.
  const from = [oldFileName, newFileName]
    .filter((path) => path !== undefined && path !== '/dev/null')
    .flatMap((path) => inTree(path!, name))
    .find((path) => tree.has(path));
  if (from === undefined)
    throw new KernelError(`${name}: ${inTree(oldFileName!, name)[0]} is no file of the tree ${tree.kdir}`);
  if (isGone) return { from };
  const [stripped, whole] = inTree(newFileName!, name);
  const isRenamed = ![stripped, whole].includes(from) && inTree(oldFileName!, name).includes(from);
  return { from, to: isRenamed ? stripped : from };
}

/** The path without its first folder, as `patch -p1` takes it, and the whole path. */
function inTree(path: string, name: string): string[] {
  const whole = posix.normalize(path.replaceAll('\\', '/'));
  if (posix.isAbsolute(whole) || whole.split('/').includes('..'))
    throw new KernelError(`${name}: ${oneLine(path)} is no path in the tree`);
  const slash = whole.indexOf('/');
  return slash < 0 ? [whole] : [whole.slice(slash + 1), whole];
}

function applied(before: string, patch: StructuredPatch, name: string, path: string): string {
  const after = applyPatch(before, patch);
  if (after !== false) return after;
  const { hunks } = patch;
  const count = hunks.findIndex((_, i) => applyPatch(before, { ...patch, hunks: hunks.slice(0, i + 1) }) === false);
  const { oldStart, oldLines } = hunks[count];
  const isThere = applyPatch(before, reversePatch(patch)) !== false;
  const why = isThere ? 'the tree already has the patch' : 'the tree has other lines there';
  throw new KernelError(
    `${name}: hunk ${count + 1} of ${hunks.length} of ${path}, for its lines ${oldStart} to ${oldStart + Math.max(0, oldLines - 1)}, does not apply: ${why}`,
  );
}

/** The numbers of the lines of `after` that `before` does not have. */
function addedLines(before: string, after: string): ReadonlySet<number> {
  const numbers = new Set<number>();
  let line = 1;
  for (const { added, removed, count } of diffLines(before, after)) {
    if (added) for (let i = 0; i < count; i++) numbers.add(line + i);
    if (!removed) line += count;
  }
  return numbers;
}
