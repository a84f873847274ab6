/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sys_x86_64.h - how a program calls the kernel: x86-64 (syscall(2)) */
#ifndef MT_CLIENT_SYS_X86_64_H
#define MT_CLIENT_SYS_X86_64_H

static inline long sys_call(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

#endif
