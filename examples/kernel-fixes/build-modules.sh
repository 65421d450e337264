#!/bin/sh
# Builds KVM's modules of a source tree against Debian's headers of the same version:
#   sh build-modules.sh SOURCE RELEASE TO
# SOURCE is an unpacked linux-source, RELEASE is as in /usr/src/linux-headers-RELEASE, and TO gets
# kvm.ko and kvm-amd.ko. irqbypass.ko is not rebuilt: copy that of the kernel's package.
set -eu
source=$(realpath "$1") headers=/usr/src/linux-headers-$2 to=$3
kvm=$source/arch/x86/kvm
# Debian's headers have no KVM, so its makefile must find the other half beside itself.
sed -i 's,\$(srctree)/,$(src)/../../../,' "$kvm/Makefile"
make -j"$(nproc)" -C "$headers" M="$kvm" KCFLAGS="-I$source/virt/kvm" CONFIG_KVM_INTEL= CONFIG_DEBUG_INFO_BTF_MODULES= modules
mkdir -p "$to"
cp "$kvm/kvm.ko" "$kvm/kvm-amd.ko" "$to"
strip --strip-debug "$to"/*.ko
