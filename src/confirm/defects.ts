/** What a maintainer asks about a defect. */
interface DefectDescription {
  readonly what: string;
  readonly where: string;
  readonly since: string;
  readonly fix: string;
}

/** Defects that a booted kernel can show, by their number in docs/trackers.md. */
export const defectDescriptions: Readonly<Record<string, DefectDescription>> = {
  B20: {
    what: 'KVM_RESET_DIRTY_RINGS gives slots_lock back before it drops stale translations. Another thread then finds nothing to reset, and copies the page. A vCPU still writes to it through a stale translation. No ring entry names that write.',
    where: 'kvm_vm_ioctl_reset_dirty_pages() in virt/kvm/kvm_main.c',
    since: 'Linux 5.11 (fb04a1eddb1a)',
    fix: 'drop stale translations before slots_lock is given back. 6dbf79e7164e (2012) fixed the same kind of race in KVM_GET_DIRTY_LOG. examples/kernel-fixes has an edit script; with it, the same schedule loses nothing',
  },
  B19: {
    what: 'a signal ends a reset that has taken an entry off the ring and not yet re-armed its page. The page stays writable, and no entry names it. What is written to it next is lost.',
    where: 'kvm_dirty_ring_reset() in virt/kvm/dirty_ring.c',
    since: 'Linux 6.17 (49005a2a3d2a)',
    fix: 're-arm what was taken before the function returns. examples/kernel-fixes has an edit script; with it, the same schedule loses nothing',
  },
  B22: {
    what: 'one page beyond the end of its slot keeps the other pages of its batch from being re-armed. They stay writable, and no entry names them. What is written to them next is lost.',
    where: 'kvm_reset_dirty_gfn() in virt/kvm/dirty_ring.c',
    since: 'Linux 5.11 (fb04a1eddb1a)',
    fix: 'leave out only the pages that are out of range. examples/kernel-fixes has an edit script; with it, the same schedule loses nothing',
  },
};
