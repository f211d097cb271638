/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/report.h"

/* Severity is always a word as well as a colour: a page may be printed, or read aloud. */
static const char style[] =
	":root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--quiet:#57606a;--line:#d0d7de;"
	"--card:#f6f8fa;--link:#0550ae;--error:#a40e26;--warning:#7d4e00;--note:#0550ae;"
	"--good:#116329}\n"
	"@media (prefers-color-scheme:dark){:root{--back:#0d1117;--text:#e6edf3;--quiet:#9198a1;"
	"--line:#3d444d;--card:#161b22;--link:#79b8ff;--error:#ff8e86;--warning:#e3b341;"
	"--note:#79b8ff;--good:#6fdd8b}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--back);color:var(--text);"
	"font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
	"h1{margin:0;font-size:1.75rem;line-height:1.2}\n"
	"h2{margin:2.5rem 0 .75rem;padding-bottom:.25rem;border-bottom:1px solid var(--line);"
	"font-size:1.25rem}\n"
	"h3{margin:1.5rem 0 .5rem;font-size:1rem}\n"
	"p{margin:.5rem 0;max-width:44rem}\n"
	"a{color:var(--link)}\n"
	"ul{padding-left:1.25rem}\n"
	".verdict,nav ul{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0;padding:0;"
	"list-style:none}\n"
	".verdict li{padding:.125rem .75rem;border:1px solid var(--line);border-radius:1rem;"
	"background:var(--card)}\n"
	"nav ul{gap:.25rem 1.25rem}\n"
	".error{color:var(--error)}.warning{color:var(--warning)}.note{color:var(--note)}"
	".good{color:var(--good)}.none,.quiet{color:var(--quiet)}\n"
	"dl{display:grid;grid-template-columns:minmax(6rem,max-content) minmax(0,1fr);"
	"gap:.125rem 1rem;margin:.5rem 0}\n"
	"dt{color:var(--quiet)}dd{margin:0}\n"
	".wide{overflow-x:auto;border:1px solid var(--line);border-radius:.375rem}\n"
	"table{border-collapse:collapse;width:100%;font-size:.875rem}\n"
	"th,td{padding:.375rem .625rem;border-bottom:1px solid var(--line);text-align:left;"
	"vertical-align:top;min-width:5rem;overflow-wrap:break-word}\n"
	"thead th{background:var(--card);font-weight:600}\n"
	"tbody tr:last-child>*{border-bottom:0}\n"
	"tbody th{font-weight:600}\n"
	".long{min-width:14rem;overflow-wrap:anywhere}\n"
	"code{font:.875em ui-monospace,monospace}\n"
	"summary{cursor:pointer;color:var(--quiet)}details ul{margin:.25rem 0 .5rem}\n"
	"footer{margin-top:3rem;color:var(--quiet);font-size:.875rem}\n"
	"@media print{:root{--back:#fff;--text:#000;--quiet:#444;--line:#999;--card:#eee;"
	"--link:#000;--error:#900;--warning:#640;--note:#036;--good:#040}body{max-width:none;"
	"padding:0;font-size:.75rem}nav{display:none}.wide{overflow:visible;border:0}"
	"tr,h2,h3{break-inside:avoid;break-after:auto}h2,h3{break-after:avoid}"
	"th,td,.long{min-width:0;overflow-wrap:anywhere}}\n";

void report_style(struct strbuf *sb)
{
	strbuf_adds(sb, style);
}
