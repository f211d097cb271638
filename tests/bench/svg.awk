# SPDX-License-Identifier: BSD-2-Clause
# docs/benchmarks.svg, from what median.awk has read: bars of each way by the limit, and of several disks by one.

function escape(s) {
	gsub(/&/, "\\&amp;", s)
	gsub(/</, "\\&lt;", s)
	return s
}
function text(x, y, class, s) {
	printf "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, y, class, escape(s)
}
# A bar of a value, on a scale whose largest value has 420 pixels.
function bar(y, class, label, value, most) {
	text(172, y + 13, "label", label)
	if (value == "")
		return
	printf "<rect x=\"180\" y=\"%d\" width=\"%.1f\" height=\"16\" class=\"%s\"/>\n", y, 420 * value / most, class
	text(186 + 420 * value / most, y + 13, "value", sprintf("%.2f", value))
}
function largest(part, n, names, variants, v,	i, j, r, most) {
	most = 1
	for (i = 1; i <= n; i++)
		for (j = 1; j <= v; j++) {
			r = part == "build" ? ratio(part, names[i], variants[j], "limit") : ratio(part, names[i], "disks", "disks", names[1])
			if (r > most)
				most = r
		}
	return most
}

END {
	n = split(list["build"], drivers, " ")
	m = split(list["disks"], disks, " ")
	v = split("limit kit parallel serial dkms", variants, " ")
	title["limit"] = "bare compile"
	title["kit"] = "the kit"
	title["parallel"] = "plain, -j"
	title["serial"] = "plain, -j1"
	title["dkms"] = "dkms build"
	height = 40 + n * (v * 20 + 40) + 30 + m * 20 + 20

	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 680 %d\" role=\"img\" aria-label=\"Time by the bare compile\">\n", height
	print "<!-- SPDX-License-Identifier: BSD-2-Clause -->"
	print "<style>"
	print "svg { background: #ffffff; font: 13px sans-serif; }"
	print "text { fill: #1b1f24; } .label { text-anchor: end; } .head { font-weight: bold; } .value { fill: #57606a; }"
	print ".kit { fill: #1a7f37; } .limit { fill: #57606a; } .other { fill: #9aa4af; } line { stroke: #57606a; stroke-dasharray: 3 3; }"
	print "@media (prefers-color-scheme: dark) {"
	print "svg { background: #0d1117; } text { fill: #e6edf3; } .value { fill: #9aa4af; }"
	print ".kit { fill: #3fb950; } .limit { fill: #c9d1d9; } .other { fill: #6e7681; } line { stroke: #c9d1d9; }"
	print "}"
	print "</style>"
	text(20, 24, "head", "Seconds by those of the bare compile (shorter is better)")
	y = 40
	most = largest("build", n, drivers, variants, v)
	for (i = 1; i <= n; i++) {
		text(20, y + 14, "head", drivers[i])
		top = y + 20
		y = top
		for (j = 1; j <= v; j++) {
			class = variants[j] == "kit" ? "kit" : variants[j] == "limit" ? "limit" : "other"
			bar(y, class, title[variants[j]], ratio("build", drivers[i], variants[j], "limit"), most)
			y += 20
		}
		printf "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>\n", 180 + 420 / most, top - 4, 180 + 420 / most, y
		y += 20
	}
	text(20, y + 14, "head", "Several disks under one make, seconds by those of one disk")
	y += 24
	most = largest("disks", m, disks, variants, 1)
	for (i = 1; i <= m; i++) {
		bar(y, "kit", disks[i] (disks[i] == 1 ? " disk" : " disks"), ratio("disks", disks[i], "disks", "disks", disks[1]), most)
		y += 20
	}
	print "</svg>"
}
