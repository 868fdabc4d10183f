#include "config/sources.h"

#include <sys/stat.h>

enum { FIRST_ROOM = 16 };

void
sources_init(struct sources *sources, struct binder *binder)
{
	*sources = (struct sources){.binder = binder};
	sources->last = &sources->first;
}

/* Of a folder may also lie the files of other programs. */
static bool
ours(const struct node *root)
{
	static const char start[] = "kith/";
	const struct node *version = node_value(root, SPAN("apiVersion"));

	return (version != NULL && version->kind == NODE_SCALAR &&
		version->text.length >= sizeof start - 1 &&
		memcmp(version->text.at, start, sizeof start - 1) == 0);
}

/* Met in a folder, and our name is nowhere in it: not even looked into. */
static bool
foreign(struct span text)
{
	const struct span name = SPAN("kith/");

	return (memmem(text.at, text.length, name.at, name.length) == NULL);
}

/* Somebody named a file and expects something of it. */
static void
warn_empty(const struct sources *sources, const struct source *source)
{
	struct source_text where =
	    place_in(sources->binder->arena, &source->file, 0, 0);

	report_warning(sources->binder->report, "W013", &where, 0, 0, NULL,
	    "the file holds no document");
}

static void
classify(struct sources *sources, struct source *source, bool named)
{
	struct documents roots;

	source->file.whole = true;
	if (!named && foreign(source->file.text))
		return;
	roots = document_read(
	    sources->binder->arena, &source->file, sources->binder->report);
	source->documents =
	    ARENA_ARRAY(sources->binder->arena, roots.n, struct document);
	for (size_t i = 0; i < roots.n; i++) {
		struct document *document = &source->documents[source->n];

		/* Nothing but comments between two ---. */
		if (node_null(roots.roots[i]))
			continue;
		document->root = roots.roots[i];
		document->file = &source->file;
		document->kind = KIND_NONE;
		if (named || ours(document->root))
			document->kind =
			    kind_of(sources->binder, document->root);
		source->n++;
	}
	if (named && source->n == 0 && source->file.whole)
		warn_empty(sources, source);
}

static struct source *
find(const struct sources *sources, const struct stat *status)
{
	struct source *source = sources->first;

	while (source != NULL && (source->device != status->st_dev ||
				     source->number != status->st_ino))
		source = source->next;
	return (source);
}

static enum outcome
read_source(struct sources *sources, struct span path, bool named,
    struct source **ret, struct failure *why)
{
	struct arena *arena = sources->binder->arena;
	struct stat status = {0};
	struct source *source;
	struct span text;

	if (stat(arena_span(arena, path).at, &status) == 0) {
		*ret = find(sources, &status);
		if (*ret != NULL)
			return (DONE);
	}
	/* One byte more than allowed, so that it is seen and said. */
	if (path_read(arena, path, FILE_BYTES_MAX + 1, &text, why) != DONE)
		return (REJECT);
	source = ARENA_NEW(arena, struct source);
	source->file =
	    (struct file){.name = path, .text = text, .number = ++sources->n};
	source->device = status.st_dev;
	source->number = status.st_ino;
	classify(sources, source, named);
	*sources->last = source;
	sources->last = &source->next;
	*ret = source;
	return (DONE);
}

static void
set_add(struct arena *arena, struct set *set, struct document *document)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->documents[i] == document)
			return;
	}
	if (set->n == set->room) {
		size_t room = set->room == 0 ? FIRST_ROOM : 2 * set->room;
		struct document **documents =
		    ARENA_ARRAY(arena, room, struct document *);

		for (size_t i = 0; i < set->n; i++)
			documents[i] = set->documents[i];
		set->documents = documents;
		set->room = room;
	}
	set->documents[set->n++] = document;
}

enum outcome
sources_add(struct sources *sources, const struct file *from, struct span path,
    struct set *set, struct failure *why)
{
	struct arena *arena = sources->binder->arena;
	struct paths found;

	if (from != NULL)
		path = path_beside(arena, from->name, path);
	if (path_find(arena, path, &found, why) != DONE) {
		set->whole = false;
		return (REJECT);
	}
	for (size_t i = 0; i < found.n; i++) {
		bool named = span_equals(found.paths[i], path);
		struct source *source;

		if (read_source(sources, found.paths[i], named, &source, why) !=
		    DONE) {
			set->whole = false;
			return (REJECT);
		}
		set->whole = set->whole && source->file.whole;
		for (size_t j = 0; j < source->n; j++)
			set_add(arena, set, &source->documents[j]);
	}
	return (DONE);
}
