# SPDX-License-Identifier: BSD-2-Clause
# Compilers, linkers and their flags, by architecture.

triple.x64 := x86_64-pc-windows-gnu
triple.x86 := i686-pc-windows-gnu
gcc.x64    := x86_64-w64-mingw32-gcc
gcc.x86    := i686-w64-mingw32-gcc
mingw.x64  := /usr/x86_64-w64-mingw32/lib
mingw.x86  := /usr/i686-w64-mingw32/lib
entry.x64  := DriverEntry
entry.x86  := DriverEntry@8
dlltool.x64 := i386:x86-64
dlltool.x86 := i386

# In a driver nobody saves the x87 and SSE registers for 32-bit code.
machine.x64 :=
machine.x86 := -mno-sse -mno-mmx -msoft-float

build.free    := -DDBG=0 -DNDEBUG
build.checked := -DDBG=1

# wdm.h defines these two once more after intrin.h has: without this, clang emits them in every object.
nt_header_fixes := -D__INTRINSIC_DEFINED_InterlockedBitTestAndSet \
	-D__INTRINSIC_DEFINED_InterlockedBitTestAndReset

# Windows 7. A frame of more than 1 KiB is an error: a kernel stack has 12 KiB on x86.
nt_flags := -std=gnu11 -O2 -ffreestanding -fno-stack-protector -fno-ident -fno-strict-aliasing \
	$(nt_header_fixes) -D_WIN32_WINNT=0x0601 -DNTDDI_VERSION=0x06010000 \
	-Wall -Wextra -Werror -Wframe-larger-than=1024 -Wvla -Wmissing-prototypes \
	-Wstrict-prototypes -Wshadow -Wno-unknown-pragmas
nt_includes := -isystem /usr/share/mingw-w64/include/ddk -isystem /usr/share/mingw-w64/include

# __try does not link on i686 and gcc does not know it; nobody here needs it.
clang_flags := $(nt_flags) -fms-extensions -fno-jump-tables -funwind-tables -g -gcodeview \
	-Wthread-safety -Werror=thread-safety -Wno-microsoft -D__try=NO_SEH_IN_THIS_KIT \
	-fdebug-compilation-dir=/dk -fcoverage-compilation-dir=/dk
gcc_flags.x64 := $(nt_flags)
gcc_flags.x86 := $(nt_flags) -fno-asynchronous-unwind-tables

link_flags := /driver:wdm /subsystem:native,6.1 /nodefaultlib /debug /Brepro /opt:ref,icf
