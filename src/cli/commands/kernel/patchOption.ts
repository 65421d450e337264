import { readInputBytes, readStandardInput } from '../../../files/readInput.ts';
import { type CompiledKernel, KernelError } from '../../../kernel/compiled.ts';
import { applyToTree, type PatchedTree } from '../../../kernel/patch/applyPatch.ts';

/** What a run says of the files of a patch. */
export interface PatchVerdict {
  readonly compiled: readonly PatchedFile[];
  /** Files whose changes gfnring does not compile: nothing is said of them. */
  readonly notCompiled: readonly string[];
}

interface PatchedFile {
  readonly file: string;
  /** The definitions that the patch changes; empty: the file is compiled as a whole. */
  readonly definitions: readonly string[];
}

/**
 * Applies the patch of `--patch`: a file, or standard input for `-`. Throws `BadInput` and
 * `KernelError`.
 */
export function readPatch(kdir: string, patch: string): PatchedTree {
  const what = 'patch';
  const text = patch === '-' ? readStandardInput({ what }) : readInputBytes(patch, { what }).toString();
  return applyToTree(kdir, text, nameOfPatch(patch));
}

const nameOfPatch = (patch: string): string => (patch === '-' ? 'the patch' : patch);

/**
 * Which files of a patch are compiled. Throws `KernelError` if it changes nothing that is compiled.
 */
export function verdictOfPatch(
  { added }: PatchedTree,
  before: CompiledKernel,
  after: CompiledKernel,
  patch: string,
): PatchVerdict {
  const files = [...added.keys()];
  const compiled = files.flatMap((file) => {
    const names = changedParts(before, after, file);
    return names.length === 0 ? [] : [{ file, definitions: names.filter((name) => name !== '') }];
  });
  const notCompiled = files.filter((file) => !compiled.some((other) => other.file === file));
  if (compiled.length === 0)
    throw new KernelError(
      `${nameOfPatch(patch)} changes nothing that gfnring compiles: it changes ${notCompiled.join(', ')}`,
    );
  return { compiled, notCompiled };
}

/** The definitions of a file that differ; '' for a file that is compiled as a whole. */
function changedParts(before: CompiledKernel, after: CompiledKernel, file: string): string[] {
  const hashes = ({ parts }: CompiledKernel): Map<string, string> =>
    new Map(parts.filter((part) => part.file === file).map(({ name, hash }) => [name, hash]));
  const [old, now] = [hashes(before), hashes(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
}

/** Lines of text for the end of a comparison. */
export function patchLines({ compiled, notCompiled }: PatchVerdict): string[] {
  const names = compiled.map(({ file, definitions }) =>
    definitions.length === 0 ? file : `${file} (${definitions.join(', ')})`,
  );
  return [
    `compiled of the patch: ${names.join(', ')}`,
    ...(notCompiled.length === 0 ? [] : [`not compiled, so not judged: ${notCompiled.join(', ')}`]),
  ];
}
