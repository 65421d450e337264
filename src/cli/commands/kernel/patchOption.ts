import { readInputBytes, readStandardInput } from '../../../files/readInput.ts';
import { type CompiledKernel, KernelError } from '../../../kernel/compiled.ts';
import { applyToTree, type PatchedTree } from '../../../kernel/patch/applyPatch.ts';
import { codeLines, unreachedOf } from '../../../kernel/run/unreached.ts';
import { ranges } from './coverageOption.ts';

/** Which files of a patch are compiled. */
interface PatchedFiles {
  readonly compiled: readonly PatchedFile[];
  /** Files whose changes gfnring does not compile: nothing is said of them. */
  readonly notCompiled: readonly string[];
}

interface PatchedFile {
  readonly file: string;
  /** The definitions that the patch changes; empty: the file is compiled as a whole. */
  readonly definitions: readonly string[];
  /** Lines that the patch adds outside of the definitions that are compiled. */
  readonly elsewhere: readonly number[];
}

/** What a run says of the lines of a patch. */
export interface PatchVerdict extends PatchedFiles {
  /** By file: lines with code that the patch adds, and that no scenario reached. */
  readonly unreached: Readonly<Record<string, readonly number[]>>;
  /** How much was executed of the lines with code that the patch adds; null: it adds none. */
  readonly executed: 'all' | 'some' | 'nothing' | null;
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

/** Throws `KernelError` if a patch changes nothing that is compiled. */
export function filesOfPatch(
  { added }: PatchedTree,
  before: CompiledKernel,
  after: CompiledKernel,
  patch: string,
): PatchedFiles {
  const files = [...added.keys()];
  const compiled = files.flatMap((file) => {
    const names = changedParts(before, after, file);
    const parts = after.parts.filter((part) => part.file === file);
    const isCompiled = (line: number): boolean => parts.some(({ from, to }) => from <= line && line <= to);
    const elsewhere = [...added.get(file)!].filter((line) => !isCompiled(line));
    return names.length === 0 ? [] : [{ file, definitions: names.filter((name) => name !== ''), elsewhere }];
  });
  const notCompiled = files.filter((file) => !compiled.some((other) => other.file === file));
  if (compiled.length === 0)
    throw new KernelError(
      `${nameOfPatch(patch)} changes nothing that gfnring compiles: it changes ${notCompiled.join(', ')}`,
    );
  return { compiled, notCompiled };
}

/** The verdict after a run of the patched code, which is compiled with coverage. */
export function verdictOfPatch(files: PatchedFiles, { added }: PatchedTree, after: CompiledKernel): PatchVerdict {
  const { lines } = unreachedOf(after);
  const ofPatch = (numbers: readonly number[], file: string): number[] =>
    numbers.filter((line) => added.get(file)?.has(line));
  const unreached = [...added.keys()]
    .map((file) => [file, ofPatch(lines[file] ?? [], file)] as const)
    .filter(([, numbers]) => numbers.length > 0);
  const code = [...added.keys()].reduce((sum, file) => sum + ofPatch(codeLines(after, file), file).length, 0);
  const missed = unreached.reduce((sum, [, numbers]) => sum + numbers.length, 0);
  const executed = code === 0 ? null : missed === 0 ? 'all' : missed === code ? 'nothing' : 'some';
  return { ...files, unreached: Object.fromEntries(unreached), executed };
}

/** The definitions of a file that differ; '' for a file that is compiled as a whole. */
function changedParts(before: CompiledKernel, after: CompiledKernel, file: string): string[] {
  const hashes = ({ parts }: CompiledKernel): Map<string, string> =>
    new Map(parts.filter((part) => part.file === file).map(({ name, hash }) => [name, hash]));
  const [old, now] = [hashes(before), hashes(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
}

/** Lines of text for the end of a comparison. */
export function patchLines({ compiled, notCompiled, unreached, executed }: PatchVerdict): string[] {
  const names = compiled.map(({ file, definitions }) =>
    definitions.length === 0 ? file : `${file} (${definitions.join(', ')})`,
  );
  const others = [
    ...notCompiled,
    ...compiled.flatMap(({ file, elsewhere }) => (elsewhere.length === 0 ? [] : `${file} ${ranges(elsewhere)}`)),
  ];
  const missed = Object.entries(unreached).map(([file, lines]) => `${file} ${ranges(lines)}`);
  return [
    `compiled of the patch: ${names.join(', ')}`,
    ...(others.length === 0 ? [] : [`not compiled, so not judged: ${others.join(', ')}`]),
    ...(missed.length === 0 ? [] : [`not reached by any scenario, so not judged: ${missed.join(', ')}`]),
    ...(executed === 'nothing' ? ['undecided: no line that the patch adds was executed'] : []),
    ...(executed === 'all' ? ['each line of code that the patch adds was executed'] : []),
  ];
}
