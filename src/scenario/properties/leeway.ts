import type { VmSpec } from '../spec.ts';

/** Whether the leeway is as large as what vCPUs may record between two looks at it. One list serves all of them. */
export function leewaySuffices(spec: VmSpec): boolean {
  const most = Math.max(
    spec.pml ?? 0,
    ...spec.actors.flatMap(({ operations }) => operations.map((op) => (op.do === 'write' ? op.pages.length : 0))),
  );
  const vcpus = spec.actors.filter(({ role }) => role === 'vcpu').length;
  return spec.tracker === 'gfn-list'
    ? spec.rings.reduce((sum, { leeway }) => sum + leeway, 0) >= vcpus * most - 1
    : spec.rings.every(({ leeway }) => leeway >= most - 1);
}
