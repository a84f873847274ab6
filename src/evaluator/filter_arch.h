/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter_arch.h - the architecture that the evaluator's filter is for, as the kernel numbers it
 *
 * make expands it with the compiler that builds moontap, for filter_gen, which runs on the machine
 * that builds; filter.h compares it. An architecture is missing here until somebody has looked at
 * how it takes the arguments of the calls that the filter checks: filter_gen.c adapt().
 */
#ifndef MT_EVALUATOR_FILTER_ARCH_H
#define MT_EVALUATOR_FILTER_ARCH_H

#include <linux/audit.h>

#if defined __x86_64__ && !defined __ILP32__
#define MT_FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined __i386__
#define MT_FILTER_ARCH AUDIT_ARCH_I386
#elif defined __aarch64__ && defined __AARCH64EL__ && !defined __ILP32__
#define MT_FILTER_ARCH AUDIT_ARCH_AARCH64
#elif defined __ARM_EABI__ && defined __ARMEL__
#define MT_FILTER_ARCH AUDIT_ARCH_ARM
#elif defined __s390x__
#define MT_FILTER_ARCH AUDIT_ARCH_S390X
#elif defined __powerpc64__ && defined __LITTLE_ENDIAN__
#define MT_FILTER_ARCH AUDIT_ARCH_PPC64LE
#elif defined __riscv && __riscv_xlen == 64
#define MT_FILTER_ARCH AUDIT_ARCH_RISCV64
#else
#error "the evaluator's filter of system calls is not known for this architecture"
#endif

#endif
