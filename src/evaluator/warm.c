/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* warm.c - take an evaluation's page faults while nobody waits for it */
#include "evaluator/warm.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ /* before glibc 2.35 */
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

#define HEAP_MAX  (1u << 20) /* bytes: each spare has its own; a small policy's heap is 400 KiB */
#define STACK_MAX 40960	     /* what an evaluation was seen to use */
#define PAGE_MIN  4096

static struct {
	char *heap;
	struct {
		char *at;
		size_t n;
	} code[2]; /* this program's, and libc's */
} here;

static int note_code(struct dl_phdr_info *object, size_t size, void *data)
{
	const uintptr_t within[] = { (uintptr_t)mt_warm, (uintptr_t)dl_iterate_phdr };

	(void)size;
	(void)data;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &object->dlpi_phdr[i];
		uintptr_t at = object->dlpi_addr + p->p_vaddr;

		for (int k = 0; k < 2 && p->p_type == PT_LOAD && p->p_flags & PF_X; k++)
			if (within[k] - at < p->p_memsz) {
				here.code[k].at = (char *)(at & -(uintptr_t)getpagesize());
				here.code[k].n = at + p->p_memsz - (uintptr_t)here.code[k].at;
			}
	}
	return 0;
}

void mt_warm_begin(void)
{
	uintptr_t page = (uintptr_t)getpagesize(), end = (uintptr_t)sbrk(0);

	here.heap = (char *)((end + page - 1) & -page);
	dl_iterate_phdr(note_code, NULL);
}

__attribute__((noinline)) static void touch_stack(void)
{
	volatile char room[STACK_MAX];

	for (size_t i = 0; i < sizeof room; i += PAGE_MIN)
		room[i] = 0;
}

void mt_warm(void)
{
	size_t heap = here.heap ? (size_t)((char *)sbrk(0) - here.heap) : 0;

	madvise(here.heap, heap < HEAP_MAX ? heap : HEAP_MAX, MADV_POPULATE_WRITE);
	for (int k = 0; k < 2; k++)
		madvise(here.code[k].at, here.code[k].n, MADV_POPULATE_READ);
	touch_stack();
}
