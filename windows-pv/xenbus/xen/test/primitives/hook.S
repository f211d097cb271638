/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for a hypercall instruction: primitives.S is assembled with vmcall defined as a call to
 * this. Keeps what was in the registers, spoils what a hypervisor may spoil, and answers.
 */
	.text
	.globl HookVmcall, HookVmmcall, CallKeeping
HookVmcall:
	movq $1, HookWhich(%rip)
	jmp 1f
HookVmmcall:
	movq $2, HookWhich(%rip)
1:	movq %rax, HookSeen(%rip)
	movq %rdi, 8+HookSeen(%rip)
	movq %rsi, 16+HookSeen(%rip)
	movq %rdx, 24+HookSeen(%rip)
	movq %r10, 32+HookSeen(%rip)
	movq %r8, 40+HookSeen(%rip)
	movq $-1, %rdi
	movq $-1, %rsi
	movq $-1, %rdx
	movq $-1, %r10
	movq $-1, %r8
	movq HookAnswer(%rip), %rax
	ret

/*
 * uint64_t CallKeeping(function, a, b, c), System V: calls a Windows function and returns what it
 * returns, with KeptWrong counting the registers that the Windows convention wants kept and that
 * came back changed: rbx, rbp, rdi, rsi, r12 to r15.
 */
CallKeeping:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	subq $40, %rsp
	movq %rdi, %rax
	movq %rcx, %r8
	movq %rsi, %rcx
	movq $0x1111, %rbx
	movq $0x2222, %rbp
	movq $0x3333, %rdi
	movq $0x4444, %rsi
	movq $0x5555, %r12
	movq $0x6666, %r13
	movq $0x7777, %r14
	movq $0x8888, %r15
	call *%rax
	xorl %ecx, %ecx
	.macro kept register, value
	cmpq $\value, \register
	setne %dl
	addb %dl, %cl
	.endm
	kept %rbx, 0x1111
	kept %rbp, 0x2222
	kept %rdi, 0x3333
	kept %rsi, 0x4444
	kept %r12, 0x5555
	kept %r13, 0x6666
	kept %r14, 0x7777
	kept %r15, 0x8888
	movq %rcx, KeptWrong(%rip)
	addq $40, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret
	.section .note.GNU-stack, "", @progbits
