/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See primitives.h. Functions are cdecl; on x64 that is the Windows convention: arguments in rcx,
 * rdx, r8, and rbx, rdi, rsi belong to the caller, which the unwinder must be told about.
 *
 * Xen's hypercall convention (xen/arch-x86/xen-x86_64.h and xen-x86_32.h): the ordinal in rax, the
 * arguments in rdi, rsi, rdx, r10, r8; or eax and ebx, ecx, edx, esi, edi; the answer in rax or eax.
 */
#ifdef __x86_64__

#ifdef __ELF__ /* the host test; ELF has no such unwind tables */
.macro .seh_proc name
.endm
.macro .seh_pushreg register
.endm
.macro .seh_endprologue
.endm
.macro .seh_endproc
.endm
	.section .note.GNU-stack, "", @progbits
#else
.macro coff_function name
	.def \name
	.scl 2
	.type 32
	.endef
.endm
#endif

.macro function name
	.text
	.balign 16
	.globl \name
#ifndef __ELF__
	coff_function \name
#endif
	.seh_proc \name
\name:
.endm

.macro end
	.seh_endproc
.endm

.macro hypercall name, instruction:vararg
function \name
	pushq %rdi
	.seh_pushreg %rdi
	pushq %rsi
	.seh_pushreg %rsi
	.seh_endprologue
	movq %rcx, %rax
	movq %rdx, %r11
	movq (%r11), %rdi
	movq 8(%r11), %rsi
	movq 16(%r11), %rdx
	movq 24(%r11), %r10
	movq 32(%r11), %r8
	\instruction
	popq %rsi
	popq %rdi
	ret
end
.endm

function XenAsmCpuid
	pushq %rbx
	.seh_pushreg %rbx
	.seh_endprologue
	movl %ecx, %eax
	movl %edx, %ecx
	movq %r8, %r11
	cpuid
	movl %eax, (%r11)
	movl %ebx, 4(%r11)
	movl %ecx, 8(%r11)
	movl %edx, 12(%r11)
	popq %rbx
	ret
end

hypercall XenAsmVmcall, vmcall
hypercall XenAsmVmmcall, vmmcall

.macro port_in name, instruction:vararg
function \name
	.seh_endprologue
	movl %ecx, %edx
	xorl %eax, %eax
	\instruction
	ret
end
.endm

.macro port_out name, instruction:vararg
function \name
	.seh_endprologue
	movl %edx, %eax
	movl %ecx, %edx
	\instruction
	ret
end
.endm

port_in XenAsmIn8, inb %dx, %al
port_in XenAsmIn16, inw %dx, %ax
port_out XenAsmOut8, outb %al, %dx
port_out XenAsmOut16, outw %ax, %dx
port_out XenAsmOut32, outl %eax, %dx

function XenAsmInterruptsOff
	.seh_endprologue
	cli
	ret
end

function XenAsmInterruptsOn
	.seh_endprologue
	sti
	ret
end

#else

.macro function name
	.text
	.balign 16
	.globl _\name
	.def _\name
	.scl 2
	.type 32
	.endef
_\name:
.endm

.macro hypercall name, instruction:vararg
function \name
	pushl %ebp
	movl %esp, %ebp
	pushl %ebx
	pushl %esi
	pushl %edi
	movl 8(%ebp), %eax
	movl 12(%ebp), %edi
	movl (%edi), %ebx
	movl 4(%edi), %ecx
	movl 8(%edi), %edx
	movl 12(%edi), %esi
	movl 16(%edi), %edi
	\instruction
	popl %edi
	popl %esi
	popl %ebx
	popl %ebp
	ret
.endm

function XenAsmCpuid
	pushl %ebp
	movl %esp, %ebp
	pushl %ebx
	pushl %esi
	movl 8(%ebp), %eax
	movl 12(%ebp), %ecx
	movl 16(%ebp), %esi
	cpuid
	movl %eax, (%esi)
	movl %ebx, 4(%esi)
	movl %ecx, 8(%esi)
	movl %edx, 12(%esi)
	popl %esi
	popl %ebx
	popl %ebp
	ret

hypercall XenAsmVmcall, vmcall
hypercall XenAsmVmmcall, vmmcall

.macro port_in name, instruction:vararg
function \name
	movl 4(%esp), %edx
	xorl %eax, %eax
	\instruction
	ret
.endm

.macro port_out name, instruction:vararg
function \name
	movl 4(%esp), %edx
	movl 8(%esp), %eax
	\instruction
	ret
.endm

port_in XenAsmIn8, inb %dx, %al
port_in XenAsmIn16, inw %dx, %ax
port_out XenAsmOut8, outb %al, %dx
port_out XenAsmOut16, outw %ax, %dx
port_out XenAsmOut32, outl %eax, %dx

function XenAsmInterruptsOff
	cli
	ret

function XenAsmInterruptsOn
	sti
	ret

#endif
