import type { CoverageArm, CoverageBlock, CoverageMap } from '../compiled.ts';
import type { DebugInfo } from './debugInfo.ts';

const LABEL = /^([\w.$-]+|"[^"]+"):/;
const TERMINATOR = /^\s+(?:br|ret|switch|unreachable|indirectbr)\b/;
const CONDITIONAL = /^(\s+)br i1 (%[\w.-]+), label %([\w.$-]+), label %([\w.$-]+)/;
const UNCONDITIONAL = /^\s+br label %([\w.$-]+)/;

interface Block {
  readonly label: string;
  readonly places: Set<string>;
  points: readonly number[];
  /** It reports a failed WARN_ON: no scenario should reach it. */
  warns: boolean;
  /** The block that follows without a condition. */
  next?: string | undefined;
}

interface Arm {
  readonly place: string;
  readonly point: number;
  readonly target: string;
}

/**
 * Puts a call of `gfnring_reach` at the end of each block of LLVM IR. So a block that an access
 * leaves by an exception does not count. A conditional branch says which of its arms it takes.
 * Functions of our own headers and glue are not counted.
 */
export class CoveragePoints {
  private readonly info: DebugInfo;
  private readonly isCounted: (file: string) => boolean;
  private points = 0;
  private readonly blocks: CoverageBlock[] = [];
  private readonly arms: CoverageArm[] = [];
  /** Of the current function. Empty: it is not counted. */
  private ofFunction: Block[] = [];
  private armsOfFunction: Arm[] = [];

  constructor(info: DebugInfo, isCounted: (file: string) => boolean) {
    this.info = info;
    this.isCounted = isCounted;
  }

  get map(): CoverageMap {
    return { points: this.points, blocks: this.blocks, arms: this.arms };
  }

  /** The lines of IR that come before `line`. Takes the lines of a module one after the other. */
  before(line: string): string[] {
    if (line.startsWith('define ')) {
      this.beginFunction(line);
      return [];
    }
    if (line === '}') this.endFunction();
    const block = this.ofFunction.at(-1);
    if (block === undefined) return [];
    const label = LABEL.exec(line)?.[1];
    if (label !== undefined) {
      this.addBlock(label);
      return [];
    }
    const place = this.info.placeOf(line);
    if (place !== undefined && place.line > 0) block.places.add(`${place.file}:${place.line}`);
    if (line.includes('@gfnring_warn(')) block.warns = true;
    return TERMINATOR.test(line) ? this.endBlock(block, line) : [];
  }

  private beginFunction(line: string): void {
    this.ofFunction = [];
    this.armsOfFunction = [];
    if (this.isCounted(this.info.fileOfFunction(line))) this.addBlock('');
  }

  private addBlock(label: string): void {
    // The entry block may have a label of its own.
    const entry = this.ofFunction[0];
    if (this.ofFunction.length === 1 && entry.places.size === 0 && entry.points.length === 0) this.ofFunction.pop();
    this.ofFunction.push({ label, places: new Set(), points: [], warns: false });
  }

  private endBlock(block: Block, line: string): string[] {
    const conditional = CONDITIONAL.exec(line);
    if (conditional === null) {
      block.next = UNCONDITIONAL.exec(line)?.[1];
      block.points = [this.points++];
      return [`  call void @gfnring_reach(i32 ${block.points[0]})`];
    }
    const [, indent, condition, ...targets] = conditional;
    const place = this.info.siteOf(line);
    block.points = targets.map(() => this.points++);
    for (const [i, target] of targets.entries()) this.armsOfFunction.push({ place, point: block.points[i], target });
    const name = `%gfn.arm${block.points[0]}`;
    return [
      `${indent}${name} = select i1 ${condition}, i32 ${block.points[0]}, i32 ${block.points[1]}`,
      `${indent}call void @gfnring_reach(i32 ${name})`,
    ];
  }

  private endFunction(): void {
    const labelled = new Map(this.ofFunction.map((block) => [block.label, block]));
    for (const { warns, places, points } of this.ofFunction)
      if (!warns && places.size > 0) this.blocks.push({ places: [...places], points });
    for (const { place, point, target } of this.armsOfFunction) {
      const block = labelled.get(target);
      if (block !== undefined && !block.warns) this.arms.push({ place, point, to: firstPlace(block, labelled) });
    }
    this.ofFunction = [];
  }
}

/** The first line of a block, or of what follows it. */
function firstPlace(block: Block, labelled: ReadonlyMap<string, Block>): string | null {
  const seen = new Set<Block>();
  for (let at: Block | undefined = block; at !== undefined && !seen.has(at); at = labelled.get(at.next ?? '')) {
    seen.add(at);
    const [first] = at.places;
    if (first !== undefined) return first;
  }
  return null;
}
