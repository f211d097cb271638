# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Of `make new`: firmware, udev rules and module configuration of the source, as a data package.

# plain PATH: whether it can stand in a spec without quotes.
plain() {
	case $1 in '' | /* | *..* | *[!A-Za-z0-9._+/-]*) return 1 ;; esac
}

# put FILE KIND PLACE: a file of the source for the data package; PLACE is where the host has it.
put() {
	plain "$3" || { note "data: ${1#"$tree"/} is left out, its name cannot stand in a spec" && return 0; }
	[ -s "$1" ] || return 0
	grep -q " /$3\$" "$work/data" && return 0
	mkdir -p "$new/data/$name-data-$version/$2"
	into=$2/$(basename "$3")
	[ ! -e "$new/data/$name-data-$version/$into" ] || into=$2/$(echo "$3" | tr / -)
	cp -L "$1" "$new/data/$name-data-$version/$into"
	chmod 0644 "$new/data/$name-data-$version/$into"
	echo "$into /$3" >>"$work/data"
}

# The firmware files that the source asks for, in $work/firmware: by string, or by a name that is #defined.
look_firmware() {
	grep -rhoE --include='*.[ch]' 'MODULE_FIRMWARE[[:space:]]*\([[:space:]]*("[^"]*"|[A-Za-z_][A-Za-z0-9_]*)[[:space:]]*\)' "$tree" |
		sed -E 's/^[^(]*\([[:space:]]*//; s/[[:space:]]*\)$//' | sort -u | while read -r what; do
		case $what in
		'"'*) printf '%s\n' "$what" | tr -d '"' ;;
		*) define "$what" && echo ;;
		esac
	done | grep . | sort -u >"$work/firmware" || :
	: >"$work/firmware.missing"
	while read -r file; do
		found=$(find "$tree" -type f -path "*/${file##*/}" ! -name '*.[ch]' | LC_ALL=C sort | head -n 1)
		if [ -n "$found" ]; then put "$found" firmware "lib/firmware/$file"; else echo "$file" >>"$work/firmware.missing"; fi
	done <"$work/firmware"
	# Without MODULE_FIRMWARE, the folder says what is firmware; the driver may look elsewhere for it.
	find "$tree" -type d \( -name firmware -o -name fw \) | LC_ALL=C sort | while read -r folder; do
		find "$folder" -type f ! -name '*.[chS]' ! -name 'Make*' ! -name Kbuild ! -iname '*readme*' ! -iname '*licen[cs]e*' ! -name '*.txt' ! -name '*.sh' ! -name '*.py' ! -name '*.md' ! -name '*.in' | LC_ALL=C sort | while read -r file; do
			grep -q "^[^ ]* /.*/${file##*/}\$" "$work/data" || {
				put "$file" firmware "lib/firmware/${file#"$folder"/}"
				echo "${file#"$tree"/}" >>"$work/firmware.guessed"
			}
		done
	done
}

look_data() {
	: >"$work/data"
	: >"$work/firmware.guessed"
	look_firmware
	find "$tree" -type f -name '*.rules' ! -path '*/debian/*' | LC_ALL=C sort >"$work/found"
	while read -r file; do
		grep -qE '^[^#]*[A-Z{}]+ *[=+!]?=' "$file" && put "$file" udev "etc/udev/rules.d/${file##*/}"
	done <"$work/found"
	find "$tree" -type f -name '*.conf' ! -name dkms.conf ! -path '*/debian/*' | LC_ALL=C sort >"$work/found"
	while read -r file; do
		# Every line that is not a comment is one of modprobe's words.
		[ -n "$(grep -vE '^[[:space:]]*(#|$)' "$file" | head -n 1)" ] || continue
		grep -vE '^[[:space:]]*(#|$)' "$file" | grep -qvE '^[[:space:]]*(options|alias|blacklist|install|remove|softdep)[[:space:]]' || {
			put "$file" config "etc/modprobe.d/${file##*/}"
			continue
		}
		case $file in */modules-load.d/*) put "$file" config "etc/modules-load.d/${file##*/}" ;; esac
	done <"$work/found"
	[ -s "$work/data" ] || return 0
	for file in "$tree"/README "$tree"/README.md "$tree"/README.txt; do
		[ ! -f "$file" ] || { put "$file" doc "usr/share/doc/$name/${file##*/}" && break; }
	done
	write_data_spec
}

# The kit's data spec, with other files.
write_data_spec() {
	export name summary date version
	awk -v data="$work/data" -v guessed="$work/firmware.guessed" '
		/^Name:/ { sub(/[^ ]*$/, ENVIRON["name"] "-data") }
		/^Summary:/ { $0 = "Summary:        Firmware and configuration of the " ENVIRON["name"] " driver" }
		/^License:/ { text = ENVIRON["licence"]; gsub(/%/, "%%", text); $0 = "License:        " text }
		/^%description/ { print; print "Firmware, udev rules, configuration and documents of the " ENVIRON["name"] " driver, as far as it has them."; print ""; skip = 1; next }
		skip && /^%/ { skip = 0 }
		skip || over && !/^%changelog/ { next }
		/^install -D/ {
			if (done++) next
			first = 1
			while ((getline line <guessed) > 0) {
				if (first) print "# No MODULE_FIRMWARE names these; compare with what the driver asks for with request_firmware():"
				first = 0
				gsub(/[^ -~]/, "?", line)
				gsub(/%/, "%%", line)
				print "#   " line
			}
			while ((getline line <data) > 0) {
				split(line, w, " ")
				print "install -D -m 0644 " w[1] " $RPM_BUILD_ROOT" w[2]
				if (w[2] ~ /^\/etc\/mod/) w[2] = "%config(noreplace) " w[2]
				files[++n] = w[2]
			}
			next
		}
		/^%defattr/ { print; for (i = 1; i <= n; i++) print files[i]; print ""; over = 1; next }
		/^%changelog/ { over = 0; print; print "* " ENVIRON["date"] " " ENVIRON["name"] " maintainers <maintainers@example.org> - " ENVIRON["version"] "-1"; print "- First driver disk."; exit }
		{ print }' "$kit/specs/helloworld-data.spec" >"$new/specs/$name-data.spec"
}
