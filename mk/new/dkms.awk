# SPDX-License-Identifier: BSD-2-Clause
# Reads a dkms.conf, which is a piece of bash, without running it: prints NAME, INDEX, 1 if it stands under a
# condition, and VALUE for each assignment, with tabs between. What the file itself sets is expanded;
# $(commands), `commands` and what dkms sets are left as they stand.

function peek() { return substr(text, at, 1) }

# A variable at text[at] = "$": its value if the file set one, else its own text.
function variable(    name, raw, depth) {
	if (match(substr(text, at), /^\$[A-Za-z_][A-Za-z0-9_]*/)) {
		raw = substr(text, at, RLENGTH)
		name = substr(raw, 2)
	} else if (match(substr(text, at), /^\$\{[A-Za-z_][A-Za-z0-9_]*(\[[0-9]+\])?\}/)) {
		raw = substr(text, at, RLENGTH)
		name = substr(raw, 3, RLENGTH - 3)
	} else if (match(substr(text, at), /^\$\{[^}]*\}/)) {
		raw = substr(text, at, RLENGTH)
	} else if (substr(text, at, 2) == "$(") {
		raw = "$("
		for (depth = 1; depth && at + length(raw) <= size;) {
			c = substr(text, at + length(raw), 1)
			depth += (c == "(") - (c == ")")
			raw = raw c
		}
		at += length(raw)
		return raw
	} else {
		at++
		return "$"
	}
	at += length(raw)
	if (name in set) return set[name]
	return raw
}

function quoted(    out, c) {
	for (at++; at <= size && (c = peek()) != "\"";) {
		if (c == "\\" && index("$`\"\\\n", substr(text, at + 1, 1))) {
			out = out (substr(text, at + 1, 1) == "\n" ? "" : substr(text, at + 1, 1))
			at += 2
		} else if (c == "$") out = out variable()
		else {
			out = out c
			at++
		}
	}
	at++
	return out
}

# One word, unquoted and expanded.
function word(    out, c, end) {
	out = ""
	while (at <= size && (c = peek()) !~ /[ \t\n;&|]/) {
		if (c == "\"") out = out quoted()
		else if (c == "'") {
			end = index(substr(text, at + 1), "'")
			if (!end) end = size - at
			out = out substr(text, at + 1, end - 1)
			at += end + 1
		} else if (c == "\\") {
			if (substr(text, at + 1, 1) != "\n") out = out substr(text, at + 1, 1)
			at += 2
		} else if (c == "`") {
			end = index(substr(text, at + 1), "`")
			if (!end) end = size - at
			out = out substr(text, at, end + 1)
			at += end + 1
		} else if (c == "$") out = out variable()
		else {
			out = out c
			at++
		}
	}
	return out
}

function assign(name, value,    more, n) {
	more = sub(/\+$/, "", name)
	if (more && (name in set)) value = set[name] value
	gsub(/[\t\n\r]+/, " ", value)
	if (length(value) > 8192) exit bad = 1
	if (!depth || !(name in set)) set[name] = value
	n = 0
	if (match(name, /\[[0-9]+\]$/)) {
		n = substr(name, RSTART + 1, RLENGTH - 2)
		name = substr(name, 1, RSTART - 1)
	}
	printf "%s\t%d\t%d\t%s\n", name, n, (depth > 0), value
}

{ text = text $0 "\n" }
END {
	if (bad) exit 1
	size = length(text)
	at = 1
	while (at <= size) {
		c = peek()
		if (c ~ /[ \t\n;&|()]/) at++
		else if (c == "#") {
			while (at <= size && peek() != "\n") at++
		} else if (match(substr(text, at), /^[A-Za-z_][A-Za-z0-9_]*(\[[0-9]+\])?\+?=/)) {
			name = substr(text, at, RLENGTH - 1)
			at += RLENGTH
			assign(name, word())
		} else {
			was = at
			w = word()
			if (at == was) at++
			if (w ~ /^(if|case|for|while|until)$/) depth++
			else if (w ~ /^(fi|esac|done)$/ && depth) depth--
		}
	}
}
