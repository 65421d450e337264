import { performs, type VmSpec } from '../spec.ts';

/**
 * Whether the leeway is as large as what vCPUs may record between two looks at it. One list serves all of them. Not where a page can be
 * recorded twice in a row: when it was re-armed by the host's entry and the vCPU's is still there, or when its slot has changed. A reset that is under way has armed
 * pages whose entries still count, so that a write of several pages may take twice as much: no built-in scenario comes to it, and `campaign/fair.ts` leaves out what does.
 */
export function leewaySuffices(spec: VmSpec): boolean {
  if (performs(spec, 'host-write', 'set-slot')) return false;
  const written = spec.actors.flatMap(({ operations }) =>
    operations.map((op) => (op.do === 'write' ? op.pages.length : 0)),
  );
  const most = Math.max(0, ...written) && (spec.pml ?? Math.max(...written));
  const vcpus = spec.actors.filter(({ role }) => role === 'vcpu').length;
  return spec.tracker === 'gfn-list'
    ? spec.rings.reduce((sum, { leeway }) => sum + leeway, 0) >= vcpus * most - 1
    : spec.rings.every(({ leeway }) => leeway >= most - 1);
}
