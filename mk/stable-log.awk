# SPDX-License-Identifier: BSD-2-Clause
# A log in an order that does not depend on which file was compiled first where several are at once: within what a
# makefile of the kernel says in one go, its lines come first, sorted, and then what compilers said, by file.
function flush_block() {
	if (block != "")
		said[++n_said] = block
	block = ""
}
function sort(list, n,    i, j, one) {
	for (i = 2; i <= n; i++) {
		one = list[i]
		for (j = i - 1; j > 0 && list[j] > one; j--)
			list[j + 1] = list[j]
		list[j + 1] = one
	}
}
function flush(    i) {
	flush_block()
	sort(steps, n_steps)
	sort(said, n_said)
	for (i = 1; i <= n_steps; i++)
		print steps[i]
	for (i = 1; i <= n_said; i++)
		printf "%s", said[i]
	n_steps = n_said = 0
}
# MODPOST is one step by itself, between those before and those after it.
/^  MODPOST / {
	flush()
	print
	next
}
/^  [A-Z][A-Z0-9_.-]*( \[M\])? +[^ ]+$/ {
	flush_block()
	steps[++n_steps] = $0
	next
}
# The first line of what a compiler says of a file, and the lines that belong to it: excerpts, carets, notes.
n_steps && /^(In file included from |cc1: |[^ :]+: In |[^ :]+: At |[^ :]+: warning: |[^ :]+:[0-9]+:([0-9]+:)? (warning|error): )/ {
	if (!(block ~ /(: In [^\n]*|: At [^\n]*|included from [^\n]*[,:])\n( +from [^\n]*\n)*$/))
		flush_block()
	block = block $0 "\n"
	next
}
block != "" && /^( +[0-9]+ \| | +\| | +from |[^ :]+:[0-9]+:([0-9]+:)? note: )/ {
	block = block $0 "\n"
	next
}
{
	flush()
	print
}
END { flush() }
