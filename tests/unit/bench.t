#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The medians of `make bench`, its page and its plot, from figures made by hand.
. "$(dirname "$0")/../lib/tap.sh"
scratch
bench=$(cd "$(dirname "$0")/../bench" && pwd)
cd "$SCRATCH" || exit 1

cat >machine <<'END'
rpms|100
runs|3
objects-acme|41
image|1073741824
compiler|cc <12> & more
END
# The limit takes 10, 30 and 20 seconds, the kit 11, 36 and 21: by the limit 1.1, 1.2 and 1.05.
cat >results <<'END'
build|acme|limit|1|10|8|1|2048
build|acme|limit|2|30|8|1|2048
build|acme|limit|3|20|8|1|4096
build|acme|kit|1|11|9|1|2048
build|acme|kit|2|36|9|1|2048
build|acme|kit|3|21|9|1|2048
build|acme|serial|1|40|9|1|2048
build|acme|serial|2|60|9|1|2048
disks|1|disks|1|4|1|1|1024
disks|2|disks|1|6|1|1|1024
disks|10|disks|1|22|1|1|1024
check|100|openssl|1|10|9|1|1024
check|100|openssl-two|1|6|9|1|1024
check|100|check|1|8|14|1|51200
check|50|check|1|4|7|1|51200
check|modules|check|1|0.1|0.1|0|51200
END

median() {
	echo "END { print $1 }" >print.awk
	awk -f "$bench/median.awk" -f print.awk machine results
}
is "the median of three" "$(median 'median("build", "acme", "limit", "seconds")')" 20
is "of two" "$(median 'median("build", "acme", "serial", "seconds")')" 50
is "of one" "$(median 'median("disks", "10", "disks", "seconds")')" 22
is "of none there is none" "[$(median 'median("build", "acme", "dkms", "seconds")')]" "[]"
is "processor time is user and system" "$(median 'median("check", "100", "check", "cpu")')" 15
is "memory in MiB" "$(median 'median("build", "acme", "limit", "mib")')" 2
is "ratios are of one round" "$(median 'ratio("build", "acme", "kit", "limit")')" 1.1
is "rounds that one of them lacks do not count" "$(median 'ratio("build", "acme", "serial", "limit")')" 3
is "also between disks" "$(median 'ratio("disks", "10", "disks", "disks", "1")')" 5.5

awk -f "$bench/median.awk" -f "$bench/md.awk" machine results >page.md
page=$(cat page.md)
like "the page has seconds, ratio, processor, memory and runs of a way" "$page" '^\| the kit: .* \| 21\.00 \| 1\.10 \| 10\.0 \| 2 \| 3 \|$'
unlike "and no way that was not measured" "$page" '^\| `dkms build'
like "disks by one disk" "$page" '^\| 10 \| 22\.00 \| 5\.50 \| 1 \|$'
like "check by openssl: as fast is 100 %" "$page" '^\| `ddk check`, 100 RPMs \| 8\.00 \| 15\.00 \| 125 % \| 75 % \| 67 % \| 50 \|$'
like "twice the packages" "$page" '^Twice the packages take 2\.00 times'
unlike "nothing came out empty" "$page" '^\|.*\|  ?\|.*[0-9]|[ -](nan|inf)( |$)'

awk -f "$bench/median.awk" -f "$bench/svg.awk" machine results >plot.svg
ok "the plot is well-formed" xmllint --noout plot.svg
is "a bar for each way that was measured and for each number of disks" "$(grep -c '<rect ' plot.svg)" 6
# The longest bar has 420 pixels: serial, 3 times the limit.
like "bars are in proportion" "$(cat plot.svg)" '<rect x="180" y="[0-9]+" width="140\.0" height="16" class="limit"/>'
like "the longest fills its place" "$(cat plot.svg)" '<rect x="180" y="[0-9]+" width="420\.0" height="16" class="other"/>'
like "it has colours for dark pages" "$(cat plot.svg)" 'prefers-color-scheme: dark'
done_testing
