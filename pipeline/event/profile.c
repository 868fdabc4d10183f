#include "pipeline/event/profile.h"

#include "pipeline/event/field.h"

/* The changes so far: one place for each field, NO_FIELD where untouched. */
struct changes {
	struct profile_change *at;
	unsigned ignored;
};

static enum outcome
read_unset(struct reading *r, const struct json *unset, struct changes *changes)
{
	if (json_absent(unset))
		return (DONE);
	if (unset->kind != JSON_ARRAY)
		return (fail_with(refuse(r, DEAD_WRONG_TYPE), REJECT,
		    "/unset: not a list of names"));
	for (const struct json *name = unset->first; name != NULL;
	     name = name->next) {
		int field;

		if (name->kind != JSON_STRING)
			return (fail_with(refuse(r, DEAD_WRONG_TYPE), REJECT,
			    "/unset: not a list of names"));
		field = schema_profile_field(r->schema, name->text);
		if (field == NO_FIELD)
			changes->ignored++;
		else
			changes->at[field] = (struct profile_change){
			    .field = field, .value = value_null()};
	}
	return (DONE);
}

static enum outcome
read_change(struct reading *r, const struct json *json, struct changes *changes)
{
	int i = schema_profile_field(r->schema, json->name);
	struct value value = value_null();

	if (i == NO_FIELD) {
		changes->ignored++;
		return (DONE);
	}
	if (json->kind != JSON_NULL &&
	    field_read(r, &r->schema->profile[i], r->profile_paths[i], json,
		&value) != DONE)
		return (REJECT);
	changes->at[i] = (struct profile_change){.field = i, .value = value};
	return (DONE);
}

static enum outcome
read_set(struct reading *r, const struct json *set, struct changes *changes)
{
	if (json_absent(set))
		return (DONE);
	if (set->kind != JSON_OBJECT)
		return (fail_with(
		    refuse(r, DEAD_WRONG_TYPE), REJECT, "/set: not an object"));
	for (const struct json *json = set->first; json != NULL;
	     json = json->next) {
		if (read_change(r, json, changes) != DONE)
			return (REJECT);
	}
	return (DONE);
}

enum outcome
profile_read(struct reading *r, const struct json *data, struct event *ret)
{
	size_t n = r->schema->n_profile;
	struct changes changes = {
	    .at = ARENA_ARRAY(r->arena, n, struct profile_change)};
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		changes.at[i].field = NO_FIELD;
	if (read_unset(r, json_member(data, SPAN("unset")), &changes) != DONE ||
	    read_set(r, json_member(data, SPAN("set")), &changes) != DONE)
		return (REJECT);
	for (size_t i = 0; i < n; i++) {
		if (changes.at[i].field != NO_FIELD)
			changes.at[kept++] = changes.at[i];
	}
	ret->changes = changes.at;
	ret->n_changes = kept;
	ret->ignored = changes.ignored;
	return (DONE);
}
