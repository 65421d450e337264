# B22, in virt/kvm/dirty_ring.c: of a batch, only the pages beyond the end of the slot are left out.
/^static void kvm_reset_dirty_gfn(/,/^}/{
/offset >= memslot->npages ||$/{
s/ ||$/)/
n
s/.*/\t\treturn;\n\tif (memslot->npages - offset < BITS_PER_LONG)\n\t\tmask \&= (1UL << (memslot->npages - offset)) - 1;/
n
d
}
}
