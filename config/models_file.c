/* Kind ModelSet: the parameters of churn. */
#include "config/kinds.h"

enum {
	MODEL_MBG_NBD = 1,
	UNIT_WEEK,
};

struct cohort_file {
	struct span name;
	struct churn_params params;
};

struct churn_file {
	int model;
	int unit;
	struct churn_params params;
};

struct models_file {
	struct span name;
	struct span currency;
	struct churn_file churn;
};

static const struct word models[] = {
    {"mbg_nbd", MODEL_MBG_NBD, false},
    {"mbg_cnbd", 0, true},
    {"bg_nbd", 0, true},
    {"pareto_nbd", 0, true},
};
static const struct word units[] = {{"week", UNIT_WEEK, false}};

static const struct key cohort_keys[] = {
    {.name = "name",
	.type = KEY_NAME,
	.required = true,
	KEY_AT(cohort_file, name),
	.about = "Its name."},
    {.name = "r",
	.type = KEY_DOUBLE,
	.required = true,
	.min = 1,
	KEY_AT(cohort_file, params.r),
	.about = "Shape of the distribution of purchase rates."},
    {.name = "alpha",
	.type = KEY_DOUBLE,
	.required = true,
	.min = 1,
	KEY_AT(cohort_file, params.alpha),
	.about = "Its scale, in weeks."},
    {.name = "a",
	.type = KEY_DOUBLE,
	.required = true,
	.min = 1,
	KEY_AT(cohort_file, params.a),
	.about = "First parameter of the chance to leave after a purchase."},
    {.name = "b",
	.type = KEY_DOUBLE,
	.required = true,
	.min = 1,
	KEY_AT(cohort_file, params.b),
	.about = "Second parameter of it."},
    {.name = "when", .type = KEY_LATER, .about = "Who belongs to it."},
    {.name = "k", .type = KEY_LATER, .about = "Regularity."},
};
static const struct table cohort_table = {.title = "A cohort",
    .about = "Under `cohorts:`; in this version there is one, of all "
	     "customers.",
    .keys = cohort_keys,
    .n = ROWS(cohort_keys)};

static bool
read_cohorts(struct binder *b, struct node *node, void *target)
{
	struct churn_file *churn = target;
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	if (node->n == 0)
		refuse(b, node, "E013", NULL, "'cohorts' needs a cohort");
	for (size_t i = 0; i < node->n; i++) {
		struct cohort_file cohort = {.name = SPAN("")};

		good = bind_mapping(b, node->items[i]) &&
		       bind_table(b, &cohort_table, node->items[i], &cohort) &&
		       good;
		churn->params = cohort.params;
		if (i == 0 || node_value(node->items[0], SPAN("when")) != NULL)
			continue;
		refuse(b, node->items[i], "E015",
		    "cohorts with conditions are not available in this version",
		    "only one cohort can be of all customers");
		good = false;
	}
	return (good && node->n > 0);
}

static const struct key churn_keys[] = {
    {.name = "model",
	.type = KEY_WORD,
	.required = true,
	KEY_NUMBER(churn_file, model),
	KEY_WORDS(models),
	.about = "`mbg_nbd`."},
    {.name = "unit",
	.type = KEY_WORD,
	.required = true,
	KEY_NUMBER(churn_file, unit),
	KEY_WORDS(units),
	.about = "Of `alpha` and of every time in the model; written so that "
		 "it is seen."},
    {.name = "cohorts",
	.type = KEY_CUSTOM,
	.required = true,
	.inner = &cohort_table,
	.read = read_cohorts,
	.form = "[cohort]",
	.about = "Parameters."},
    {.name = "k", .type = KEY_LATER, .about = "Regularity."},
};
static const struct table churn_table = {.title = "churn",
    .about = "The model of purchases and of leaving.",
    .keys = churn_keys,
    .n = ROWS(churn_keys)};

static const struct key models_keys[] = {
    KIND_ROWS(models_file, name),
    {.name = "schema",
	.type = KEY_FREE,
	.required = true,
	.about = "The EventSchema that it is for."},
    {.name = "currency",
	.type = KEY_TEXT,
	.required = true,
	KEY_AT(models_file, currency),
	.about = "The schema's; written because amounts were fitted in it."},
    {.name = "churn",
	.type = KEY_TABLE,
	.required = true,
	KEY_AT(models_file, churn),
	.inner = &churn_table,
	.about = "The model of purchases and of leaving."},
    {.name = "value", .type = KEY_LATER, .about = "The model of amounts."},
    {.name = "fitted",
	.type = KEY_FREE,
	.form = "anything",
	.about = "What it was fitted to: for people."},
};
static const struct table models_table = {.title = "ModelSet",
    .about = "Parameters of the customer models: at most one for a schema.",
    .keys = models_keys,
    .n = ROWS(models_keys)};

const struct table *const models_tables[] = {
    &models_table, &churn_table, &cohort_table, NULL};

const struct churn_params *
read_models(struct binder *b, struct node *root, const struct schema *schema)
{
	struct models_file *file = ARENA_NEW(b->arena, struct models_file);

	(void)bind_table(b, &models_table, root, file);
	if (schema != NULL && file->currency.length > 0 &&
	    !span_equals(file->currency, span_of(schema->currency.code)))
		refuse(b, node_value(root, SPAN("currency")), "E040",
		    "fit the models again",
		    "the models are in %.*s, the schema is in %s",
		    SPAN_ARGS(file->currency), schema->currency.code);
	return (&file->churn.params);
}
