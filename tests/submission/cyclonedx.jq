# SPDX-License-Identifier: BSD-2-Clause
# What CycloneDX 1.5 lays down for the parts that `ddk sbom` writes: prints one line for each breach. An object has
# no other keys than these.
def keys_are($where; $must; $may):
  if type != "object" then "\($where): no object"
  else (($must - keys)[] | "\($where): \(.) is missing"), ((keys - $must - $may)[] | "\($where): \(.) is not of the format")
  end;
def text($where): if type == "string" then empty else "\($where): no string" end;
def length_of: {"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128}[.];
def hash($where):
  keys_are($where; ["alg", "content"]; []),
  (.content as $c | (.alg | length_of) as $n |
    if $n == null then "\($where): alg \(.alg)" elif ($c | test("^[0-9a-fA-F]{\($n)}$")) then empty else "\($where): content \($c)" end);
def licenses($where):
  if all(.[]; has("license")) then
    (.[] | keys_are($where; ["license"]; []), (.license | keys_are($where; []; ["id", "name"])),
      (if (.license | has("id")) != (.license | has("name")) then empty else "\($where): id or name" end))
  elif length == 1 then .[0] | keys_are($where; ["expression"]; []), (.expression | text($where))
  else "\($where): one expression or a list of licences" end;
def property($where): keys_are($where; ["name", "value"]; []), (.name, .value | text($where));
def component($where):
  keys_are($where; ["type", "name"]; ["bom-ref", "version", "description", "publisher", "supplier", "hashes", "licenses", "purl",
    "properties", "components", "pedigree"]),
  (if .type | IN("application", "framework", "library", "container", "platform", "operating-system", "device", "device-driver",
    "firmware", "file", "machine-learning-model", "data") then empty else "\($where): type \(.type)" end),
  (.name, .version // "", .description // "", .publisher // "", .["bom-ref"] // "" | text($where)),
  (if (.purl // "pkg:rpm/x") | test("^pkg:rpm/[!-~]+$") then empty else "\($where): purl \(.purl)" end),
  (.hashes // [] | .[] | hash("\($where) hashes")),
  (if has("licenses") then .licenses | licenses("\($where) licenses") else empty end),
  (.properties // [] | .[] | property("\($where) properties")),
  (if has("supplier") then .supplier | keys_are("\($where) supplier"; []; ["name", "url", "contact"]) else empty end),
  (if has("pedigree") then .pedigree | keys_are("\($where) pedigree"; ["ancestors"]; []), (.ancestors[] | component("\($where) ancestor")) else empty end),
  (.name as $n | .components // [] | (.[] | component("\($where) > \($n)")), (if length == (unique | length) then empty else "\($where): components twice" end));

keys_are("top"; ["bomFormat", "specVersion", "version"]; ["serialNumber", "metadata", "components", "dependencies", "formulation"]),
(if .bomFormat == "CycloneDX" and .specVersion == "1.5" and .version == 1 then empty else "top: format and version" end),
(if .serialNumber | test("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$") then empty else "serialNumber \(.serialNumber)" end),
(.metadata | keys_are("metadata"; ["timestamp", "tools", "component"]; []),
  (if .timestamp | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$") then empty else "timestamp \(.timestamp)" end),
  (.tools | keys_are("tools"; ["components"]; [])), (.tools.components[], .component | component("metadata"))),
(.components[] | component("components")),
(.formulation // [] | .[] | keys_are("formulation"; ["components"]; ["bom-ref"]), (.components[] | component("formulation"))),
(.dependencies[] | keys_are("dependencies"; ["ref"]; ["dependsOn"])),
([.. | objects | .["bom-ref"]? // empty] as $refs |
  ($refs | group_by(.)[] | select(length > 1) | "bom-ref \(.[0]) is there \(length) times"),
  (.dependencies[] | .ref, .dependsOn[]? | . as $r | select($refs | index([$r]) | not) | "dependency on \($r), which is none"),
  (if [.dependencies[].ref] | length == (unique | length) then empty else "dependencies: a ref twice" end))
