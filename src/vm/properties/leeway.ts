import { type Freeing, pushBound } from '../../models/pushBound.ts';
import { type OperationSpec, performs, type VmSpec } from '../spec.ts';

/**
 * Whether the leeway is as large as what vCPUs can push between two full checks, as far as that is proved: see `pushBound`. Then no vCPU finds its ring
 * full inside the guest. One list serves all vCPUs. What the host writes, and a slot that changes, is not in the model: then no bound is known.
 */
export function leewaySuffices(spec: VmSpec): boolean {
  if (performs(spec, 'host-write', 'set-slot')) return false;
  const bounds = spec.rings.map((_, ring) => boundOf(spec, ring));
  if (spec.tracker === 'gfn-list') {
    const [leeway, bound] = [spec.rings.reduce((sum, ring) => sum + ring.leeway, 0), sumOf(bounds)];
    return bound !== undefined && leeway >= bound - 1;
  }
  // At the check there was room for the leeway and one more.
  return spec.rings.every(({ leeway }, ring) => bounds[ring] !== undefined && leeway >= bounds[ring] - 1);
}

/** What the vCPU of a ring can push between two full checks. */
function boundOf(spec: VmSpec, ring: number): number | undefined {
  const own = spec.actors.filter(({ role, vcpu }) => role === 'vcpu' && vcpu === ring);
  const writes = own.flatMap(({ operations }) => operations.filter((op) => op.do === 'write'));
  const pages = Math.max(0, ...writes.map((op) => op.pages.length));
  if (pages === 0) return 0;
  // The log of the hardware is drained before each check, and holds no more.
  if (spec.pml !== undefined) return spec.pml;
  const written = new Set(writes.flatMap(namesOf));
  const others = spec.actors.filter((actor) => !own.includes(actor)).flatMap(({ operations }) => operations);
  const unasked = others.filter((op) => op.do === 'push' && namesOf(op).some((name) => written.has(name))).length;
  return pushBound({ pages, freeing: freeingOf(spec), unasked });
}

/** The mail's ring gives entries back when all of their pages are armed; the list empties itself first; the merged ring gives back one by one, first. */
const freeingOf = ({ tracker = 'gfn-ring' }: VmSpec): Freeing =>
  tracker === 'gfn-ring' ? 'after re-arming' : 'before re-arming';

const namesOf = (op: OperationSpec): string[] =>
  op.do === 'push' ? [`${op.slot}:${op.offset}`] : 'pages' in op ? op.pages.map((page) => page.join(':')) : [];

const sumOf = (bounds: readonly (number | undefined)[]): number | undefined =>
  bounds.reduce<number | undefined>(
    (sum, bound) => (sum === undefined || bound === undefined ? undefined : sum + bound),
    0,
  );
