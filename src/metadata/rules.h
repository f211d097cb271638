/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_RULES_H
#define DDK_RULES_H

/*
 * What a value may look like. Each takes a value that is not empty and returns NULL when it is
 * sound, else the rule it breaks, in words that finish the sentence "VALUE: …". `ddk check` holds
 * the metadata of foreign disks against the same rules.
 */

/* originator, repository name, driver, flavour: become directory, file and RPM names. */
const char *rule_identifier(const char *v);
/* ORIGINATOR:NAME */
const char *rule_repository(const char *v);
/*
 * Numbers with dots. All readers compare the arcs as integers; the shell readers do so in 32 bits.
 */
const char *rule_version(const char *v);
/* Digits, perhaps letters after them: all that readers before 2017 take for a build. */
const char *rule_build(const char *v);
/* product and platform: attributes that the shell reader compares without decoding entities. */
const char *rule_product(const char *v);
/* A description: one printable line; the shell reader eats backslashes. */
const char *rule_text(const char *v);
/* The ISO 9660 application identifier has 128 bytes (ECMA-119 8.4.20). */
const char *rule_vendor(const char *v);
const char *rule_uname(const char *v);
/* Version of an RPM or of the kit. */
const char *rule_kver(const char *v);
const char *rule_arch(const char *v);
/* 8-4-4-4-12 hex digits, lower case. */
const char *rule_uuid(const char *v);
/* eq ne lt gt le ge */
const char *rule_test(const char *v);
/* Comma separated words of xapi's after-apply-guidance; unknown ones are dropped silently there. */
const char *rule_guidance(const char *v);
/* File name of an RPM on the disk: the shell readers split at blanks. */
const char *rule_rpm_file(const char *v);
/* Name, version, release or architecture of an RPM: install.sh splits its list at blanks. */
const char *rule_rpm_word(const char *v);
/* Any printable ASCII line. */
const char *rule_line(const char *v);

#endif
