import { type Freeing, pushBound } from '../../models/pushBound.ts';
import { effectsOf, type OperationSpec, pagesOf, performs, type VmSpec } from '../spec.ts';
import type { TrackerDescriptor } from '../trackerDescriptor.ts';

/**
 * Whether the leeway is proved to cover what vCPUs can push between two full checks: see
 * `pushBound`. If so, no vCPU finds its ring full inside the guest. False where no bound is known:
 * the model has no host writes and no slot that changes.
 */
export function leewaySuffices(
  { sharedLog, freeing }: Pick<TrackerDescriptor, 'sharedLog' | 'freeing'>,
  spec: VmSpec,
): boolean {
  if (performs(spec, 'host-write', 'set-slot')) return false;
  const bounds = spec.rings.map((_, ring) => boundOf(spec, freeing, ring));
  if (sharedLog) {
    const [leeway, bound] = [spec.rings.reduce((sum, ring) => sum + ring.leeway, 0), sumOf(bounds)];
    return bound !== undefined && leeway >= bound - 1;
  }
  // At the check, there was room for the leeway and one more entry.
  return spec.rings.every(({ leeway }, ring) => bounds[ring] !== undefined && leeway >= bounds[ring] - 1);
}

/** The most that a ring's vCPU can push between two full checks; undefined: no bound is proved. */
function boundOf(spec: VmSpec, freeing: Freeing, ring: number): number | undefined {
  const own = spec.actors.filter(({ role, vcpu }) => role === 'vcpu' && vcpu === ring);
  const writes = own.flatMap(({ operations }) => operations.filter((op) => effectsOf(op).records === 'guest writes'));
  const pages = Math.max(0, ...writes.map((op) => pagesOf(op).length));
  if (pages === 0) return 0;
  // The hardware's log is drained before each check, and holds no more.
  if (spec.pml !== undefined) return spec.pml;
  const written = new Set(writes.flatMap(namesOf));
  const others = spec.actors.filter((actor) => !own.includes(actor)).flatMap(({ operations }) => operations);
  const unconditional = others.filter(
    (op) => effectsOf(op).records === 'entries' && namesOf(op).some((name) => written.has(name)),
  ).length;
  return pushBound({ pages, freeing, unconditional });
}

const namesOf = (op: OperationSpec): string[] => pagesOf(op).map((page) => page.join(':'));

const sumOf = (bounds: readonly (number | undefined)[]): number | undefined =>
  bounds.reduce<number | undefined>(
    (sum, bound) => (sum === undefined || bound === undefined ? undefined : sum + bound),
    0,
  );
