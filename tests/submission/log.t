#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Logs of a submission: the same whatever was compiled first.
. "$(dirname "$0")/../lib/tap.sh"
scratch
stable="$(cd "$(dirname "$0")/../.." && pwd)/mk/stable-log.awk"
cd "$SCRATCH" || exit 1

cat >one <<'END'
+ make -C /usr/src/linux modules
make[1]: Entering directory '/usr/src/linux'
  CC [M]  /b/main.o
  CC [M]  /b/util.o
/b/util.c: In function 'two':
/b/util.c:9:6: warning: unused variable 'x' [-Wunused-variable]
    9 |  int x;
      |      ^
/b/util.c:12:6: warning: unused variable 'a' [-Wunused-variable]
   12 |  int a;
      |      ^
In file included from /b/acme.h:3,
                 from /b/main.c:1:
/b/deep.h:4:1: warning: 'three' defined but not used [-Wunused-function]
    4 | three(void)
/b/deep.h:1:1: note: declared here
  LD [M]  /b/acme.o
  MODPOST /b/Module.symvers
  CC [M]  /b/acme.mod.o
  LD [M]  /b/acme.ko
make[1]: Leaving directory '/usr/src/linux'
+ exit 0
END
cat >two <<'END'
+ make -C /usr/src/linux modules
make[1]: Entering directory '/usr/src/linux'
  CC [M]  /b/util.o
In file included from /b/acme.h:3,
                 from /b/main.c:1:
/b/deep.h:4:1: warning: 'three' defined but not used [-Wunused-function]
    4 | three(void)
/b/deep.h:1:1: note: declared here
  CC [M]  /b/main.o
/b/util.c: In function 'two':
/b/util.c:9:6: warning: unused variable 'x' [-Wunused-variable]
    9 |  int x;
      |      ^
/b/util.c:12:6: warning: unused variable 'a' [-Wunused-variable]
   12 |  int a;
      |      ^
  LD [M]  /b/acme.o
  MODPOST /b/Module.symvers
  CC [M]  /b/acme.mod.o
  LD [M]  /b/acme.ko
make[1]: Leaving directory '/usr/src/linux'
+ exit 0
END
for log in one two; do awk -f "$stable" $log >$log.stable; done
ok "two orders, the same log" cmp one.stable two.stable
is "no line is lost" "$(LC_ALL=C sort one)" "$(LC_ALL=C sort one.stable)"
is "what stands outside stays in place" "$(sed -n '1,2p; $p' one.stable)" "$(sed -n '1,2p; $p' one)"
like "a warning stays with its file" "$(tr '\n' '~' <one.stable)" "from /b/main.c:1:~/b/deep.h:4:1: warning: 'three' [^~]*~    4 \| three\(void\)~/b/deep.h:1:1: note: "
like "and what was linked last is last" "$(tr '\n' '~' <one.stable)" 'LD \[M\]  /b/acme.ko~make\[1\]: Leaving'
printf 'a\n  CC [M]  /b/x.o\nb\n  CC [M]  /b/a.o\n' >apart
ok "steps that something else stands between are not mixed" sh -c 'awk -f "$1" apart | cmp - apart' sh "$stable"
done_testing
