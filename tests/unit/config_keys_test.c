/*
 * Every row of every table is read: a key that the files in tests/config do
 * not use is one that nobody knows to work.  Rows of a later version are
 * refused by files of their own.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/reference.h"
#include "config/report_text.h"
#include "config/sources.h"
#include "tests/unit/read_document.h"
#include "tests/unit/some_zones.h"

enum { ROWS_MAX = 1000 };

static struct key seen[ROWS_MAX];
static size_t n_seen;

static void
see(const void *row)
{
	const struct key *key = row;

	for (size_t i = 0; i < n_seen; i++) {
		if (memcmp(&seen[i], key, sizeof *key) == 0)
			return;
	}
	assert_true(n_seen < ROWS_MAX);
	seen[n_seen++] = *key;
}

static bool
is_seen(const struct key *key)
{
	for (size_t i = 0; i < n_seen; i++) {
		if (memcmp(&seen[i], key, sizeof *key) == 0)
			return (true);
	}
	return (false);
}

static void
read_all(struct binder *b, const char *pattern, const struct config *config)
{
	struct set set = {.whole = true};
	struct failure why = {{0}};
	struct sources sources;

	sources_init(&sources, b);
	if (sources_add(&sources, NULL, span_of(pattern), &set, &why) != DONE)
		fail_msg("%s %s", pattern, why.text);
	for (size_t i = 0; i < set.n; i++)
		read_document(b, set.documents[i], config);
}

static void
every_key_is_read_from_some_file(void **state)
{
	struct arena *arena = arena_new();
	struct findings *findings = findings_new(arena);
	struct binder b = {.arena = arena,
	    .report = findings_report(findings),
	    .zones = &some_zones,
	    .bound = see};
	struct config config = {.zones = &some_zones};
	struct set set = {.whole = true};
	struct failure why = {{0}};
	struct sources sources;

	(void)state;
	sources_init(&sources, &b);
	assert_int_equal(sources_add(&sources, NULL,
			     SPAN("tests/config/schema.yaml"), &set, &why),
	    DONE);
	config.schema = read_schema(&b, set.documents[0]->root);
	b.currency = &config.schema->currency;
	read_all(&b, "tests/config/good", &config);
	read_all(&b, "tests/config/*/*later*.yaml", &config);
	for (int kind = 0; kind < KINDS; kind++) {
		const struct table *const *tables = reference_tables(kind);

		for (size_t i = 0; tables[i] != NULL; i++) {
			for (size_t j = 0; j < tables[i]->n; j++) {
				if (!is_seen(&tables[i]->keys[j]))
					fail_msg("%s: no file has '%s'",
					    tables[i]->title,
					    tables[i]->keys[j].name);
			}
		}
	}
	arena_free(arena);
}

/* What is not written twice: a default is either a text or words. */
static void
every_row_says_what_it_is(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		const struct table *const *tables = reference_tables(kind);

		for (size_t i = 0; tables[i] != NULL; i++) {
			for (size_t j = 0; j < tables[i]->n; j++) {
				const struct key *key = &tables[i]->keys[j];

				if (key->about == NULL ||
				    (key->type == KEY_CUSTOM) !=
					(key->read != NULL) ||
				    (key->type == KEY_CUSTOM &&
					key->form == NULL) ||
				    (key->required && key->preset != NULL) ||
				    (key->type == KEY_INT &&
					key->min >= key->max))
					fail_msg("%s: '%s'", tables[i]->title,
					    key->name);
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_is_read_from_some_file),
	    cmocka_unit_test(every_row_says_what_it_is),
	};

	return (cmocka_run_group_tests_name("config_keys", tests, NULL, NULL));
}
