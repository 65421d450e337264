/* See kvm_host.h. */
#pragma once
#include <linux/kvm_host.h>
