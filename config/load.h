#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "config/daemon_file.h"
#include "config/report_text.h"
#include "pipeline/lab/rule_test.h"
#include "pipeline/rule/edition.h"

/*
 * From files to checked structures.  Everything lies in the arena that is
 * passed in and is never changed again.  Mistakes of all files are collected in
 * the findings; the caller prints them (report_text.h).
 */
struct config_options {
	const struct zones *zones;
	/* The environment: getenv.  NULL: a variable has its default, or is
	   empty. */
	char *(*variable)(const char *name);
	struct findings *findings;
};

struct config {
	const struct daemon_config *daemon; /* NULL: of a RuleTest */
	const struct zones *zones;
	const struct schema *schema;
	const struct policy *policy;        /* NULL: none */
	const struct tier_program *program; /* NULL: none */
	const struct churn_params *churn;   /* NULL: none */
	const struct ruleset_draft *const *rulesets;
	size_t n_rulesets;
	uint64_t digest; /* of the values of schema, policy, loyalty, models */
	const struct edition *edition;
};

/*
 * What `run`, `backtest` and `customer` work with.  Secrets are read.
 *
 * DONE    *ret is it, whole
 * REJECT  there are mistakes: all are among the findings
 * FATAL   the Daemon file itself cannot be read, or is none
 */
enum outcome config_load(struct arena *arena, const char *daemon_file,
    const struct config_options *options, struct config *ret,
    struct failure *why) MUST_CHECK;

/*
 * `kithd check`: files, folders and patterns.  A Daemon among them is checked
 * with the rules that it names, a RuleTest with its files, all others together
 * by the schema that they name.  No secret is read.
 *
 * DONE    no error; there may be warnings
 * REJECT  there are errors
 * FATAL   a path cannot be read
 */
enum outcome config_check(struct arena *arena, const char *const *paths,
    size_t n_paths, const struct config_options *options,
    struct failure *why) MUST_CHECK;

struct config_tests {
	const struct rule_test_file *const *files;
	const struct config *const *configs; /* beside each */
	size_t n;
};

/*
 * `kithd test`: the RuleTests in files, and in files named *_test.yaml or
 * *_test.yml of folders, each with what it is about.
 *
 * DONE    *ret has at least one
 * REJECT  there are errors
 * FATAL   a path cannot be read, or holds no test
 */
enum outcome config_test(struct arena *arena, const char *const *paths,
    size_t n_paths, const struct config_options *options,
    struct config_tests *ret, struct failure *why) MUST_CHECK;

#endif
