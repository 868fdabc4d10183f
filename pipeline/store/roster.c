/*
 * A hash table for the ids and a skip list for the order, over the same
 * entries.  An entry's height comes from its id's hash, so that a run is the
 * same each time; each level holds a quarter of the one below.
 */
#include "pipeline/store/roster.h"

#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/base/hash.h"

enum {
	LEVELS_MAX = 16,
	LEVEL_BITS = 2,    /* of the hash decide over one more level */
	HEIGHT_SHIFT = 32, /* the lower half of the hash is the table's */
	FIRST_SLOTS = 64,
};

struct roster_entry {
	uint64_t hash;
	struct roster_entry *chain; /* the next in its slot        */
	char *id;
	size_t id_length;
	char *bytes;
	size_t length;
	int64_t score;
	bool scored;
	int height;
	struct roster_entry *next[]; /* height of them, where scored */
};

struct roster {
	struct roster_entry **slots;
	size_t n_slots; /* a power of two */
	size_t n;
	struct roster_entry *first[LEVELS_MAX];
};

static void *
allocate(size_t n, size_t size)
{
	void *memory = calloc(n, size);

	CHECK(memory != NULL);
	return (memory);
}

static char *
copy_bytes(struct span from)
{
	char *copy = malloc(from.length + 1);

	CHECK(copy != NULL);
	if (from.length > 0)
		(void)memcpy(copy, from.at, from.length);
	return (copy);
}

struct roster *
roster_new(void)
{
	struct roster *roster = allocate(1, sizeof *roster);

	roster->n_slots = FIRST_SLOTS;
	roster->slots = allocate(FIRST_SLOTS, sizeof(struct roster_entry *));
	return (roster);
}

static void
free_entry(struct roster_entry *entry)
{
	free(entry->id);
	free(entry->bytes);
	free(entry);
}

void
roster_free(struct roster *roster)
{
	if (roster == NULL)
		return;
	for (size_t i = 0; i < roster->n_slots; i++) {
		while (roster->slots[i] != NULL) {
			struct roster_entry *entry = roster->slots[i];

			roster->slots[i] = entry->chain;
			free_entry(entry);
		}
	}
	free(roster->slots);
	free(roster);
}

struct span
roster_id(const struct roster_entry *entry)
{
	return ((struct span){entry->id, entry->id_length});
}

struct span
roster_bytes(const struct roster_entry *entry)
{
	return ((struct span){entry->bytes, entry->length});
}

int64_t
roster_score_of(const struct roster_entry *entry)
{
	return (entry->score);
}

/* The link that holds the id's entry, or the last of its chain. */
static struct roster_entry **
link_of(const struct roster *roster, struct span id, uint64_t hash)
{
	struct roster_entry **link =
	    &roster->slots[hash & (roster->n_slots - 1)];

	while (*link != NULL &&
	       ((*link)->hash != hash || !span_equals(roster_id(*link), id)))
		link = &(*link)->chain;
	return (link);
}

const struct roster_entry *
roster_find(const struct roster *roster, struct span id)
{
	return (*link_of(roster, id, hash_id(id)));
}

static void
grow(struct roster *roster)
{
	size_t n_slots = roster->n_slots * 2;
	struct roster_entry **slots =
	    allocate(n_slots, sizeof(struct roster_entry *));

	for (size_t i = 0; i < roster->n_slots; i++) {
		while (roster->slots[i] != NULL) {
			struct roster_entry *entry = roster->slots[i];
			struct roster_entry **slot =
			    &slots[entry->hash & (n_slots - 1)];

			roster->slots[i] = entry->chain;
			entry->chain = *slot;
			*slot = entry;
		}
	}
	free(roster->slots);
	roster->slots = slots;
	roster->n_slots = n_slots;
}

static int
height_of(uint64_t hash)
{
	int height = 1;

	hash >>= HEIGHT_SHIFT;
	while (height < LEVELS_MAX && (hash & ((1U << LEVEL_BITS) - 1)) == 0) {
		height++;
		hash >>= LEVEL_BITS;
	}
	return (height);
}

static struct roster_entry *
find_or_add(struct roster *roster, struct span id)
{
	uint64_t hash = hash_id(id);
	struct roster_entry **link = link_of(roster, id, hash);
	struct roster_entry *entry = *link;
	int height = height_of(hash);

	if (entry != NULL)
		return (entry);
	entry = allocate(
	    1, sizeof *entry + (size_t)height * sizeof(struct roster_entry *));
	entry->hash = hash;
	entry->height = height;
	entry->id = copy_bytes(id);
	entry->id_length = id.length;
	*link = entry;
	if (++roster->n > roster->n_slots)
		grow(roster);
	return (entry);
}

void
roster_put(struct roster *roster, struct span id, struct span bytes)
{
	struct roster_entry *entry = find_or_add(roster, id);

	free(entry->bytes);
	entry->bytes = copy_bytes(bytes);
	entry->length = bytes.length;
}

static bool
comes_before(const struct roster_entry *a, const struct roster_entry *b)
{
	if (a->score != b->score)
		return (a->score < b->score);
	return (span_compare(roster_id(a), roster_id(b)) < 0);
}

/* On each level, the link that leads to the first that is not before it. */
static void
seek(struct roster *roster, const struct roster_entry *entry,
    struct roster_entry **links[LEVELS_MAX])
{
	struct roster_entry *last = NULL;

	for (int level = LEVELS_MAX - 1; level >= 0; level--) {
		struct roster_entry **link =
		    last == NULL ? &roster->first[level] : &last->next[level];

		while (*link != NULL && comes_before(*link, entry)) {
			last = *link;
			link = &last->next[level];
		}
		links[level] = link;
	}
}

static void
leave_order(struct roster *roster, struct roster_entry *entry)
{
	struct roster_entry **links[LEVELS_MAX];

	if (!entry->scored)
		return;
	seek(roster, entry, links);
	for (int level = 0; level < entry->height; level++) {
		CHECK(*links[level] == entry);
		*links[level] = entry->next[level];
	}
	entry->scored = false;
}

void
roster_score(struct roster *roster, struct span id, int64_t score)
{
	struct roster_entry *entry = find_or_add(roster, id);
	struct roster_entry **links[LEVELS_MAX];

	leave_order(roster, entry);
	entry->score = score;
	entry->scored = true;
	seek(roster, entry, links);
	for (int level = 0; level < entry->height; level++) {
		entry->next[level] = *links[level];
		*links[level] = entry;
	}
}

void
roster_remove(struct roster *roster, struct span id)
{
	struct roster_entry **link = link_of(roster, id, hash_id(id));
	struct roster_entry *entry = *link;

	if (entry == NULL)
		return;
	leave_order(roster, entry);
	*link = entry->chain;
	roster->n--;
	free_entry(entry);
}

const struct roster_entry *
roster_first(const struct roster *roster)
{
	return (roster->first[0]);
}

const struct roster_entry *
roster_next(const struct roster_entry *entry)
{
	return (entry->next[0]);
}
