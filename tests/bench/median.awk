# SPDX-License-Identifier: BSD-2-Clause
# Reads the facts (KEY|VALUE) and the results (PART|DRIVER|VARIANT|RUN|seconds|user|system|KiB) of bench.sh, and has medians
# of them for the programs that write the page and the plot.

BEGIN { FS = "|" }
NF == 2 { fact[$1] = $2 }
NF == 8 {
	key = $1 SUBSEP $2 SUBSEP $3
	n = ++runs[key]
	seconds[key, $4] = $5
	add(key SUBSEP "seconds", $5)
	add(key SUBSEP "cpu", $6 + $7)
	add(key SUBSEP "mib", $8 / 1024)
	if (!(($1, $2) in known)) {
		known[$1, $2] = 1
		list[$1] = list[$1] (list[$1] == "" ? "" : " ") $2
	}
}

# Keeps values[key, 1..count[key]] sorted.
function add(key, value,	i) {
	i = ++count[key]
	while (i > 1 && values[key, i - 1] > value + 0) {
		values[key, i] = values[key, i - 1]
		i--
	}
	values[key, i] = value + 0
}

# The middle value, of an even number the mean of the two; "" of none.
function middle(key,	n) {
	n = count[key]
	if (!n)
		return ""
	return n % 2 ? values[key, (n + 1) / 2] : (values[key, n / 2] + values[key, n / 2 + 1]) / 2
}

function median(part, driver, variant, what) {
	return middle(part SUBSEP driver SUBSEP variant SUBSEP what)
}

# The median of what one run took by what another took in the same round.
function ratio(part, driver, variant, base, base_driver,	a, b, r, key) {
	a = part SUBSEP driver SUBSEP variant
	b = part SUBSEP (base_driver == "" ? driver : base_driver) SUBSEP base
	key = a SUBSEP "by" SUBSEP b
	if (!(key in count))
		for (r = 1; r <= runs[a]; r++)
			if (seconds[b, r] > 0)
				add(key, seconds[a, r] / seconds[b, r])
	return middle(key)
}

function figure(value, format) {
	return value == "" ? "-" : sprintf(format, value)
}
