/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sys_start.c - where the program starts, and what a compiler wants of a libc */
#include "client/client.h"
#include "client/sys.h"

#ifdef MT_CLIENT_BARE

#ifdef __x86_64__
/* The outermost frame is marked by a frame pointer of 0; a call wants the stack aligned to 16. */
__asm__(".text\n"
	".globl _start\n"
	".type _start, @function\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start\n"
	"	hlt\n"
	".size _start, . - _start\n");
#else
/* The outermost frame is marked by a frame pointer of 0; the kernel has aligned the stack. */
__asm__(".text\n"
	".globl _start\n"
	".type _start, %function\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	mov x0, sp\n"
	"	bl start\n"
	"	brk #1\n"
	".size _start, . - _start\n");
#endif

/* The compiler calls these by itself; the loops must not become such calls in turn. */
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);

void *memcpy(void *to, const void *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((char *)to)[i] = ((const char *)from)[i];
	return to;
}

void *memset(void *to, int c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((char *)to)[i] = (char)c;
	return to;
}

__attribute__((noreturn, used)) void start(long *stack);

/* @stack: argc, argv, NULL, envp, NULL, the auxiliary vector: fs/binfmt_elf.c create_elf_tables() */
__attribute__((noreturn, used)) void start(long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1), **envp = argv + argc + 1, **end = envp;
	bool secure = false;

	while (*end)
		end++;
	for (long *aux = (long *)(end + 1); *aux != AT_NULL; aux += 2)
		secure |= aux[0] == AT_SECURE && aux[1];
	for (int status = mt_client(argc, argv, envp, secure);;)
		CALL(exit_group, status, 0, 0, 0, 0);
}

#else /* with a libc */

#include <sys/auxv.h>

int main(int argc, char **argv, char **envp)
{
	return mt_client(argc, argv, envp, getauxval(AT_SECURE));
}

#endif
