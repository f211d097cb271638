# SPDX-License-Identifier: BSD-2-Clause
# C without its comments and what stands in quotes, so that what is left was meant for the compiler.
FNR == 1 { comment = 0 }
{
	line = $0
	out = ""
	while (line != "") {
		if (comment) {
			end = index(line, "*/")
			if (!end) break
			line = substr(line, end + 2)
			comment = 0
			out = out " "
		} else if (match(line, /\/\*|\/\/|"(\\.|[^"\\])*"?|'(\\.|[^'\\])*'?/)) {
			start = substr(line, RSTART, 2)
			out = out substr(line, 1, RSTART - 1)
			line = substr(line, RSTART + RLENGTH)
			if (start == "//") break
			if (start == "/*") comment = 1
			else out = out "\"\""
		} else {
			out = out line
			break
		}
	}
	print out
}
